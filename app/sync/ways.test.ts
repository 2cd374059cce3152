import { expect, test, vi } from 'vitest';
import { fakeClock } from './testing/fake-clock.fixture.ts';
import { createWays, usualBackAfterMs, waysBefore } from './ways.ts';

fakeClock();

test('[CL9] the WebSocket comes first until another way is faster', () => {
  const ways = createWays();
  const best = ['websocket', 'polling', 'posts'];
  expect(ways.order()).toEqual(best);
  ways.welcomed('websocket');
  expect(ways.order()).toEqual(best);
  ways.welcomed('posts');
  expect(ways.order()).toEqual(['posts', 'websocket', 'polling']);
  vi.advanceTimersByTime(300_000);
  expect(ways.order()).toEqual(best);
  ways.welcomed('polling');
  ways.welcomed('websocket');
  expect(ways.order()).toEqual(best);
});

test('[CL9] after three connections in a row that were cut soon after their welcome, the next way comes first', () => {
  const ways = createWays();
  const first = () => ways.order()[0];
  for (let round = 0; round < 2; round++) ways.lost('websocket', 2_000);
  ways.lost('websocket', 60_000);
  for (let round = 0; round < 2; round++) ways.lost('websocket', 2_000);
  expect(first()).toBe('websocket');
  ways.lost('websocket', 2_000);
  expect(first()).toBe('polling');
  for (let round = 0; round < 3; round++) ways.lost('polling', 2_000);
  expect(first()).toBe('posts');
  for (let round = 0; round < 3; round++) ways.lost('posts', 2_000);
  expect(first()).toBe('websocket');
});

test('[CL9] better ways are tried in their order, and soon if the current one is not live', () => {
  expect([0, 1, 5, 500].map((tries) => usualBackAfterMs('posts', tries))).toEqual([5_000, 10_000, 60_000, 60_000]);
  expect(usualBackAfterMs('polling', 0)).toBe(300_000);
  expect(waysBefore('posts')).toEqual(['websocket', 'polling']);
  expect(waysBefore('websocket')).toEqual([]);
});
