import { PinOff } from 'lucide-react';
import { Link } from 'wouter';
import { messageTextWords, oneLine } from '#app/i18n/message-text-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { messagePath } from '#app/links/paths.ts';
import { pinMessage } from '#app/ops/messages.ts';
import type { PinnedMessage } from '#app/shown/read.ts';
import type { Outbox } from '#app/sync/client.ts';
import { IconButton } from '#app/ui/Button.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import styles from './Details.module.css';

interface PinnedMessagesProps {
  stream: ConversationId;
  pinned: PinnedMessage[];
  outbox: Outbox;
  nameOf: (userId: string) => string;
}

/** The pinned messages, the latest first; each is a link to its place in the chat. */
export function PinnedMessages({ stream, pinned, outbox, nameOf }: PinnedMessagesProps) {
  const words = useWords();
  return (
    <section className={styles.section} aria-label={words('details.pinned')}>
      <h3 className={styles.heading}>
        <span>{`${words('details.pinned')} `}</span>
        <span className={styles.count}>{pinned.length}</span>
      </h3>
      <ul className={styles.pins}>
        {pinned.map(({ id, message }) => (
          <li key={id} className={styles.pin}>
            <Link href={messagePath(stream, id)} className={styles.pinLink}>
              {message === undefined ? (
                <span className={styles.pinText}>{words('details.pinnedMissing')}</span>
              ) : message.withheld === true ? (
                <span className={styles.pinText}>{words('block.hidden', { name: nameOf(message.senderId) })}</span>
              ) : (
                <>
                  <span className={styles.pinWho} dir="auto" translate="no">
                    {nameOf(message.senderId)}
                  </span>
                  <span className={styles.pinText} dir="auto">
                    {oneLine(messageTextWords(message, words))}
                  </span>
                </>
              )}
            </Link>
            <IconButton label={words('details.unpin')} onClick={() => void outbox.queue(pinMessage(stream, id, false))}>
              <PinOff size={17} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
