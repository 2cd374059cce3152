import { Pin } from 'lucide-react';
import { useState } from 'react';
import { messageTextWords, oneLine } from '#app/i18n/message-text-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import type { OpId } from '#protocol/ids.ts';
import { useConversation } from './conversation-context.ts';
import { useMessageNow, type MessageNow } from './use-message-now.ts';
import styles from './Conversation.module.css';

interface PinnedBarProps {
  /** In the order in which they were pinned; at least one. */
  pins: readonly OpId[];
  outbox: readonly OutboxRow[];
  opened: ReadonlySet<OpId>;
}

/** The latest pinned message. A press goes to it, and the next press to the one that was pinned before it. */
export default function PinnedBar({ pins, outbox, opened }: PinnedBarProps) {
  const words = useWords();
  const { client, stream, jumpTo, nameOf } = useConversation();
  const [presses, setPresses] = useState(0);
  const at = pins.length - 1 - (presses % pins.length);
  const id = pins[at];
  const message = useMessageNow(client, stream, id, outbox, opened);
  if (id === undefined) return null;
  const text = message === undefined ? '' : pinnedWords(message, nameOf, words);
  return (
    <button
      type="button"
      className={styles.pinned}
      onClick={() => {
        jumpTo(id);
        setPresses(presses + 1);
      }}
    >
      <Pin size={16} aria-hidden />
      <span className={styles.pinnedWords}>
        <span className={styles.pinnedWhich}>
          {pins.length === 1
            ? words('pinned.one')
            : words('pinned.several', { number: String(at + 1), count: String(pins.length) })}
        </span>
        <span className={styles.pinnedText}>
          {message && message.withheld === undefined && (
            <span>
              <bdi translate="no">{nameOf(message.senderId)}</bdi>
              <span>{': '}</span>
            </span>
          )}
          <span dir="auto">{text}</span>
        </span>
      </span>
    </button>
  );
}

function pinnedWords(
  message: NonNullable<MessageNow> | null,
  nameOf: (userId: string) => string,
  words: Words,
): string {
  if (message === null) return words('details.pinnedMissing');
  if (message.withheld === true) return words('block.hidden', { name: nameOf(message.senderId) });
  if (message.deletedAt !== undefined) return words('list.deleted');
  return oneLine(messageTextWords(message, words));
}
