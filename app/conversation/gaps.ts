import { createContext } from 'react';
import type { TimelineItem } from '#app/shown/timeline.ts';

/** Messages that are not on this device, by the seqs of those above and below. */
export interface Gap {
  above: number;
  below: number;
}

export interface Gaps {
  /** One of them is being fetched, or the last request was not answered. */
  state: 'idle' | 'loading' | 'stuck';
  /** Fetches messages of the gap that ends at this seq; undefined where they cannot be fetched. */
  load: ((below: number) => void) | undefined;
}

export const GapsContext = createContext<Gaps>({ state: 'idle', load: undefined });

/** The gap directly above an item. */
export function gapAbove(items: readonly TimelineItem[], index: number): Gap | undefined {
  const item = items[index];
  if (item?.seq === undefined || item.gap === 0) return undefined;
  return { above: item.seq - item.gap - 1, below: item.seq };
}
