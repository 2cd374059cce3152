import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { Badge } from '#app/ui/Badge.tsx';
import { drawnWith, rovingTarget } from '#app/ui/roving.ts';
import { HistoryRow } from './HistoryRow.tsx';
import { MessageRow } from './MessageRow.tsx';
import type { Quoted } from './quoted.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { JumpTarget } from './use-jump.ts';
import type { History } from './use-messages.ts';
import type { OpId } from '#protocol/ids.ts';
import styles from './MessageList.module.css';

interface MessageListProps {
  items: TimelineItem[];
  history: History;
  /** Messages before the first one held; 0 where nobody knows. */
  missing: number;
  unread: number;
  newCount: number;
  beginning: string;
  outbox: Outbox;
  nameOf: (userId: string) => string;
  actionsOf: (item: TimelineItem) => Action[];
  quotedOf: (id: OpId) => Quoted | undefined;
  onReact: ((item: TimelineItem, emoji: string, on: boolean) => void) | undefined;
  onJump: (id: OpId) => void;
  /** The message to go to; another object is another jump. */
  target: JumpTarget | undefined;
  onLoadEarlier: () => void;
  /** The highest seq on the screen, while the page is visible. */
  onSeen: (seq: number) => void;
  onAtEnd: (isAtEnd: boolean) => void;
}

const HISTORY_ROW = 64;
const END_SLACK = 40;

/** The messages, drawn as far as they are on the screen. Prepending moves nothing; at the end it stays at the end. [C5] [C6] */
export function MessageList(props: MessageListProps) {
  const { items, history, missing, unread, newCount, beginning, outbox, nameOf, actionsOf } = props;
  const { onLoadEarlier, onSeen, onAtEnd, target } = props;
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<{ id: string; at: number }>();
  const [isAtEnd, setAtEnd] = useState(true);
  const atEndNow = useRef(true);
  const heightNow = useRef(0);
  const stop = (() => {
    const at = items.findIndex((item) => item.id === active?.id);
    // A message that has gone leaves its place to the next one.
    return at < 0 ? Math.min(active?.at ?? Infinity, items.length - 1) : at;
  })();

  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 10,
    paddingStart: HISTORY_ROW,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_SLACK,
    rangeExtractor: (range) => drawnWith(stop, range),
  });

  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    // Between shrinking and being brought to the end again, the distance says nothing about where one was.
    const isResized = element.clientHeight !== heightNow.current;
    const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
    const atEnd = isResized ? atEndNow.current : distance <= END_SLACK;
    atEndNow.current = atEnd;
    setAtEnd(atEnd);
    onAtEnd(atEnd);
    if (element.scrollTop < 400) onLoadEarlier();
    if (document.visibilityState !== 'visible') return;
    const bottom = element.scrollTop + element.clientHeight;
    const seen = rows
      .getVirtualItems()
      .findLast((row) => row.start + row.size / 2 <= bottom + 1 && items[row.index]?.seq !== undefined);
    const seq = atEnd ? items.findLast((item) => item.seq !== undefined)?.seq : seen && items[seen.index]?.seq;
    if (seq !== undefined) onSeen(seq);
  }, [items, rows, onAtEnd, onLoadEarlier, onSeen]);

  // First drawing: at the line of new messages, else at the end.
  const isPlaced = useRef(false);
  useLayoutEffect(() => {
    if (isPlaced.current || items.length === 0) return;
    isPlaced.current = true;
    const firstNew = items.findIndex((item) => item.startsNew);
    atEndNow.current = firstNew <= 0;
    if (firstNew > 0) rows.scrollToIndex(firstNew, { align: 'start' });
    else rows.scrollToEnd();
  }, [items, rows]);

  // The virtualizer follows what is added at the end; what arrives while own messages wait stands above them.
  const lastSeq = items.findLast((item) => item.seq !== undefined)?.seq;
  useLayoutEffect(() => {
    if (lastSeq !== undefined && atEndNow.current) rows.scrollToEnd();
  }, [lastSeq, rows]);

  // One's own message is always gone to, wherever one has scrolled.
  const ownWaiting = items.findLast((item) => item.isOwn && item.seq === undefined)?.id;
  const lastOwn = useRef(ownWaiting);
  useLayoutEffect(() => {
    if (ownWaiting !== undefined && ownWaiting !== lastOwn.current) rows.scrollToEnd();
    lastOwn.current = ownWaiting;
  }, [ownWaiting, rows]);

  useEffect(() => {
    // After the virtualizer has measured and moved: a look before that would see the old place.
    const frame = requestAnimationFrame(look);
    document.addEventListener('visibilitychange', look);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('visibilitychange', look);
    };
  }, [look]);

  // The virtualizer does not pin again when the viewport shrinks: composer grows, keyboard opens.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      heightNow.current = element.clientHeight;
      if (atEndNow.current) rows.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [rows]);

  const [foundId, setFoundId] = useState<OpId>();
  const wentTo = useRef<JumpTarget>(undefined);
  useEffect(() => {
    if (target === undefined || wentTo.current === target) return;
    const at = items.findIndex((item) => item.id === target.id);
    if (at < 0) return;
    wentTo.current = target;
    atEndNow.current = false;
    setActive({ id: target.id, at });
    setFoundId(target.id);
    rows.scrollToIndex(at, { align: 'center' });
    // Drawn and measured in the next frame, and moved by that in the one after.
    requestAnimationFrame(() => requestAnimationFrame(() => focusMessage(scroller.current, target.id)));
  }, [target, items, rows]);

  function move(event: KeyboardEvent) {
    const target = rovingTarget(event, stop, items.length);
    const item = target === undefined ? undefined : items[target];
    if (target === undefined || item === undefined) return;
    event.preventDefault();
    setActive({ id: item.id, at: target });
    rows.scrollToIndex(target);
    requestAnimationFrame(() => focusMessage(scroller.current, item.id));
  }

  // Where the message that had the focus is discarded, the keyboard stays in the list. [A4]
  const heir = active === undefined || items[stop]?.id === active.id ? undefined : items[stop]?.id;
  useLayoutEffect(() => {
    if (heir !== undefined && document.activeElement === document.body) focusMessage(scroller.current, heir);
  }, [heir]);

  const jumpLabel = unread > 0 ? words('chat.jumpNew', { count: unread }) : words('chat.jump');
  return (
    <div className={styles.frame}>
      <div ref={scroller} className={styles.scroller} onScroll={look}>
        <div className={styles.list} style={{ blockSize: rows.getTotalSize() }}>
          <HistoryRow history={history} missing={missing} beginning={beginning} onLoad={onLoadEarlier} />
          <div role="feed" aria-label={words('chat.messages')} aria-busy={history === 'loading'}>
            {rows.getVirtualItems().map((row) => {
              const item = items[row.index];
              if (item === undefined) return null;
              return (
                <div
                  key={row.key}
                  ref={rows.measureElement}
                  data-index={row.index}
                  className={styles.item}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <MessageRow
                    item={item}
                    nameOf={nameOf}
                    newCount={newCount}
                    position={{ index: row.index, count: items.length }}
                    isTabStop={row.index === stop}
                    outbox={outbox}
                    actionsOf={actionsOf}
                    isFound={item.id === foundId}
                    quotedOf={props.quotedOf}
                    onReact={props.onReact}
                    onJump={props.onJump}
                    onFocus={() => {
                      setActive({ id: item.id, at: row.index });
                      if (item.id !== foundId) setFoundId(undefined);
                    }}
                    onMove={move}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {!isAtEnd && items.length > 0 && (
        <button
          type="button"
          className={styles.jump}
          aria-label={jumpLabel}
          title={jumpLabel}
          onClick={() => rows.scrollToEnd()}
        >
          <ArrowDown size={20} aria-hidden />
          {unread > 0 && (
            <span className={styles.jumpCount}>
              <Badge count={unread} />
            </span>
          )}
        </button>
      )}
    </div>
  );
}

function focusMessage(list: HTMLElement | null, id: string): void {
  list?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}
