import { expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { createOpsInFlight } from './ops-in-flight.ts';

const [ann, bob] = ['ann', 'bob'] as UserId[] as [UserId, UserId];
const pushOf = (count: number) => ({ ops: Array.from({ length: count }, () => ({})) });

function openWork() {
  const ends: (() => void)[] = [];
  return { ends, work: () => new Promise<string>((resolve) => ends.push(() => resolve('answered'))) };
}

it('[VB9] a person’s ops in flight are bounded, and other people’s are not affected', async () => {
  const inFlight = createOpsInFlight(10);
  const { ends, work } = openWork();
  const first = inFlight.hold(ann, pushOf(10), work);
  expect(first).toBeDefined();
  expect(inFlight.hold(ann, pushOf(1), work)).toBeUndefined();
  expect(inFlight.hold(bob, pushOf(10), work)).toBeDefined();
  for (const end of ends) end();
  expect(await first).toBe('answered');
  expect(inFlight.hold(ann, pushOf(1), work)).toBeDefined();
});

it('[VB9] [ST5] no later push overtakes a refused one while others are in flight', async () => {
  const inFlight = createOpsInFlight(10);
  const { ends, work } = openWork();
  const accepted = [inFlight.hold(ann, pushOf(6), work), inFlight.hold(ann, pushOf(1), work)];
  expect(inFlight.hold(ann, pushOf(6), work)).toBeUndefined();
  // There would be room for this push, but it may depend on the refused one.
  expect(inFlight.hold(ann, pushOf(1), work)).toBeUndefined();
  ends[0]?.();
  await accepted[0];
  expect(inFlight.hold(ann, pushOf(1), work)).toBeUndefined();
  ends[1]?.();
  await accepted[1];
  expect(inFlight.hold(ann, pushOf(6), work)).toBeDefined();
});

it('a single push is never refused for its size, and a malformed one counts', () => {
  const inFlight = createOpsInFlight(10);
  const { work } = openWork();
  expect(inFlight.hold(ann, pushOf(100), work)).toBeDefined();
  expect(inFlight.hold(ann, 'nonsense', work)).toBeUndefined();
});

it('a push that fails is no longer in flight', async () => {
  const inFlight = createOpsInFlight(1);
  await expect(inFlight.hold(ann, pushOf(1), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(inFlight.hold(ann, pushOf(1), () => Promise.resolve('answered'))).toBeDefined();
});
