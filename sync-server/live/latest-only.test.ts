import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLatestOnly } from './latest-only.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it('[LV8] applies the first ones at once, and the latest of the others when the window ends', () => {
  const limit = createLatestOnly({ max: 3, windowMs: 1_000 });
  const socket = {};
  const applied: number[] = [];
  for (let nth = 1; nth <= 9; nth++) limit(socket, () => applied.push(nth));
  expect(applied).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(999);
  expect(applied).toEqual([1, 2, 3]);
  vi.advanceTimersByTime(2);
  expect(applied).toEqual([1, 2, 3, 9]);
  // The late one counts in the next window.
  for (let nth = 10; nth <= 14; nth++) limit(socket, () => applied.push(nth));
  expect(applied).toEqual([1, 2, 3, 9, 10, 11]);
  vi.advanceTimersByTime(1_000);
  expect(applied).toEqual([1, 2, 3, 9, 10, 11, 14]);
});

it('[LV8] counts each socket separately', () => {
  const limit = createLatestOnly({ max: 1, windowMs: 1_000 });
  const applied: string[] = [];
  for (const socket of [{ name: 'a' }, { name: 'b' }]) limit(socket, () => applied.push(socket.name));
  expect(applied).toEqual(['a', 'b']);
});
