import { useLiveQuery } from 'dexie-react-hooks';
import { fullTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import type { OutboxRow, ViewStore } from '#app/local-store/local-store.ts';
import { receiptsOf } from '#app/shown/receipts.ts';
import { writtenAt } from '#app/shown/written-at.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { byOneForm } from '#protocol/emoji.ts';
import type { MemberRecord } from '#protocol/record.ts';
import { Attempts } from './Attempts.tsx';
import { useConversation } from './conversation-context.ts';
import { NamesInParts } from './NamesInParts.tsx';
import type { MessageNow } from './use-message-now.ts';
import styles from './InfoDialog.module.css';

interface InfoDialogProps {
  store: ViewStore;
  message: NonNullable<MessageNow>;
  members: readonly MemberRecord[];
  /** The op that sends it, while that waits on this device. */
  waiting: OutboxRow | undefined;
  onClose: () => void;
}

/**
 * When a message was written, queued, sent and edited, with each attempt to send it; who reacted; and for the person's own
 * message, who has received and read it. [RD2]
 */
export function InfoDialog({ store, message, members, waiting, onClose }: InfoDialogProps) {
  const words = useWords();
  const { self } = useConversation();
  const { id, seq, senderId, createdAt, editedAt } = message;
  // Present for a sent message that needed several attempts.
  const sent = useLiveQuery(() => store.sending(id), [store, id]);
  const sending = waiting ?? sent;
  const receipts = seq === undefined || senderId !== self ? undefined : receiptsOf({ seq }, members, self);
  const beforeSending = [
    { label: words('info.written'), at: writtenAt(message) },
    ...(sending === undefined ? [] : [{ label: words('info.queued'), at: new Date(sending.queuedAt) }]),
  ];
  const afterSending = [
    ...(seq === undefined ? [] : [{ label: words('info.sent'), at: new Date(createdAt) }]),
    ...(editedAt === undefined ? [] : [{ label: words('info.edited'), at: new Date(editedAt) }]),
  ];
  const people = [
    ...[...byOneForm(message.reactions)].map(([emoji, users]) => ({ label: emoji, users })),
    { label: words('info.read'), users: receipts?.read ?? [] },
    { label: words('info.delivered'), users: receipts?.delivered ?? [] },
    { label: words('info.neither'), users: receipts?.neither ?? [] },
  ].filter(({ users }) => users.length > 0);
  const fact = ({ label, at }: { label: string; at: Date }) => (
    <div key={label}>
      <dt>{label}</dt>
      <dd>
        <time dateTime={at.toISOString()}>{fullTime(at)}</time>
      </dd>
    </div>
  );

  return (
    <Dialog title={words('info.title')} onClose={onClose}>
      <dl className={styles.facts}>
        {beforeSending.map(fact)}
        {sending !== undefined && (
          <div>
            <dt>{words('info.attempts')}</dt>
            <dd>
              {sending.attempts === 0 && (sending.tries ?? []).length === 0 ? (
                words('info.untried')
              ) : (
                <Attempts
                  count={sending.attempts}
                  tries={sending.tries ?? []}
                  last={seq === undefined ? 'underWay' : 'accepted'}
                />
              )}
            </dd>
          </div>
        )}
        {afterSending.map(fact)}
        {people.map(({ label, users }) => (
          <div key={label}>
            <dt>{label}</dt>
            <NamesInParts users={users} onLeave={onClose} />
          </div>
        ))}
      </dl>
      <DialogActions cancel={words('app.close')} onCancel={onClose} />
    </Dialog>
  );
}
