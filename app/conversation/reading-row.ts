import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { OpId } from '#protocol/ids.ts';

type List = Pick<Virtualizer<HTMLDivElement, Element>, 'scrollOffset' | 'scrollRect' | 'itemSizeCache'>;
type Measured = Pick<Virtualizer<HTMLDivElement, Element>, 'scrollRect' | 'measurementsCache'>;
type Screen = { top: number; bottom: number };
type Row = Pick<VirtualItem, 'index' | 'start' | 'end'>;

/**
 * Knows which row is being read, and so whether the list has to scroll along when a row changes its height. [C9]
 *
 * Rows are measured after the scroll events and the animation frames of the frame in which they are first drawn. So the row being
 * read may be asked for while rows on the screen still have an estimated height, or the height with another head. Such a row has
 * not been drawn like that, and is not the one being read.
 */
export function readingRow() {
  let items: readonly TimelineItem[] = [];
  let read: OpId | undefined;
  /** What was above each message's text when its row was last measured. */
  const heads = new Map<OpId, string>();
  /** The row that was measured last, if its head was different from before. */
  let changedHead: OpId | undefined;
  /** The index that the row under a gap had until now, if that gap was just filled for somebody who came from below. */
  let filled: number | undefined;
  const isSettled = (item: TimelineItem | undefined, { itemSizeCache }: Pick<List, 'itemSizeCache'>) =>
    item !== undefined && itemSizeCache.has(item.id) && heads.get(item.id) === headOf(item);

  return {
    /** Before rows are drawn, because they are measured while they are. */
    draw(next: readonly TimelineItem[], isFilledFromBelow: (seq: number) => boolean): void {
      const gaps = new Set(items.flatMap(({ gap, seq, id }) => (gap > 0 && isFilledFromBelow(seq ?? 0) ? [id] : [])));
      const under = gaps.size === 0 ? undefined : next.find(({ id, gap }) => gap === 0 && gaps.has(id));
      filled = under && items.findIndex(({ id }) => id === under.id);
      items = next;
    },
    /**
     * The row that stays where it is now that others are drawn; undefined if it is the first one on the screen, as always but here:
     * somebody who comes from below has scrolled into a gap, and what fills it goes on above the row under it, not below what is
     * above the gap.
     */
    heldRow({ measurementsCache, scrollRect }: Measured, top: number): VirtualItem | undefined {
      const row = filled === undefined ? undefined : measurementsCache[filled];
      filled = undefined;
      if (row === undefined || row.start <= top || row.start >= top + (scrollRect?.height ?? 0)) return undefined;
      read = row.key as OpId;
      return row;
    },
    /** The browser has reported the height of a row; if the height has changed, the virtualizer asks `isAbove` next. */
    measure(index: number): void {
      const item = items[index];
      if (item === undefined) return;
      const before = heads.get(item.id);
      heads.set(item.id, headOf(item));
      changedHead = before === undefined || before === headOf(item) ? undefined : item.id;
    },
    /** `rows` are those that end below the top of the screen. After a jump all of them may still be below its bottom. */
    report(rows: readonly Row[], { top, bottom }: Screen, list: Pick<List, 'itemSizeCache'>): void {
      const visible = rows.filter(({ start }) => start < bottom);
      const startingInView = visible.filter(({ start }) => start >= top);
      // When older rows are prepended and the reader scrolls before the next frame, the row that they read may still wait to be
      // measured without the day above it. It stays the one being read until then.
      const held = visible.find(({ index }) => items[index]?.id === read);
      const item = held && items[held.index];
      const isAwaited = item !== undefined && list.itemSizeCache.has(item.id) && !isSettled(item, list);
      const first = isAwaited
        ? held
        : (startingInView.find(({ index }) => isSettled(items[index], list)) ?? startingInView[0] ?? visible[0]);
      read = first && items[first.index]?.id;
    },
    isAbove(row: Row, _delta: number, list: List): boolean {
      const item = items[row.index];
      const index = items.findIndex(({ id }) => id === read);
      // The text of the message stays in place when the day, the line or the sender above it appears or disappears.
      const hasChangedHead = item !== undefined && item.id === changedHead;
      // Rows that have just been prepended may start on the screen, where the row above the first message was.
      const isNew = item !== undefined && !list.itemSizeCache.has(item.id);
      if (row.index < index ? isNew || hasChangedHead : row.index === index && hasChangedHead) return true;
      // A row that also extends below the screen is itself the row being read.
      const top = list.scrollOffset ?? 0;
      return row.start < top && row.end <= top + (list.scrollRect?.height ?? 0);
    },
  };
}

function headOf({ gap, startsDay, startsNew, isFirstOfRun }: TimelineItem): string {
  return [gap > 0, startsDay, startsNew, isFirstOfRun].join();
}
