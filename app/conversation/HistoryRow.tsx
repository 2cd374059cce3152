import { memo } from 'react';
import { GapRow } from './GapRow.tsx';
import type { History } from './use-messages.ts';
import styles from './MessageList.module.css';

interface HistoryRowProps {
  history: History;
  missing: number;
  beginning: string;
  onLoad: () => void;
}

/** The row above the first message: the beginning, or a gap. Its height is constant. */
export const HistoryRow = memo(function HistoryRow({ history, missing, beginning, onLoad }: HistoryRowProps) {
  return (
    <div className={styles.history}>
      {history === 'whole' ? (
        beginning
      ) : (
        <GapRow count={missing} state={history === 'more' ? 'idle' : history} onLoad={onLoad} />
      )}
    </div>
  );
});
