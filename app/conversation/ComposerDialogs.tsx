import { AttachSheet } from '#app/media/AttachSheet.tsx';
import type { useAttaching } from '#app/media/use-attaching.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { PollDialog } from './PollDialog.tsx';
import type { PollState } from './use-poll.ts';
import styles from './Conversation.module.css';

interface ComposerDialogsProps {
  client: Client;
  stream: ConversationId;
  name: string;
  maySchedule: boolean;
  replyTo: OpId | undefined;
  attaching: ReturnType<typeof useAttaching>;
  poll: PollState;
  onReplyEnd: () => void;
  /** Returns the focus to the field. */
  onClose: () => void;
}

/** The dialogs for files and for a poll, or the notes that offer what is in them. */
export default function ComposerDialogs(props: ComposerDialogsProps) {
  const { client, stream, name, maySchedule, replyTo, attaching, poll, onReplyEnd, onClose } = props;
  return (
    <div className={styles.note}>
      {poll.state !== 'none' && (
        <PollDialog
          client={client}
          stream={stream}
          files={poll.files}
          kept={poll.kept}
          replyTo={replyTo}
          maySchedule={maySchedule}
          isOpen={poll.state === 'open'}
          onOpen={poll.open}
          onClose={poll.close}
          onDiscarded={poll.end}
          onSent={() => {
            poll.end();
            onReplyEnd();
          }}
        />
      )}
      {attaching.sheet !== 'none' && (
        <AttachSheet
          client={client}
          stream={stream}
          name={name}
          offered={attaching.offered}
          maySchedule={maySchedule}
          isOpen={attaching.sheet === 'open'}
          onOpen={attaching.open}
          onClose={() => {
            attaching.close();
            onClose();
          }}
          onEnd={() => {
            attaching.end();
            onClose();
          }}
        />
      )}
    </div>
  );
}
