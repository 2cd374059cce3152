import { memo, useId } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { updateMembership } from '#app/ops/own.ts';
import type { Outbox } from '#app/sync/client.ts';
import { Chips } from '#app/ui/Chips.tsx';
import { isDirect, type ConversationId } from '#protocol/ids.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import styles from './Details.module.css';

interface ChatNotificationsProps {
  stream: ConversationId;
  membership: MembershipRecord | undefined;
  outbox: Outbox;
}

/** Which messages of this chat notify the person, and what the notifications show, on all their devices. [OP18] */
export const ChatNotifications = memo(function ChatNotifications({
  stream,
  membership,
  outbox,
}: ChatNotificationsProps) {
  const words = useWords();
  const heading = useId();
  const change = (next: Parameters<typeof updateMembership>[1]) => void outbox.queue(updateMembership(stream, next));
  const notify = membership?.notify ?? 'all';
  // In a chat of two people, every message is addressed to the person.
  const choices =
    isDirect(stream) && notify !== 'mentions'
      ? []
      : [{ value: 'mentions' as const, label: words('details.notifyMentions') }];
  return (
    <section className={styles.section} aria-labelledby={heading}>
      <h3 id={heading} className={styles.heading}>
        {words('details.notifications')}
      </h3>
      <Chips
        label={words('details.notifications')}
        chosen={notify}
        onChoose={(value) => change({ notify: value === 'all' ? null : value })}
        options={[
          { value: 'all', label: words('details.notifyAll') },
          ...choices,
          { value: 'nothing', label: words('details.notifyNothing') },
        ]}
      />
      {notify !== 'nothing' && (
        <>
          <p className={styles.note}>{words('details.preview')}</p>
          <Chips
            label={words('details.preview')}
            chosen={membership?.preview ?? 'device'}
            onChoose={(value) => change({ preview: value === 'device' ? null : value })}
            options={[
              { value: 'device', label: words('details.previewDevice') },
              { value: 'sender', label: words('details.previewSender') },
              { value: 'nothing', label: words('details.previewNothing') },
            ]}
          />
        </>
      )}
      <p className={styles.note}>{words('details.notifyNote')}</p>
    </section>
  );
});
