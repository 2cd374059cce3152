import { Suspense } from 'react';
import type { Outbox } from '#app/sync/client.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { EditDialog } from './EditDialog.tsx';
import type { TimelineItem } from '#app/shown/timeline.ts';

const ReactionPicker = lazyComponent(() => import('./ReactionPicker.tsx'));

export interface MessageDialog {
  kind: 'edit' | 'delete' | 'react';
  item: TimelineItem;
}

interface MessageDialogsProps {
  stream: ConversationId;
  open: MessageDialog;
  outbox: Outbox;
  onClose: () => void;
}

/** What a message's menu asks before it does it. */
export function MessageDialogs({ stream, open: { kind, item }, outbox, onClose }: MessageDialogsProps) {
  switch (kind) {
    case 'edit':
      return (
        <EditDialog
          text={item.text}
          onClose={onClose}
          onSave={(text) => {
            onClose();
            if (text !== item.text) void outbox.edit(stream, item.id, text);
          }}
        />
      );
    case 'delete':
      return (
        <DeleteDialog
          onClose={onClose}
          onDelete={() => {
            onClose();
            void outbox.remove(stream, item.id);
          }}
        />
      );
    case 'react':
      return (
        <Suspense fallback={null}>
          <ReactionPicker
            reactions={item.reactions}
            onClose={onClose}
            onPick={(emoji, on) => void outbox.react(stream, item.id, emoji, on)}
          />
        </Suspense>
      );
  }
}
