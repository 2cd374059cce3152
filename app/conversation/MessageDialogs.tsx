import { deleteMessage, editMessage } from '#app/ops/messages.ts';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { useConversation } from './conversation-context.ts';
import { EditDialog } from './EditDialog.tsx';

export interface MessageDialog {
  kind: 'edit' | 'delete';
  item: TimelineItem;
}

interface MessageDialogsProps {
  open: MessageDialog;
  onClose: () => void;
}

/** The dialogs that a message's menu opens. */
export function MessageDialogs({ open: { kind, item }, onClose }: MessageDialogsProps) {
  const words = useWords();
  const { stream, outbox } = useConversation();
  switch (kind) {
    case 'edit':
      return (
        <EditDialog
          text={item.text}
          onClose={onClose}
          onSave={(text) => {
            onClose();
            if (text !== item.text) void outbox.queue(editMessage(stream, item.id, text));
          }}
        />
      );
    case 'delete':
      return (
        <ConfirmDialog
          title={words('delete.title')}
          body={words('delete.body')}
          cancel={words('app.cancel')}
          confirm={words('menu.delete')}
          onClose={onClose}
          onConfirm={() => {
            onClose();
            void outbox.queue(deleteMessage(stream, item.id));
          }}
        />
      );
  }
}
