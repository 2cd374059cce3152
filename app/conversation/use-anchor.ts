import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { drawnWith } from '#app/ui/roving.ts';
import { isAttended } from './attention.ts';
import { lineTop } from './line-top.ts';
import type { Opening } from './opening.ts';
import { readingRow } from './reading-row.ts';
import { scrollPosition } from './scroll-position.ts';
import { useRowsAround } from './use-rows-around.ts';
import { useSelectionEnds } from './use-selection-ends.ts';

/** The height of the row above the first message. */
const HISTORY_ROW = 64;
/** Within this many pixels of the end the list counts as being at the end. */
const END_SLACK = 40;
const ESTIMATED_ROW = 52;
/** The room above the line of new messages when the list goes to it, so that some of what was read before is in view too. */
const ABOVE_LINE = 48;

interface AnchorOptions {
  scroller: RefObject<HTMLDivElement | null>;
  items: readonly TimelineItem[];
  opening: Opening | undefined;
  /** While unread messages are being fetched, the list opens at the first one that is here, and goes to the line afterwards. */
  isSeeking: boolean;
  tabStop: number;
  onAtEnd: (isAtEnd: boolean) => void;
  /** Whether the gap above the message with this seq was filled for somebody who came from below. */
  isFilledFromBelow: (seq: number) => boolean;
}

/**
 * The scroll position: it starts where the reader was, otherwise at the first new message, otherwise at the end. It does not
 * change when rows arrive, grow or disappear, and it stays at the end once it is there. [C5] [C6] [C8] [C9]
 */
export function useAnchor(options: AnchorOptions) {
  const { scroller, items, opening, isSeeking, tabStop, onAtEnd, isFilledFromBelow } = options;
  const isAtEnd = useRef(true);
  const height = useRef(0);
  const [reading] = useState(readingRow);
  const [position] = useState(() => scrollPosition(reading.measure));
  const [start] = useState(() => startOf(items, opening));
  const [padding, setPadding] = useState(start.top);
  useBeforeDrawn(items, (next) => {
    position.catchUp();
    reading.draw(next, isFilledFromBelow);
  });
  const ends = useSelectionEnds(scroller);
  const around = useRowsAround(items.length > 0 && !isSeeking);

  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_ROW,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: around,
    paddingStart: HISTORY_ROW,
    scrollPaddingStart: padding,
    // The first frame already draws about the right rows.
    initialOffset: () => HISTORY_ROW + (start.index ?? items.length) * ESTIMATED_ROW,
    anchorTo: 'end',
    scrollEndThreshold: END_SLACK,
    rangeExtractor: (range) =>
      drawnWith([tabStop, ...ends.map((id) => items.findIndex((item) => item.id === id))], range),
    ...position.options,
  });
  useLayoutEffect(() => {
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = reading.isAbove;
    // With this the virtualizer finds the row that stays in place when other rows are added.
    const find = virtualizer.getVirtualItemForOffset;
    virtualizer.getVirtualItemForOffset = (offset) => reading.heldRow(virtualizer, offset) ?? find(offset);
    return () => {
      virtualizer.getVirtualItemForOffset = find;
    };
  }, [virtualizer, reading]);
  /** Scrolls until the row starts `top` pixels below the top of the screen or, without `align`, is in view. */
  const goTo = useCallback(
    (index: number, { align, top = ABOVE_LINE }: { align?: 'start' | 'center'; top?: number } = {}) => {
      // For this call, and for the renders while the virtualizer measures the rows on the way.
      virtualizer.options.scrollPaddingStart = top;
      setPadding(top);
      virtualizer.scrollToIndex(index, align === undefined ? {} : { align });
    },
    [virtualizer],
  );

  /** The row with the line of new messages that the list goes to, until that row is drawn. */
  const wantedLine = useRef<{ id: string; top: number }>(undefined);
  const goToLine = useCallback(
    (index: number, id: string | undefined, top = ABOVE_LINE) => {
      wantedLine.current = id === undefined ? undefined : { id, top };
      goTo(index, { align: 'start', top });
    },
    [goTo],
  );

  const measureEnd = useCallback(
    (element: HTMLElement) => {
      // After a resize and before the list is scrolled to the end again, the distance says nothing about where it was.
      const isResized = element.clientHeight !== height.current;
      const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (!isResized) isAtEnd.current = distance <= END_SLACK;
      onAtEnd(isAtEnd.current);
      return isAtEnd.current;
    },
    [onAtEnd],
  );
  const leaveEnd = useCallback(() => {
    isAtEnd.current = false;
  }, []);

  // The list is placed once it knows where to start. If the reader moves it while messages are still fetched, it stays with them.
  const isPlaced = useRef(false);
  const isWaiting = useRef(false);
  const endPlacing = useCallback(() => {
    isPlaced.current = true;
  }, []);
  useLayoutEffect(() => {
    if (isPlaced.current || items.length === 0 || opening === undefined) return;
    isPlaced.current = !isSeeking;
    if (isSeeking && isWaiting.current) return;
    isWaiting.current = isSeeking;
    height.current = scroller.current?.clientHeight ?? 0;
    const { index, top } = isSeeking ? { index: 0, top: HISTORY_ROW } : startOf(items, opening);
    isAtEnd.current = index === undefined;
    if (index === undefined) virtualizer.scrollToEnd();
    else if (isSeeking || opening.place !== undefined) goTo(index, { align: 'start', top });
    else goToLine(index, items[index]?.id, top);
  }, [items, opening, isSeeking, scroller, virtualizer, goTo, goToLine]);

  // At the end the list follows new messages. While nobody looks, it goes no further than the line, where reading will continue.
  // The line may be drawn a moment after the messages below it.
  const lastSeq = items.findLast((item) => item.seq !== undefined)?.seq;
  const line = items.findIndex((item) => item.startsNew);
  const lineId = items[line]?.id;
  useLayoutEffect(() => {
    if (lastSeq === undefined || !isAtEnd.current) return;
    if (lineId === undefined || isAttended()) virtualizer.scrollToEnd();
    else goToLine(line, lineId);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- prepended messages move the line's index, and must not move the list
  }, [lastSeq, lineId, virtualizer, goToLine]);

  // What is in the row is measured only now. In a low window, its message would otherwise be below the screen.
  useLayoutEffect(() => {
    const [element, wanted] = [scroller.current, wantedLine.current];
    const article = element?.querySelector<HTMLElement>(`[data-message="${CSS.escape(wanted?.id ?? '')}"]`);
    if (element === null || wanted === undefined || article === null || article === undefined) return;
    wantedLine.current = undefined;
    const top = lineTop(article, element.clientHeight, wanted.top);
    if (top < wanted.top)
      goTo(
        items.findIndex(({ id }) => id === wanted.id),
        { align: 'start', top },
      );
  });

  // Sending a message always scrolls to it, wherever the list was.
  const lastPending = items.findLast((item) => item.isOwn && item.seq === undefined)?.id;
  const previousPending = useRef(lastPending);
  useLayoutEffect(() => {
    if (lastPending !== undefined && lastPending !== previousPending.current) {
      isPlaced.current = true;
      isAtEnd.current = true;
      virtualizer.scrollToEnd();
    }
    previousPending.current = lastPending;
  }, [lastPending, virtualizer]);

  // The virtualizer does not scroll to the end again when the viewport shrinks because the composer grows or a keyboard opens.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      height.current = element.clientHeight;
      if (isAtEnd.current) virtualizer.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, virtualizer]);

  return { virtualizer, reading, goTo, isPlaced, endPlacing, measureEnd, leaveEnd };
}

export type Anchor = ReturnType<typeof useAnchor>;

/** The item to start at and its distance from the top of the screen; without an index, the end. */
function startOf(items: readonly TimelineItem[], opening: Opening | undefined): { index?: number; top: number } {
  const { place } = opening ?? {};
  if (place !== undefined) {
    const index = items.findIndex(({ id, seq }) => id === place.id || (seq !== undefined && seq > place.seq));
    return index < 0 ? { top: 0 } : { index, top: place.top };
  }
  const line = items.findIndex((item) => item.startsNew);
  // Above the first message there is the row that says what is missing.
  return line < 0 ? { top: 0 } : { index: line, top: line === 0 ? HISTORY_ROW : ABOVE_LINE };
}

/** Before the virtualizer renders other items. It is not called in other renders, because it reads the layout. */
function useBeforeDrawn(items: readonly TimelineItem[], call: (items: readonly TimelineItem[]) => void): void {
  const [seen, setSeen] = useState<readonly TimelineItem[]>();
  if (seen === items) return;
  setSeen(items);
  call(items);
}
