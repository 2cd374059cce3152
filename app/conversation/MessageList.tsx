import { useCallback, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { takeKey } from '#app/ui/keys.ts';
import { useRovingFocus } from '#app/ui/use-roving-focus.ts';
import type { OpId } from '#protocol/ids.ts';
import { DividersContext } from './conversation-context.ts';
import { FloatingDate } from './FloatingDate.tsx';
import { GapsContext } from './gaps.ts';
import { HistoryRow } from './HistoryRow.tsx';
import { JumpButtons } from './JumpButtons.tsx';
import { MessageRow } from './MessageRow.tsx';
import { useAnchor } from './use-anchor.ts';
import { useCopiedTexts } from './use-copied-texts.ts';
import type { ConversationRows } from './use-conversation-rows.ts';
import { useGaps } from './use-gaps.ts';
import { useHighlight } from './use-highlight.ts';
import type { JumpTarget } from './use-jump-target.ts';
import type { MessagePage } from './use-messages.ts';
import { useSeen } from './use-seen.ts';
import type { Timeline } from './use-timeline.ts';
import styles from './MessageList.module.css';

interface MessageListProps {
  rows: ConversationRows;
  page: MessagePage;
  timeline: Timeline;
  /** What is shown above the first message of the chat. */
  beginning: string;
  /** The message to go to; a new object is a new jump. */
  target: JumpTarget | undefined;
}

/** The messages of a conversation; only those near the screen are in the page. */
export function MessageList({ rows, page, timeline, beginning, target }: MessageListProps) {
  const { row, hasLeft } = rows;
  const { opening, history, missing, loadEarlier } = page;
  const { items, newCount, isSeeking, today, isAtEnd, onAtEnd } = timeline;
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const keys = useMemo(() => items.map(({ id }) => id), [items]);
  const { tabStop, successor, activate, focusItem, move } = useRovingFocus({
    list: scroller,
    keys,
    attribute: 'data-message',
    initial: items.length - 1,
  });
  const { gaps, onGap, isFilledFromBelow } = useGaps(items, !hasLeft);
  const onLoadEarlier = useCallback(() => {
    if (history === 'more' || history === 'stuck') void loadEarlier();
  }, [history, loadEarlier]);
  const dividers = useMemo(() => ({ today, newCount }), [today, newCount]);
  const anchor = useAnchor({ scroller, items, opening, isSeeking, tabStop, onAtEnd, isFilledFromBelow });
  const { virtualizer, goTo, endPlacing } = anchor;
  const [isMoved, setMoved] = useState(false);
  const onMoved = useCallback(() => {
    endPlacing();
    setMoved(true);
  }, [endPlacing]);
  const report = useSeen({ scroller, items, anchor, row, isMoved, onLoadEarlier, onGap });
  const { highlighted, endHighlight } = useHighlight({ target, items, anchor, focusItem });
  const onCopy = useCopiedTexts(items);

  // When the message that had the focus is discarded, the focus moves to the next one instead of leaving the list. [A4]
  useLayoutEffect(() => {
    if (successor !== undefined && document.activeElement === document.body) focusItem(successor);
  }, [successor, focusItem]);

  // Set here, because as a property it would render every message again for each one that arrives.
  useLayoutEffect(() => {
    for (const article of scroller.current?.querySelectorAll('article') ?? [])
      if (article.ariaSetSize !== String(items.length)) article.ariaSetSize = String(items.length);
  });

  const onFocus = useCallback(
    (id: OpId, index: number) => {
      activate(id, index);
      endHighlight(id);
    },
    [activate, endHighlight],
  );
  // The same function in every render, for the memoized messages.
  const latestMove = useRef(move);
  useLayoutEffect(() => {
    latestMove.current = move;
  }, [move]);
  const onMove = useCallback((event: KeyboardEvent) => latestMove.current(event, (index) => goTo(index)), [goTo]);
  const onEnd = (event: MouseEvent<HTMLElement>) => {
    onMoved();
    virtualizer.scrollToEnd();
    // The button disappears when there is no reason for it. If it had the focus, the newest message takes it once it is drawn.
    const last = keys.at(-1);
    if (last === undefined || document.activeElement !== event.currentTarget) return;
    requestAnimationFrame(() => requestAnimationFrame(() => focusItem(last)));
  };

  return (
    <DividersContext value={dividers}>
      <div className={styles.frame}>
        {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the handlers watch what reaches the list and take nothing */}
        <div
          ref={scroller}
          className={styles.scroller}
          onScroll={report}
          onWheel={onMoved}
          onTouchMove={onMoved}
          onPointerDown={onMoved}
          onKeyDown={(event) => takeKey(event, onMoved)}
          onCopy={onCopy}
        >
          {/* Another element once there are messages: the row above them would otherwise jump from the bottom of the screen to its top. */}
          <div
            key={items.length === 0 ? 'empty' : 'filled'}
            className={styles.list}
            style={{ blockSize: virtualizer.getTotalSize() }}
          >
            <HistoryRow
              history={isSeeking ? 'loading' : history}
              missing={missing}
              beginning={beginning}
              onLoad={onLoadEarlier}
            />
            <GapsContext value={gaps}>
              <div
                role="feed"
                aria-label={words('chat.messages')}
                aria-busy={isSeeking || history === 'loading' || gaps.state === 'loading'}
              >
                {virtualizer.getVirtualItems().map(({ index, key, start }) => {
                  const item = items[index];
                  if (item === undefined) return null;
                  return (
                    <div
                      key={key}
                      ref={virtualizer.measureElement}
                      data-index={index}
                      className={styles.item}
                      style={{ transform: `translateY(${start}px)` }}
                    >
                      <MessageRow
                        item={item}
                        index={index}
                        isTabStop={index === tabStop}
                        isHighlighted={item.id === highlighted}
                        onFocus={onFocus}
                        onMove={onMove}
                      />
                    </div>
                  );
                })}
              </div>
            </GapsContext>
          </div>
        </div>
        {isMoved && <FloatingDate items={items} virtualizer={virtualizer} />}
        <JumpButtons row={row} onEnd={isAtEnd || items.length === 0 ? undefined : onEnd} />
      </div>
    </DividersContext>
  );
}
