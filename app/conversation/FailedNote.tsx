import { CircleAlert } from 'lucide-react';
import type { MouseEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { usePickAgain } from '#app/media/use-pick-again.ts';
import { sendMessage } from '#app/ops/messages.ts';
import type { FailedOp } from '#app/shown/failures.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { useCopy } from './use-copy.ts';
import { InlineButton } from './InlineButton.tsx';
import styles from './MessageRow.module.css';
import { correctedNow } from '#app/ui/server-clock.ts';

interface FailedNoteProps {
  failed: FailedOp;
  outbox: Outbox;
  /** For somebody who is no longer a member, trying again is of no use. */
  hasLeft?: boolean;
  /** The message, if it is one. */
  message?: { self: UserId; stream: ConversationId; attachments: readonly Attachment[] };
}

/**
 * An op that the server refused permanently: the reason, Retry and Discard. [ER2] Files that are gone can be picked again. An op
 * that failed because its message was deleted can't be retried, but the text of an edit can be sent as a message. [OP6] An edit
 * that conflicts with another one is shown as the person's version, and can still be applied. [OP19]
 */
export default function FailedNote({ failed, outbox, hasLeft = false, message }: FailedNoteProps) {
  const words = useWords();
  const copy = useCopy();
  const pickAgain = usePickAgain(outbox);
  const reason = words(hasLeft ? 'reason.left' : `reason.${failed.reason}`);
  const { text } = failed;
  // Sent before the edit is discarded, so that the text can't be lost in between.
  const sendAgain = async (to: ConversationId, again: string) => {
    await outbox.queue(sendMessage(to, { text: again }, correctedNow()));
    await outbox.discard(failed.id);
  };
  const mayAgain = message !== undefined && text !== undefined && failed.reason === 'deleted' && !hasLeft;
  const onAgain = mayAgain ? () => sendAgain(message.stream, text) : undefined;
  const isGone = message !== undefined && failed.reason === 'file_lost';
  return (
    <div className={styles.failed} role="group" aria-label={words('status.failed')}>
      <CircleAlert size={15} aria-hidden />
      <span>{words(failed.sentence, { reason })}</span>
      {failed.sentence === 'failed.edit' && text !== undefined && (
        <span className={styles.version}>
          <b>{words('failed.yours')}</b>
          <span className={styles.versionText} dir="auto">
            {text}
          </span>
        </span>
      )}
      <span className={styles.choices}>
        {!hasLeft && isGone && (
          <InlineButton
            onClick={(event) => actAndLeave(event, () => pickAgain(message.self, { id: failed.id, ...message }))}
          >
            {words('failed.pickAgain')}
          </InlineButton>
        )}
        {!hasLeft && failed.reason !== 'deleted' && !isGone && (
          <InlineButton onClick={(event) => actAndLeave(event, () => outbox.retry(failed.id))}>
            {words(failed.reason === 'edited' ? 'failed.apply' : 'failed.retry')}
          </InlineButton>
        )}
        {onAgain !== undefined && (
          <InlineButton onClick={(event) => actAndLeave(event, onAgain)}>{words('failed.again')}</InlineButton>
        )}
        {failed.text !== undefined && (
          <InlineButton onClick={() => copy(failed.text ?? '')}>{words('failed.copy')}</InlineButton>
        )}
        <InlineButton onClick={(event) => actAndLeave(event, () => outbox.discard(failed.id))}>
          {words('failed.discard')}
        </InlineButton>
      </span>
    </div>
  );
}

/** The note disappears when a button is pressed, so its message takes the focus first; otherwise the focus would be lost. [A4] */
function actAndLeave(event: MouseEvent, act: () => Promise<void>): void {
  event.currentTarget.closest<HTMLElement>('[data-message]')?.focus({ preventScroll: true });
  void act();
}
