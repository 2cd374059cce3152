import { useContext, useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import { GapsContext, type Gaps } from './gaps.ts';
import styles from './GapRow.module.css';

interface GapRowProps {
  /** How many messages are not on this device; 0 if they are here and only have to be read. */
  count: number;
  state: Gaps['state'];
  /** Absent if they cannot be fetched. */
  onLoad?: (() => void) | undefined;
}

/** A gap between messages, with its size and a button to fill it. Its height is constant. */
export function GapRow({ count, state, onLoad }: GapRowProps) {
  const words = useWords();
  const { phase } = useAppSelector(shownConnection);
  const isLoading = state === 'loading' || count === 0;
  const needsConnection = state === 'stuck' || phase === 'offline';
  return (
    <div className={styles.gap}>
      <span>
        {isLoading
          ? words('chat.loading')
          : words(needsConnection && onLoad !== undefined ? 'chat.gapOffline' : 'chat.notLoaded', { count })}
      </span>
      {!isLoading && onLoad !== undefined && (
        <button type="button" className={styles.load} onClick={onLoad}>
          {words('chat.load')}
        </button>
      )}
    </div>
  );
}

/** A gap in the list, above the message with the seq `below`. */
export function GapBetween({ count, below }: { count: number; below: number }) {
  const { state, load } = useContext(GapsContext);
  const row = useRef<HTMLDivElement>(null);
  const press = () => {
    // The button disappears with the gap, so the message below takes the focus.
    row.current?.closest('article')?.focus({ preventScroll: true });
    load?.(below);
  };
  return (
    <div ref={row} className={styles.between}>
      <GapRow count={count} state={state} onLoad={load && press} />
    </div>
  );
}
