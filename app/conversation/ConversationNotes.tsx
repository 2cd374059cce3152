import { useWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import type { NamedPerson } from '#app/shown/mentions.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { OpId } from '#protocol/ids.ts';
import { useConversation } from './conversation-context.ts';
import { FailedChanges } from './FailedChanges.tsx';
import type { ConversationRows } from './use-conversation-rows.ts';
import styles from './Conversation.module.css';

const ScheduledBar = lazyExtra(withLaterWords(() => import('./ScheduledBar.tsx')));
const UnfinishedEdit = lazyExtra(withAllWords(() => import('./UnfinishedEdit.tsx')));

interface ConversationNotesProps {
  rows: ConversationRows;
  people: readonly NamedPerson[];
  /** A message that somebody wants to see is being fetched. */
  isComing: boolean;
  /** The message that is being edited. */
  editing: OpId | undefined;
  onEdit: (id: OpId) => void;
}

/** The notes between the messages and the field: what is still in progress, and what failed. */
export function ConversationNotes({ rows, people, isComing, editing, onEdit }: ConversationNotesProps) {
  const words = useWords();
  const { client } = useConversation();
  const { outbox, scheduled, edits } = rows;
  const unfinished = edits.find(({ id }) => editing !== id);
  return (
    <div className={styles.note}>
      <p role="status" className={isComing ? styles.coming : undefined}>
        {isComing ? words('chat.messageComing') : ''}
      </p>
      <FailedChanges client={client} rows={outbox} />
      {(scheduled.length > 0 || outbox.some(({ op }) => op.kind === 'message.schedule')) && (
        <ScheduledBar held={scheduled} outbox={outbox} people={people} />
      )}
      {unfinished !== undefined && (
        <UnfinishedEdit
          edit={unfinished}
          onContinue={() => onEdit(unfinished.id)}
          onDiscard={() => void client.store.dropEdit(unfinished.id)}
        />
      )}
    </div>
  );
}
