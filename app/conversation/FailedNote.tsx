import { CircleAlert } from 'lucide-react';
import type { MouseEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { FailedOp } from '#app/shown/failures.ts';
import type { Outbox } from '#app/sync/client.ts';
import { useCopy } from './use-copy.ts';
import styles from './MessageRow.module.css';

interface FailedNoteProps {
  failed: FailedOp;
  outbox: Outbox;
  /** Trying again is of no use to somebody who is no longer a member. */
  hasLeft?: boolean;
}

/** An op that the server refused permanently: the reason, Retry and Discard. [ER2] */
export function FailedNote({ failed, outbox, hasLeft = false }: FailedNoteProps) {
  const words = useWords();
  const copy = useCopy();
  const reason = words(hasLeft ? 'reason.left' : `reason.${failed.reason}`);
  return (
    <div className={styles.failed} role="group" aria-label={words('status.failed')}>
      <CircleAlert size={15} aria-hidden />
      <span>{words(failed.sentence, { reason })}</span>
      <span className={styles.choices}>
        {!hasLeft && (
          <button type="button" onClick={(event) => actAndLeave(event, () => outbox.retry(failed.id))}>
            {words('failed.retry')}
          </button>
        )}
        {failed.text !== undefined && (
          <button type="button" onClick={() => copy(failed.text ?? '')}>
            {words('failed.copy')}
          </button>
        )}
        <button type="button" onClick={(event) => actAndLeave(event, () => outbox.discard(failed.id))}>
          {words('failed.discard')}
        </button>
      </span>
    </div>
  );
}

/** The note disappears when a button is pressed, so its message takes the focus first; otherwise the focus would be lost. [A4] */
function actAndLeave(event: MouseEvent, act: () => Promise<void>): void {
  event.currentTarget.closest<HTMLElement>('[data-message]')?.focus({ preventScroll: true });
  void act();
}
