import { useCallback, useEffect, useState, type RefObject } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { isAttended, onAttention } from './attention.ts';
import { useConversation } from './conversation-context.ts';
import { dwell, type SeqRange } from './dwell.ts';
import { gapAbove, type Gap } from './gaps.ts';
import { unreadHeldTo, type Place } from './opening.ts';
import { placesOf } from './places.ts';
import type { Anchor } from './use-anchor.ts';
import { useMarkSeen } from './use-mark-seen.ts';

/** Earlier messages are loaded before the reader reaches the first one. */
const LOAD_AHEAD_PX = 400;

interface SeenOptions {
  scroller: RefObject<HTMLDivElement | null>;
  items: readonly TimelineItem[];
  anchor: Pick<Anchor, 'virtualizer' | 'reading' | 'measureEnd' | 'isPlaced'>;
  row: ConversationRow | undefined;
  /** The reader has moved the list. */
  isMoved: boolean;
  onLoadEarlier: () => void;
  /** Called with a gap that is on the screen or near it. `isBelow`: the reader comes to it from the messages above it. */
  onGap: (gap: Gap, isBelow: boolean) => void;
}

/**
 * Marks what the reader has seen, keeps their place, and reports that they are near messages that are missing. Returns the function to
 * call when the list has scrolled.
 */
export function useSeen(options: SeenOptions) {
  const { scroller, items, anchor, row, isMoved, onLoadEarlier, onGap } = options;
  const { virtualizer, reading, measureEnd, isPlaced } = anchor;
  const { client, stream } = useConversation();
  const onSeen = useMarkSeen(row);
  // Unread messages are held up to this seq without a gap. A mark beyond it would cover unseen messages in the gap. A reader who goes to
  // the end nevertheless has skipped them on purpose.
  const heldTo = unreadHeldTo(row);
  const [watched] = useState(() => dwelling());
  useEffect(() => watched.onSeen(onSeen), [watched, onSeen]);

  const report = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const isAtEnd = measureEnd(element);
    // Until the list is at its place, the messages on the screen are not the ones that the reader wants to see.
    if (!isPlaced.current) return watched.look(undefined);
    if (element.scrollTop < LOAD_AHEAD_PX) onLoadEarlier();
    const top = element.scrollTop;
    const bottom = top + element.clientHeight;
    const near = virtualizer
      .getVirtualItems()
      .find(
        ({ index, start }) =>
          (items[index]?.gap ?? 0) > 0 && start > top - LOAD_AHEAD_PX && start < bottom + LOAD_AHEAD_PX,
      );
    const gap = near && gapAbove(items, near.index);
    if (near !== undefined && gap !== undefined) onGap(gap, near.start > top);
    const rows = virtualizer.getVirtualItems().filter((row) => row.end > top);
    reading.report(rows, { top, bottom }, virtualizer);
    // If the list opens at a place only because the right one is missing, that is not a place to return to.
    const place = isAtEnd || !(heldTo > 0 || isMoved) ? undefined : placeIn(rows, items, top);
    if (place === undefined) placesOf(client).delete(stream);
    else placesOf(client).set(stream, place);
    const seen = isAttended() ? seqsIn(rows, items, bottom, isAtEnd) : undefined;
    const to = Math.min(seen?.to ?? 0, isMoved && isAtEnd ? Infinity : heldTo);
    watched.look(seen !== undefined && seen.from <= to ? { from: seen.from, to } : undefined);
  }, [
    scroller,
    items,
    virtualizer,
    reading,
    measureEnd,
    isPlaced,
    watched,
    heldTo,
    isMoved,
    client,
    stream,
    onLoadEarlier,
    onGap,
  ]);

  useEffect(() => {
    // A frame later, when the virtualizer has measured and moved the rows: until then they are at their old positions.
    const frame = requestAnimationFrame(report);
    const stop = onAttention(report);
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [report]);
  return report;
}

interface Row {
  index: number;
  start: number;
  size: number;
}

/** A row counts as on the screen if its upper half is; at the end all are. */
function seqsIn(
  rows: readonly Row[],
  items: readonly TimelineItem[],
  bottom: number,
  isAtEnd: boolean,
): SeqRange | undefined {
  const seqs = rows
    .filter((row) => isAtEnd || row.start + row.size / 2 <= bottom + 1)
    .flatMap(({ index }) => items[index]?.seq ?? []);
  const [from, to] = [seqs[0], seqs.at(-1)];
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** The first message whose start is on the screen, or otherwise the one that fills it. */
function placeIn(rows: readonly Row[], items: readonly TimelineItem[], top: number): Place | undefined {
  const row = rows.find(({ start }) => start >= top) ?? rows[0];
  const item = row === undefined ? undefined : items[row.index];
  const seq = items.findLast((each, at) => at <= (row?.index ?? 0) && each.seq !== undefined)?.seq;
  if (row === undefined || item === undefined || seq === undefined) return undefined;
  return { id: item.id, seq, top: row.start - top };
}

/** A dwell whose listener can change; it stops when there is none. */
function dwelling() {
  let listener: (seq: number) => void = () => {};
  const { look, stop } = dwell((seq) => listener(seq));
  return {
    look,
    onSeen(next: (seq: number) => void): () => void {
      listener = next;
      return stop;
    },
  };
}
