import { useCallback, useMemo, useRef, useState } from 'react';
import { useAppSelector } from '#app/state/store.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { useConversation } from './conversation-context.ts';
import { gapAbove, type Gap, type Gaps } from './gaps.ts';

/** The most messages of a gap that are fetched at once. */
const PAGE = 60;

/**
 * Fills the gaps between the messages of a chat, one request at a time and from the side that the reader comes from, so that they
 * can read on without a break. After a failure nothing is requested until the connection has changed or somebody presses the
 * button. [CL20]
 */
export function useGaps(items: readonly TimelineItem[], mayFetch: boolean) {
  const { client, stream } = useConversation();
  const [isLoading, setLoading] = useState(false);
  /** The phase of the connection in which the last request failed. */
  const [stuckIn, setStuckIn] = useState<string>();
  const isBusy = useRef(false);
  /** By the seqs of the messages under them. */
  const [filledFromBelow] = useState(() => new Set<number>());
  const phase = useAppSelector(({ connection }) => connection.connection.phase);
  const state: Gaps['state'] = isLoading ? 'loading' : stuckIn === phase ? 'stuck' : 'idle';

  const fill = useCallback(
    async ({ above, below }: Gap, isBelow: boolean) => {
      if (isBusy.current || !mayFetch) return;
      isBusy.current = true;
      setLoading(true);
      const limit = Math.min(PAGE, below - above - 1);
      const bounds = isBelow ? { after: above, limit } : { before: below, limit };
      // Before the request, because its messages may be drawn before it resolves.
      if (!isBelow) filledFromBelow.add(below);
      const records = await client.loadHistory(stream, bounds).catch(() => undefined);
      if (records === undefined) filledFromBelow.delete(below);
      isBusy.current = false;
      setLoading(false);
      setStuckIn(records === undefined || records.length === 0 ? phase : undefined);
    },
    [client, stream, mayFetch, phase, filledFromBelow],
  );

  /** Called for a gap that comes into view. */
  const onGap = useCallback(
    (gap: Gap, isBelow: boolean) => {
      if (state === 'idle') void fill(gap, isBelow);
    },
    [state, fill],
  );
  const isFilledFromBelow = useCallback((seq: number) => filledFromBelow.has(seq), [filledFromBelow]);
  const gaps = useMemo((): Gaps => {
    const load = (seq: number) => {
      const gap = gapAbove(
        items,
        items.findIndex((item) => item.seq === seq),
      );
      if (gap !== undefined) void fill(gap, true);
    };
    return { state, load: mayFetch ? load : undefined };
  }, [state, fill, items, mayFetch]);
  return { gaps, onGap, isFilledFromBelow };
}
