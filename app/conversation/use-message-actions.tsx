import {
  CircleCheckBig,
  Copy,
  Flag,
  Forward,
  Info,
  Pencil,
  Pin,
  PinOff,
  Reply,
  Trash2,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import { useCallback } from 'react';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { pinMessage } from '#app/ops/messages.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import { mayDelete, mayEdit } from '#protocol/policies.ts';
import { searchedText, type Role } from '#protocol/record.ts';
import type { MessageDialog } from './message-dialog.ts';
import { useCopy } from './use-copy.ts';
import { useDeletion } from './use-deletion.ts';

interface MessageActionsOptions {
  stream: ConversationId;
  self: UserId;
  /** The user's role in the conversation; undefined after they have left. */
  role: Role | undefined;
  outbox: Outbox;
  onDialog: (dialog: MessageDialog) => void;
  onReply: (item: TimelineItem) => void;
  onForward: (id: OpId) => void;
  /** Starts to select several messages, beginning with this one. */
  onSelect: (id: OpId) => void;
}

/** What a message's menu offers, depending on its sender and the user's role. The server has the last word. [OP4] [OP5] [OP8] */
export function useMessageActions(options: MessageActionsOptions) {
  const { stream, self, role, outbox, onDialog, onReply, onForward, onSelect } = options;
  const words = useWords();
  const notify = useNotice();
  const copy = useCopy();
  const { remove: removeMessages, takeBack } = useDeletion(stream, outbox);
  const cancelled = useCallback(
    async (id: OpId) => {
      const undo = await outbox.cancel(stream, id);
      if (undo !== undefined) notify(words('menu.cancelled'), { label: words('menu.undo'), run: () => void undo() });
    },
    [outbox, stream, notify, words],
  );
  return useCallback(
    (item: TimelineItem): Action[] => {
      const action = (key: MessageKey, Icon: LucideIcon, run: () => void): Action => ({
        label: words(key),
        icon: <Icon size={18} aria-hidden />,
        run,
      });
      const copied = action('menu.copy', Copy, () => copy(searchedText(item), () => selectText(item.id)));
      const edit = action('menu.edit', Pencil, () => onDialog({ kind: 'edit', id: item.id }));
      const remove = {
        ...action('menu.delete', Trash2, () => void removeMessages([item.id])),
        isDanger: true,
      };
      const { deletion } = item;
      if (deletion !== undefined) return [action('menu.restore', Undo2, () => void takeBack([deletion]))];
      const cancel = { ...action('menu.cancel', Trash2, () => void cancelled(item.id)), isDanger: true };
      if (role === undefined) return [copied];
      const info = action('menu.info', Info, () => onDialog({ kind: 'info', id: item.id }));
      // The message is not sent yet; it is changed in the queue, or by an op that follows it. [CL11]
      if (item.seq === undefined)
        return [...(mayEdit(self, item) ? [edit] : []), copied, info, item.isUnsent === true ? cancel : remove];
      const reply = action('menu.reply', Reply, () => onReply(item));
      const forward = action('menu.forward', Forward, () => onForward(item.id));
      const select = action('menu.select', CircleCheckBig, () => onSelect(item.id));
      const pin = action(
        item.isPinned ? 'menu.unpin' : 'menu.pin',
        item.isPinned ? PinOff : Pin,
        () => void outbox.queue(pinMessage(stream, item.id, !item.isPinned)),
      );
      return [
        reply,
        forward,
        copied,
        pin,
        select,
        info,
        ...(mayEdit(self, item) ? [edit] : []),
        ...(item.senderId === self
          ? []
          : [action('menu.report', Flag, () => onDialog({ kind: 'report', id: item.id }))]),
        ...(mayDelete({ userId: self, role }, item) ? [remove] : []),
      ];
    },
    [
      words,
      stream,
      self,
      role,
      outbox,
      onDialog,
      onReply,
      onForward,
      onSelect,
      copy,
      cancelled,
      removeMessages,
      takeBack,
    ],
  );
}

/** Selects the message's text, so that the browser's own command can copy it. */
function selectText(id: OpId): void {
  const text = document.querySelector(`[data-message="${CSS.escape(id)}"] [data-text]`);
  if (text !== null) getSelection()?.selectAllChildren(text);
}
