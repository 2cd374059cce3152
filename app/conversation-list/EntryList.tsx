import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { useRovingFocus } from '#app/ui/use-roving-focus.ts';
import { useRowsOnScreen } from '#app/ui/use-rows-on-screen.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { ConversationEntry } from './ConversationEntry.tsx';
import type { Entry } from './entry.ts';
import { useSteadyPress } from './use-steady-press.ts';
import styles from './ConversationList.module.css';

interface EntryListProps {
  entries: Entry[];
  store: ViewStore;
  chosen: ConversationId | undefined;
  now: Date;
}

/** The chats; only those near the screen are in the page. One tab stop, with arrow keys inside. [A4] */
export function EntryList({ entries, store, chosen, now }: EntryListProps) {
  const words = useWords();
  const scroller = useRef<HTMLElement>(null);
  const keys = useMemo(() => entries.map(({ stream }) => stream), [entries]);
  const { tabStop, activate, move } = useRovingFocus({
    list: scroller,
    keys,
    attribute: 'data-stream',
    initial: Math.max(0, chosen === undefined ? 0 : keys.indexOf(chosen)),
  });
  const press = useSteadyPress();
  const isPhone = useIsPhone();
  const rowHeight = rowHeightOf(isPhone);
  const { drawn, scrollTo } = useRowsOnScreen({
    scroller,
    count: entries.length,
    rowHeight,
    tabStop,
    // A phone shows the open chat instead.
    isHidden: isPhone && chosen !== undefined,
  });
  // The same function in every render, for the memoized entries.
  const latestMove = useRef(move);
  useLayoutEffect(() => {
    latestMove.current = move;
  }, [move]);
  const onMove = useCallback((event: KeyboardEvent) => latestMove.current(event, scrollTo), [scrollTo]);

  return (
    <nav ref={scroller} className={styles.scroller} aria-label={words('list.label')} {...press}>
      <ul className={styles.list} style={{ blockSize: entries.length * rowHeight }}>
        {drawn.map((index) => {
          const entry = entries[index];
          if (entry === undefined) return null;
          return (
            <li
              key={entry.stream}
              className={styles.item}
              aria-setsize={entries.length}
              aria-posinset={index + 1}
              style={{ blockSize: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
            >
              <ConversationEntry
                entry={entry}
                store={store}
                isChosen={entry.stream === chosen}
                isTabStop={index === tabStop}
                index={index}
                now={now}
                onFocus={activate}
                onMove={onMove}
              />
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function useIsPhone(): boolean {
  const [isPhone, setPhone] = useState(() => matchMedia(PHONE).matches);
  useEffect(() => {
    const query = matchMedia(PHONE);
    const look = () => setPhone(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  return isPhone;
}

/** 66 px, or 74 on phones; in rem, so that rows grow with the text size. */
function rowHeightOf(isPhone: boolean): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Math.round((isPhone ? 4.625 : 4.125) * rem);
}

const PHONE = '(width < 840px)';
