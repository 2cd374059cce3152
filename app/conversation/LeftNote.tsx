import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { cancelScheduled } from '#app/ops/scheduled-overlay.ts';
import type { MembershipRecord, ScheduledMessage } from '#protocol/record.ts';
import { Button } from '#app/ui/Button.tsx';
import { useConversation } from './conversation-context.ts';
import { ForgetDialog } from './ForgetDialog.tsx';
import type { LostWithChat } from './lost-with-chat.ts';
import { useCopy } from './use-copy.ts';
import styles from './Conversation.module.css';

interface LeftNoteProps {
  membership: MembershipRecord | undefined;
  name: string;
  nameOf: (userId: string) => string;
  /** The draft at the time when the membership ended. */
  draft: string;
  onDiscardDraft: () => void;
  /** The scheduled messages at the time when it ended. */
  scheduled: readonly ScheduledMessage[];
  /** Resolves to what removing the chat from the device would lose for good; undefined if nothing. */
  onLost: () => Promise<LostWithChat | undefined>;
  /** Removes everything of the chat from the device, except for what can still be sent. */
  onForget: () => Promise<void>;
}

/** In place of the composer, for somebody who has left or was removed: the reason, and their unsent text. */
export function LeftNote(props: LeftNoteProps) {
  const { membership, name, nameOf, draft, onDiscardDraft, scheduled, onLost, onForget } = props;
  const words = useWords();
  const { stream, outbox } = useConversation();
  const copy = useCopy();
  const [lost, setLost] = useState<LostWithChat>();
  const by = membership?.removedBy;
  async function ask() {
    const found = await onLost();
    if (found === undefined) await forget();
    else setLost(found);
  }
  async function forget() {
    setLost(undefined);
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
      <Button look="link" onClick={() => void ask()}>
        {words('left.forget')}
      </Button>
      {lost !== undefined && (
        <ForgetDialog name={name} lost={lost} onForget={() => void forget()} onClose={() => setLost(undefined)} />
      )}
    </div>
  );
}
