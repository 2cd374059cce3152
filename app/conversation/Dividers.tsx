import { useContext } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { DividersContext } from './conversation-context.ts';
import { dayWords } from './message-words.ts';
import styles from './MessageRow.module.css';

/** The day of the messages below it. */
export function DayLine({ at }: { at: Date }) {
  const words = useWords();
  const { today } = useContext(DividersContext);
  return (
    <p className={styles.day}>
      <time dateTime={at.toISOString()}>{dayWords(at, new Date(today), words)}</time>
    </p>
  );
}

/** The line above the first new message, with their number. */
export function NewLine() {
  const words = useWords();
  const { newCount } = useContext(DividersContext);
  return (
    <p className={styles.new}>
      <span>{words('chat.new', { count: newCount })}</span>
    </p>
  );
}
