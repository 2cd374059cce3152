import { Copy, Pencil, Pin, PinOff, Reply, SmilePlus, Trash2 } from 'lucide-react';
import { useCallback } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import type { UserId } from '#protocol/ids.ts';
import { mayDelete, mayEdit } from '#protocol/policies.ts';
import type { Role } from '#protocol/record.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';

interface Asked {
  self: UserId;
  /** One's role here; absent for one who has left. */
  role: Role | undefined;
  onReact: (item: TimelineItem) => void;
  onReply: (item: TimelineItem) => void;
  onPin: (item: TimelineItem) => void;
  onEdit: (item: TimelineItem) => void;
  onDelete: (item: TimelineItem) => void;
}

/** What a message's menu offers: by whose it is and who one is here. The server decides. [OP4] [OP5] [OP8] */
export function useMessageActions({ self, role, onReact, onReply, onPin, onEdit, onDelete }: Asked) {
  const words = useWords();
  return useCallback(
    (item: TimelineItem): Action[] => {
      const copy: Action = {
        label: words('menu.copy'),
        icon: <Copy size={18} aria-hidden />,
        run: () => void navigator.clipboard.writeText(item.text),
      };
      if (item.seq === undefined || role === undefined) return [copy];
      const edit: Action = {
        label: words('menu.edit'),
        icon: <Pencil size={18} aria-hidden />,
        run: () => onEdit(item),
      };
      const remove: Action = {
        label: words('menu.delete'),
        icon: <Trash2 size={18} aria-hidden />,
        isDanger: true,
        run: () => onDelete(item),
      };
      return [
        { label: words('menu.react'), icon: <SmilePlus size={18} aria-hidden />, run: () => onReact(item) },
        { label: words('menu.reply'), icon: <Reply size={18} aria-hidden />, run: () => onReply(item) },
        copy,
        {
          label: words(item.isPinned ? 'menu.unpin' : 'menu.pin'),
          icon: item.isPinned ? <PinOff size={18} aria-hidden /> : <Pin size={18} aria-hidden />,
          run: () => onPin(item),
        },
        ...(mayEdit(self, item) ? [edit] : []),
        ...(mayDelete({ userId: self, role }, item) ? [remove] : []),
      ];
    },
    [words, self, role, onReact, onReply, onPin, onEdit, onDelete],
  );
}
