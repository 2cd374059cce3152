import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { drawnWith, rovingTarget } from '#app/ui/roving.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { ConversationEntry } from './ConversationEntry.tsx';
import type { Entry } from './entry.ts';
import styles from './ConversationList.module.css';

interface EntryListProps {
  entries: Entry[];
  store: LocalStore;
  chosen: ConversationId | undefined;
  now: Date;
}

/** The chats, drawn as far as they are on the screen; one tab stop, arrows within. [A4] */
export function EntryList({ entries, store, chosen, now }: EntryListProps) {
  const words = useWords();
  const scroller = useRef<HTMLElement>(null);
  const [active, setActive] = useState<ConversationId>();
  const stop = Math.max(
    0,
    entries.findIndex((entry) => entry.stream === (active ?? chosen)),
  );
  const rowHeight = useRowHeight();
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => entries[index]?.stream ?? index,
    overscan: 8,
    rangeExtractor: (range) => drawnWith(stop, range),
  });
  useEffect(() => rows.measure(), [rows, rowHeight]);

  function move(event: KeyboardEvent) {
    const target = rovingTarget(event, stop, entries.length);
    const entry = target === undefined ? undefined : entries[target];
    if (target === undefined || entry === undefined) return;
    event.preventDefault();
    setActive(entry.stream);
    rows.scrollToIndex(target);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-stream="${CSS.escape(entry.stream)}"]`)?.focus();
    });
  }

  return (
    <nav ref={scroller} className={styles.scroller} aria-label={words('list.label')}>
      <ul className={styles.list} style={{ blockSize: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => {
          const entry = entries[item.index];
          if (entry === undefined) return null;
          return (
            <li
              key={item.key}
              className={styles.item}
              aria-setsize={entries.length}
              aria-posinset={item.index + 1}
              style={{ blockSize: item.size, transform: `translateY(${item.start}px)` }}
            >
              <ConversationEntry
                entry={entry}
                store={store}
                isChosen={entry.stream === chosen}
                isTabStop={item.index === stop}
                now={now}
                onFocus={() => setActive(entry.stream)}
                onKeyDown={move}
              />
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** 66 px, on phones 74: as rem, so that a larger text size makes larger rows. */
function useRowHeight(): number {
  const [isPhone, setPhone] = useState(() => matchMedia(PHONE).matches);
  useEffect(() => {
    const query = matchMedia(PHONE);
    const look = () => setPhone(query.matches);
    query.addEventListener('change', look);
    return () => query.removeEventListener('change', look);
  }, []);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Math.round((isPhone ? 4.625 : 4.125) * rem);
}

const PHONE = '(width < 840px)';
