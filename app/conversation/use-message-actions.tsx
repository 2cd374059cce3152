import { Copy, Pencil, Pin, PinOff, Reply, Trash2, type LucideIcon } from 'lucide-react';
import { useCallback } from 'react';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { pinMessage } from '#app/ops/messages.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { copyText } from '#app/ui/copy-text.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
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
  const notify = useNotice();
  const announce = useAnnounce();
  return useCallback(
    (item: TimelineItem): Action[] => {
      const action = (key: MessageKey, Icon: LucideIcon, run: () => void): Action => ({
        label: words(key),
        icon: <Icon size={18} aria-hidden />,
        run,
      });
      const copy = action('menu.copy', Copy, () => void copied(item));
      const copied = async ({ id, text }: TimelineItem) => {
        if (await copyText(text)) return announce(words('menu.copied'));
        selectText(id);
        notify(words('menu.notCopied'));
      };
      if (item.seq === undefined || role === undefined) return [copy];
      const reply = action('menu.reply', Reply, () => onReply(item));
      const pin = action(
        item.isPinned ? 'menu.unpin' : 'menu.pin',
        item.isPinned ? PinOff : Pin,
        () => void outbox.queue(pinMessage(stream, item.id, !item.isPinned)),
      );
      const edit = action('menu.edit', Pencil, () => onDialog({ kind: 'edit', item }));
      const remove = action('menu.delete', Trash2, () => onDialog({ kind: 'delete', item }));
      return [
        reply,
        copy,
        pin,
        ...(mayEdit(self, item) ? [edit] : []),
        ...(mayDelete({ userId: self, role }, item) ? [{ ...remove, isDanger: true }] : []),
      ];
    },
    [words, stream, self, role, outbox, onDialog, onReply, notify, announce],
  );
}

/** Selects the message's text, so that the browser's own command can copy it. */
function selectText(id: OpId): void {
  const text = document.querySelector(`[data-message="${CSS.escape(id)}"] [data-text]`);
  if (text !== null) getSelection()?.selectAllChildren(text);
}
