import { useCallback, useEffect, type RefObject } from 'react';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Anchor } from './use-anchor.ts';

/** Earlier messages are loaded before the reader reaches the first one. */
const LOAD_AHEAD_PX = 400;

interface SeenOptions {
  scroller: RefObject<HTMLDivElement | null>;
  items: readonly TimelineItem[];
  anchor: Pick<Anchor, 'virtualizer' | 'measureEnd'>;
  /** Called with the highest seq on the screen, while the page is visible. */
  onSeen: (seq: number) => void;
  onLoadEarlier: () => void;
}

/** Reports what the reader sees; returns the function to call when the list has scrolled. */
export function useSeen({ scroller, items, anchor, onSeen, onLoadEarlier }: SeenOptions) {
  const { virtualizer, measureEnd } = anchor;
  const report = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const isAtEnd = measureEnd(element);
    if (element.scrollTop < LOAD_AHEAD_PX) onLoadEarlier();
    if (document.visibilityState !== 'visible') return;
    const bottom = element.scrollTop + element.clientHeight;
    const lowest = virtualizer
      .getVirtualItems()
      .findLast((row) => row.start + row.size / 2 <= bottom + 1 && items[row.index]?.seq !== undefined);
    const seq = isAtEnd ? items.findLast((item) => item.seq !== undefined)?.seq : lowest && items[lowest.index]?.seq;
    if (seq !== undefined) onSeen(seq);
  }, [scroller, items, virtualizer, measureEnd, onSeen, onLoadEarlier]);

  useEffect(() => {
    // A frame later, when the virtualizer has measured and moved the rows: until then they are at their old positions.
    const frame = requestAnimationFrame(report);
    document.addEventListener('visibilitychange', report);
    return () => {
      cancelAnimationFrame(frame);
      document.removeEventListener('visibilitychange', report);
    };
  }, [report]);
  return report;
}
