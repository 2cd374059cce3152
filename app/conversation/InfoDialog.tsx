import { fullTime } from '#app/i18n/instants.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { reasonOf } from '#app/shown/failures.ts';
import { receiptsOf } from '#app/shown/receipts.ts';
import { writtenAt } from '#app/shown/written-at.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { byOneForm } from '#protocol/emoji.ts';
import type { UserId } from '#protocol/ids.ts';
import type { MemberRecord } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import type { MessageNow } from './use-message-now.ts';
import styles from './InfoDialog.module.css';

interface InfoDialogProps {
  message: NonNullable<MessageNow>;
  members: readonly MemberRecord[];
  /** The op that sends it, while that waits on this device. */
  waiting: OutboxRow | undefined;
  onClose: () => void;
}

/** When a message was written, queued, sent and edited; what became of the attempts to send it; who reacted; and of one's own message, who has got and read it. [RD2] */
export function InfoDialog({ message, members, waiting, onClose }: InfoDialogProps) {
  const words = useWords();
  const { self, nameOf } = useConversation();
  const { seq, senderId, createdAt, editedAt } = message;
  const receipts = seq === undefined || senderId !== self ? undefined : receiptsOf({ seq }, members, self);
  const times = [
    { label: words('info.written'), at: writtenAt(message) },
    ...(waiting === undefined ? [] : [{ label: words('info.queued'), at: new Date(waiting.queuedAt) }]),
    ...(seq === undefined ? [] : [{ label: words('info.sent'), at: new Date(createdAt) }]),
    ...(editedAt === undefined ? [] : [{ label: words('info.edited'), at: new Date(editedAt) }]),
  ];
  const people = [
    ...[...byOneForm(message.reactions)].map(([emoji, users]) => ({ label: emoji, users })),
    { label: words('info.read'), users: receipts?.read ?? [] },
    { label: words('info.delivered'), users: receipts?.delivered ?? [] },
    { label: words('info.neither'), users: receipts?.neither ?? [] },
  ].filter(({ users }) => users.length > 0);
  const namesOf = (users: readonly UserId[]) => users.map((user) => nameOf(user));

  return (
    <Dialog title={words('info.title')} onClose={onClose}>
      <dl className={styles.facts}>
        {times.map(({ label, at }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <time dateTime={at.toISOString()}>{fullTime(at)}</time>
            </dd>
          </div>
        ))}
        {waiting !== undefined && (
          <div>
            <dt>{words('info.attempts')}</dt>
            <dd>{attemptsWords(waiting, words)}</dd>
          </div>
        )}
        {people.map(({ label, users }) => (
          <div key={label}>
            <dt>{label}</dt>
            {namesOf(users).map((name, at) => (
              <dd key={users[at]} dir="auto" translate="no">
                {name}
              </dd>
            ))}
          </div>
        ))}
      </dl>
      <DialogActions cancel={words('app.close')} onCancel={onClose} />
    </Dialog>
  );
}

/** How often it was tried, and what the server said last. */
function attemptsWords({ attempts, error }: OutboxRow, words: Words): string {
  const tried = attempts === 0 ? words('info.untried') : words('outbox.attempts', { count: attempts });
  return error === undefined ? tried : `${tried} · ${words(`reason.${reasonOf(error)}`)}`;
}
