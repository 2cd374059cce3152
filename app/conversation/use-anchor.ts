import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { drawnWith } from '#app/ui/roving.ts';

/** The height of the row above the first message. */
const HISTORY_ROW = 64;
/** Within this many pixels of the end the list counts as being at the end. */
const END_SLACK = 40;

interface AnchorOptions {
  scroller: RefObject<HTMLDivElement | null>;
  items: readonly TimelineItem[];
  tabStop: number;
  onAtEnd: (isAtEnd: boolean) => void;
}

/**
 * The scroll position: it starts at the first new message, stays where it is when older messages are prepended, and stays at
 * the end once it is there. [C5] [C6]
 */
export function useAnchor({ scroller, items, tabStop, onAtEnd }: AnchorOptions) {
  const isAtEnd = useRef(true);
  const height = useRef(0);

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 10,
    paddingStart: HISTORY_ROW,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_SLACK,
    rangeExtractor: (range) => drawnWith(tabStop, range),
  });

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

  // The first render starts at the line of new messages, otherwise at the end.
  const isPlaced = useRef(false);
  useLayoutEffect(() => {
    if (isPlaced.current || items.length === 0) return;
    isPlaced.current = true;
    const firstNew = items.findIndex((item) => item.startsNew);
    isAtEnd.current = firstNew <= 0;
    if (firstNew > 0) virtualizer.scrollToIndex(firstNew, { align: 'start' });
    else virtualizer.scrollToEnd();
  }, [items, virtualizer]);

  // The virtualizer follows what is appended, but messages that arrive while own messages are pending are inserted above them.
  const lastSeq = items.findLast((item) => item.seq !== undefined)?.seq;
  useLayoutEffect(() => {
    if (lastSeq !== undefined && isAtEnd.current) virtualizer.scrollToEnd();
  }, [lastSeq, virtualizer]);

  // Sending a message always scrolls to it, wherever the list was.
  const lastPending = items.findLast((item) => item.isOwn && item.seq === undefined)?.id;
  const previousPending = useRef(lastPending);
  useLayoutEffect(() => {
    if (lastPending !== undefined && lastPending !== previousPending.current) virtualizer.scrollToEnd();
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

  return { virtualizer, measureEnd, leaveEnd };
}

export type Anchor = ReturnType<typeof useAnchor>;
