import { expect, test } from 'vitest';
import { createLink } from './link.ts';

test('[CL8] a link that has not been measured is assumed to be slow', () => {
  const link = createLink();
  expect(link.roundTripTimeoutMs()).toBe(5_000);
  expect(link.transferMs(0, 32_000)).toBe(12_800);
  expect(link.bytesDownWithin(1_000)).toBeUndefined();
});

test('[CL8] the wait for a round trip follows the time that small exchanges took, up to half a minute', () => {
  const link = createLink();
  for (let count = 0; count < 30; count++) link.answered({ ms: 100, upBytes: 40, downBytes: 80 });
  expect(Math.round(link.roundTripTimeoutMs())).toBe(100);
  link.answered({ ms: 4_000, upBytes: 40, downBytes: 80 });
  expect(link.roundTripTimeoutMs()).toBeGreaterThan(4_000);
  for (let count = 0; count < 30; count++) link.answered({ ms: 60_000, upBytes: 40, downBytes: 80 });
  expect(link.roundTripTimeoutMs()).toBe(30_000);
});

test('[CL8] the rate follows large exchanges, separately for each direction and without the round trip', () => {
  const link = createLink();
  for (let count = 0; count < 30; count++) link.answered({ ms: 1_000, upBytes: 40, downBytes: 80 });
  link.answered({ ms: 3_000, upBytes: 40, downBytes: 20_000 });
  link.answered({ ms: 2_000, upBytes: 5_000, downBytes: 100 });
  expect(Math.round(link.transferMs(0, 10_000))).toBe(1_000);
  expect(Math.round(link.transferMs(10_000, 0))).toBe(2_000);
  expect(Math.round(link.bytesUpWithin(2_000))).toBe(10_000);
  expect(Math.round(link.bytesDownWithin(3_000) ?? 0)).toBe(30_000);
});
