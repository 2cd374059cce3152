import { useWords } from '#app/i18n/words.ts';
import { cancelScheduled } from '#app/ops/scheduled-overlay.ts';
import type { MembershipRecord, ScheduledMessage } from '#protocol/record.ts';
import { Button } from '#app/ui/Button.tsx';
import { useConversation } from './conversation-context.ts';
import { useCopy } from './use-copy.ts';
import styles from './Conversation.module.css';

interface LeftNoteProps {
  membership: MembershipRecord | undefined;
  nameOf: (userId: string) => string;
  /** The draft at the time when the membership ended. */
  draft: string;
  onDiscardDraft: () => void;
  /** The scheduled messages at the time when it ended. */
  scheduled: readonly ScheduledMessage[];
  /** Removes everything of the chat from the device, except for what can still be sent. */
  onForget: () => Promise<void>;
}

/** In place of the composer, for somebody who has left or was removed: the reason, and their unsent text. */
export function LeftNote({ membership, nameOf, draft, onDiscardDraft, scheduled, onForget }: LeftNoteProps) {
  const words = useWords();
  const { stream, outbox } = useConversation();
  const copy = useCopy();
  const by = membership?.removedBy;
  async function forget() {
    // They would no longer be shown anywhere, so nobody could cancel them.
    for (const { id } of scheduled) await outbox.queue(cancelScheduled(stream, id));
    await onForget();
  }
  return (
    <div className={styles.left}>
      <p role="status">{by === undefined ? words('chat.left') : words('left.removedBy', { name: nameOf(by) })}</p>
      {draft.trim() !== '' && (
        <div className={styles.changed} role="group" aria-label={words('left.draft')}>
          <p>{words('left.draft')}</p>
          <p className={styles.theirs} dir="auto">
            {draft}
          </p>
          <div className={styles.leftChoices}>
            <Button look="link" onClick={() => copy(draft)}>
              {words('failed.copy')}
            </Button>
            <Button look="link" onClick={onDiscardDraft}>
              {words('failed.discard')}
            </Button>
          </div>
        </div>
      )}
      <Button look="link" onClick={() => void forget()}>
        {words('left.forget')}
      </Button>
    </div>
  );
}
