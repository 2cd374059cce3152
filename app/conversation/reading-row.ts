import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';
import type { TimelineItem } from '#app/shown/timeline.ts';

/** Knows which row is being read, and so whether the list has to scroll along when a row changes its height. [C9] */
export function readingRow() {
  let items: readonly TimelineItem[] = [];
  let read: TimelineItem | undefined;
  let readIndex = -1;
  return {
    /** Before rows are drawn, because they are measured while they are. */
    draw(next: readonly TimelineItem[]): void {
      items = next;
    },
    /** The first message that begins on the screen. */
    report(first: TimelineItem | undefined): void {
      read = first;
      readIndex = first === undefined ? -1 : items.indexOf(first);
    },
    isAbove(row: VirtualItem, _delta: number, list: Virtualizer<HTMLDivElement, Element>): boolean {
      const index = read === undefined ? -1 : items.findIndex(({ id }) => id === read?.id);
      // Rows that have just been prepended may begin on the screen, where the row above the first message was.
      if (index > readIndex && row.index < index) return true;
      const now = items[index];
      // The message's text stays where it is when the day, the line or the sender above it comes or goes.
      if (row.index === index && now !== undefined && read !== undefined && headOf(now) !== headOf(read)) return true;
      // A row that reaches below the screen too is itself what is read.
      const top = list.scrollOffset ?? 0;
      return row.start < top && row.end <= top + (list.scrollRect?.height ?? 0);
    },
  };
}

function headOf({ startsDay, startsNew, isFirstOfRun }: TimelineItem): string {
  return [startsDay, startsNew, isFirstOfRun].join();
}
