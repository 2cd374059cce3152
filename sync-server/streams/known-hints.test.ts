import { expect, it } from 'vitest';
import { type StreamId, personalStream, type UserId } from '#protocol/ids.ts';
import type { Hint } from './entry-store.ts';
import { createKnownHints } from './known-hints.ts';

const streams = Array.from({ length: 10 }, (_, at) => personalStream(`u${at}` as UserId));
const [one, two] = streams as [StreamId, StreamId];
const hint = (head: number): Hint => ({ head, messageAt: head * 10 });

it('[VB3] a hint is read once, and includes raises before, during and after the read', async () => {
  const reads: StreamId[][] = [];
  let answer = (_: Map<StreamId, Hint>) => {};
  const known = createKnownHints((asked) => {
    reads.push([...asked]);
    return new Promise((resolve) => (answer = resolve));
  });
  known.raise(one, hint(1));
  const first = known.read([one, two]);
  known.raise(one, hint(9));
  answer(new Map([[one, hint(5)]]));
  expect(await first).toEqual(new Map([[one, hint(9)]]));
  known.raise(two, hint(3));
  known.raise(one, hint(7));
  expect(await known.read([one, two])).toEqual(
    new Map([
      [one, hint(9)],
      [two, hint(3)],
    ]),
  );
  expect(reads).toEqual([[one, two]]);
});

it('the number of hints in memory is bounded, and a hint that was dropped is read again', async () => {
  let reads = 0;
  const known = createKnownHints((asked) => {
    reads += asked.length;
    return Promise.resolve(new Map(asked.map((stream) => [stream, hint(4)])));
  }, 3);
  for (let round = 0; round < 2; round++) for (const stream of streams) await known.read([stream]);
  expect(reads).toBe(20);
  expect(await known.read(streams)).toEqual(new Map(streams.map((stream) => [stream, hint(4)])));
});
