import { CircleAlert } from 'lucide-react';
import type { MouseEvent } from 'react';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { UserId } from '#protocol/ids.ts';
import styles from './MessageRow.module.css';

interface FailedNoteProps {
  row: OutboxRow;
  outbox: Outbox;
  /** Given where the op may be the user's own leaving. */
  self?: UserId;
}

/** An op that the server refused permanently: the reason, Retry and Discard. [ER2] */
export function FailedNote({ row, outbox, self }: FailedNoteProps) {
  const words = useWords();
  const reason = words(`reason.${row.error?.code ?? 'internal'}`);
  return (
    <div className={styles.failed} role="group" aria-label={words('status.failed')}>
      <CircleAlert size={15} aria-hidden />
      <span>{words(sentence(row, self), { reason })}</span>
      <span className={styles.choices}>
        <button type="button" onClick={(event) => actAndLeave(event, () => outbox.retry(row.id))}>
          {words('failed.retry')}
        </button>
        <button type="button" onClick={(event) => actAndLeave(event, () => outbox.discard(row.id))}>
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

function sentence(row: OutboxRow, self: UserId | undefined): MessageKey {
  switch (row.op.kind) {
    case 'message.send':
      return 'failed.sentence';
    case 'message.edit':
      return 'failed.edit';
    case 'message.delete':
      return 'failed.delete';
    case 'conversation.create':
      return 'failed.create';
    case 'message.pin':
      return 'failed.pin';
    case 'reaction.set':
      return 'failed.reaction';
    case 'member.add':
      return 'failed.add';
    case 'member.remove':
      return row.op.userId === self ? 'failed.leave' : 'failed.remove';
    case 'member.role':
      return 'failed.role';
    case 'receipt.mark':
    case 'conversation.update':
    case 'membership.update':
      return 'failed.change';
  }
}
