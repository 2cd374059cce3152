import { useWords } from '#app/i18n/words.ts';
import { classNames } from '#app/ui/class-names.ts';
import type { History } from './use-messages.ts';
import styles from './MessageList.module.css';

interface HistoryRowProps {
  history: History;
  missing: number;
  beginning: string;
  onLoad: () => void;
}

/** The row above the first message: the beginning, or a gap with its size and a button to fill it. Its height is constant. */
export function HistoryRow({ history, missing, beginning, onLoad }: HistoryRowProps) {
  const words = useWords();
  if (history === 'whole') return <div className={styles.history}>{beginning}</div>;
  return (
    <div className={classNames(styles.history, styles.gap)}>
      <span>
        {history === 'loading' || missing === 0 ? words('chat.loading') : words('chat.notLoaded', { count: missing })}
      </span>
      {history === 'stuck' && (
        <button type="button" className={styles.load} onClick={onLoad}>
          {words('chat.load')}
        </button>
      )}
    </div>
  );
}
