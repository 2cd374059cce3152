import { useWords } from '#app/i18n/words.ts';
import type { OpId } from '#protocol/ids.ts';
import type { Quoted } from './quoted.ts';
import styles from './Quote.module.css';

interface QuoteProps {
  id: OpId;
  /** Absent where the message is not held. */
  quoted: Quoted | undefined;
  isTabStop: boolean;
  onJump: (id: OpId) => void;
}

/** What a message answers; a press leads there. */
export function Quote({ id, quoted, isTabStop, onJump }: QuoteProps) {
  const words = useWords();
  return (
    <button type="button" className={styles.quote} tabIndex={isTabStop ? 0 : -1} onClick={() => onJump(id)}>
      {quoted === undefined ? (
        <span className={styles.text}>{words('chat.replyAway')}</span>
      ) : (
        <>
          <span className={styles.who} dir="auto">
            {quoted.who}
          </span>
          <span className={styles.text} dir="auto">
            {quoted.text}
          </span>
        </>
      )}
    </button>
  );
}
