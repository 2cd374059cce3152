import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dwell } from './dwell.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watch() {
  const seen: number[] = [];
  return { ...dwell((seq) => seen.push(seq)), seen };
}

test('[C10] messages that stay on the screen for half a second are seen, and later ones half a second later', () => {
  const { look, seen } = watch();
  look({ from: 1, to: 10 });
  vi.advanceTimersByTime(300);
  look({ from: 3, to: 12 });
  vi.advanceTimersByTime(199);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(seen).toEqual([10]);
  vi.advanceTimersByTime(500);
  expect(seen).toEqual([10, 12]);
});

test('[C10] messages that only scroll past are not seen', () => {
  const { look, seen } = watch();
  for (let from = 1; from < 200; from += 20) {
    look({ from, to: from + 9 });
    vi.advanceTimersByTime(200);
  }
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(seen).toEqual([190]);
});

test('[C10] nothing is seen while nobody looks, and the time counts from when somebody does', () => {
  const { look, seen } = watch();
  look({ from: 1, to: 10 });
  vi.advanceTimersByTime(400);
  look(undefined);
  vi.advanceTimersByTime(5_000);
  look({ from: 1, to: 10 });
  vi.advanceTimersByTime(499);
  expect(seen).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(seen).toEqual([10]);
});
