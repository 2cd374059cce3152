import { Copy, Pencil, Pin, PinOff, Reply, SmilePlus, Trash2 } from 'lucide-react';
import { useCallback } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { pinMessage } from '#app/ops/messages.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { mayDelete, mayEdit } from '#protocol/policies.ts';
import type { Role } from '#protocol/record.ts';
import type { MessageDialog } from './MessageDialogs.tsx';

interface MessageActionsOptions {
  stream: ConversationId;
  self: UserId;
  /** The user's role in the conversation; undefined after they have left. */
  role: Role | undefined;
  outbox: Outbox;
  onDialog: (dialog: MessageDialog) => void;
  onReply: (item: TimelineItem) => void;
}

/** What a message's menu offers, by its sender and the user's role. The server decides. [OP4] [OP5] [OP8] */
export function useMessageActions({ stream, self, role, outbox, onDialog, onReply }: MessageActionsOptions) {
  const words = useWords();
  return useCallback(
    (item: TimelineItem): Action[] => {
      const copy: Action = {
        label: words('menu.copy'),
        icon: <Copy size={18} aria-hidden />,
        run: () => void navigator.clipboard.writeText(item.text),
      };
      if (item.seq === undefined || role === undefined) return [copy];
      const react: Action = {
        label: words('menu.react'),
        icon: <SmilePlus size={18} aria-hidden />,
        run: () => onDialog({ kind: 'react', item }),
      };
      const reply: Action = {
        label: words('menu.reply'),
        icon: <Reply size={18} aria-hidden />,
        run: () => onReply(item),
      };
      const pin: Action = {
        label: words(item.isPinned ? 'menu.unpin' : 'menu.pin'),
        icon: item.isPinned ? <PinOff size={18} aria-hidden /> : <Pin size={18} aria-hidden />,
        run: () => void outbox.queue(pinMessage(stream, item.id, !item.isPinned)),
      };
      const edit: Action = {
        label: words('menu.edit'),
        icon: <Pencil size={18} aria-hidden />,
        run: () => onDialog({ kind: 'edit', item }),
      };
      const remove: Action = {
        label: words('menu.delete'),
        icon: <Trash2 size={18} aria-hidden />,
        isDanger: true,
        run: () => onDialog({ kind: 'delete', item }),
      };
      return [
        react,
        reply,
        copy,
        pin,
        ...(mayEdit(self, item) ? [edit] : []),
        ...(mayDelete({ userId: self, role }, item) ? [remove] : []),
      ];
    },
    [words, stream, self, role, outbox, onDialog, onReply],
  );
}
