import { expect, test } from 'vitest';
import { backoffMs, spreadMs } from './backoff.ts';

test('[CL7] waits double, half of each is random, and none exceeds half a minute', () => {
  expect([0, 1, 2, 3].map((tries) => backoffMs(tries, () => 1))).toEqual([500, 1000, 2000, 4000]);
  expect([0, 1, 2].map((tries) => backoffMs(tries, () => 0))).toEqual([250, 500, 1000]);
  expect(backoffMs(1_000_000, () => 1)).toBe(30_000);
  expect(backoffMs(1_000_000, () => 1, 5_000)).toBe(5_000);
});

test('[CL7] a wait that the server asked for is never cut short, and spread', () => {
  expect([0, 1].map((chance) => spreadMs(2_000, () => chance))).toEqual([2_000, 2_500]);
});
