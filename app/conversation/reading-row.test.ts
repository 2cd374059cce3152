import { expect, test } from 'vitest';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { OpId } from '#protocol/ids.ts';
import { readingRow } from './reading-row.ts';
import { timelineItem } from './testing/timeline-item.fixture.ts';

const VIEWPORT = 700;

const item = (id: string, startsDay = false): TimelineItem =>
  timelineItem({
    id: id as OpId,
    senderId: 'bob' as TimelineItem['senderId'],
    text: id,
    startsDay,
    isFirstOfRun: startsDay,
  });

/** A list scrolled to `top`, whose rows are measured one by one. */
function list(top: number) {
  const reading = readingRow();
  const sizes = new Map<string, number>();
  const state = {
    scrollOffset: top,
    scrollRect: { width: 1000, height: VIEWPORT },
    itemSizeCache: sizes as Map<string | number | bigint, number>,
  };
  let items: readonly TimelineItem[] = [];
  const row = (index: number, start: number, end: number) => ({ index, start, end });
  return {
    row,
    draw(next: readonly TimelineItem[]): void {
      items = next;
      reading.draw(next, () => false);
    },
    report: (...rows: ReturnType<typeof row>[]) =>
      reading.report(rows, { top: state.scrollOffset, bottom: state.scrollOffset + VIEWPORT }, state),
    /** The browser reports the size of the row; resolves to whether the list scrolls along. */
    measure(at: ReturnType<typeof row>, size: number): boolean {
      reading.measure(at.index);
      const isAbove = reading.isAbove(at, size - (at.end - at.start), state);
      sizes.set(items[at.index]?.id ?? '', size);
      return isAbove;
    },
    scrollTo(offset: number): void {
      state.scrollOffset = offset;
    },
  };
}

test('[C5] prepended rows that are reported before they are measured do not count as the row being read', () => {
  const { row, draw, report, measure, scrollTo } = list(14);
  draw([item('c', true), item('d')]);
  measure(row(0, 64, 108), 118);
  measure(row(1, 182, 226), 59);
  report(row(0, 64, 182), row(1, 182, 241));

  // Two older ones of the same day arrive. The scroll event comes before the browser reports any height.
  draw([item('a', true), item('b'), item('c'), item('d')]);
  scrollTo(102);
  const [b, c, d] = [row(1, 108, 152), row(2, 152, 270), row(3, 270, 329)];
  report(b, c, d);
  expect(measure(b, 164)).toBe(true);
  // The day and the name above it disappear.
  expect(measure(c, 38)).toBe(true);
  // A reaction arrives.
  report(c, d);
  expect(measure(c, 70)).toBe(false);
  expect(measure(d, 91)).toBe(false);
});

test('[C5] when the reader scrolls up before prepended rows are measured, the row being read stays in place, although it loses the day above it', () => {
  const { row, draw, report, measure, scrollTo } = list(0);
  draw([item('c', true)]);
  measure(row(0, 64, 287), 223);
  report(row(0, 64, 287));

  draw([item('a', true), item('b'), item('c')]);
  scrollTo(100);
  const [a, b, c] = [row(0, 64, 108), row(1, 108, 152), row(2, 152, 375)];
  report(a, b, c);
  expect(measure(c, 143)).toBe(true);
  expect(measure(b, 498)).toBe(true);
});

test('[C9] the list scrolls along for a row that ends or starts above the screen, and not for one that fills it', () => {
  const { row, draw, report, measure } = list(1_000);
  draw([item('a'), item('b'), item('c'), item('d')]);
  report(row(1, 900, 1_100), row(2, 1_100, 1_200), row(3, 1_200, 1_300));
  expect(measure(row(0, 800, 900), 150)).toBe(true);
  expect(measure(row(1, 900, 1_100), 250)).toBe(true);
  expect(measure(row(2, 1_100, 1_200), 150)).toBe(false);
  expect(measure(row(3, 1_200, 1_300), 150)).toBe(false);
  report(row(1, 900, 2_000));
  expect(measure(row(1, 900, 2_000), 1_200)).toBe(false);
});

test('[C8] after a jump, a measured row below the screen does not count as the row being read', () => {
  const { row, draw, report, measure } = list(1_000);
  draw([item('a'), item('b'), item('c')]);
  const [a, b, c] = [row(0, 1_048, 1_092), row(1, 1_092, 1_136), row(2, 5_000, 5_080)];
  measure(c, 80);
  report(a, b, c);
  expect(measure(a, 90)).toBe(false);
  // The rows that were drawn before the jump.
  report(c);
  expect(measure(b, 90)).toBe(false);
});
