import { expect, test } from 'vitest';
import { type ConversationId, type UserId, groupStream, uuidV7 } from '#protocol/ids.ts';
import { createReaderCache } from './reader-cache.ts';

const newGroup = () => groupStream(uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10))));
const readersOf = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ userId: `user${at}` as UserId, fromSeq: 1 }));
const store = () => Promise.resolve({ readers: [], membershipRev: 1 });

test('[REL-06] the readers of all streams together are bounded, and the stream that moved longest ago makes room', () => {
  const cache = createReaderCache(store, 1_000);
  const streams: ConversationId[] = Array.from({ length: 50 }, newGroup);
  for (const stream of streams) cache.note(stream, readersOf(97), 1);
  const kept = () => streams.filter((stream) => cache.known(stream, 1) !== undefined);
  expect(kept()).toEqual(streams.slice(40));
  // Forgotten and replaced readers no longer count.
  cache.forget(streams[49] as ConversationId);
  for (let round = 2; round < 100; round++) cache.note(streams[48] as ConversationId, readersOf(97), round);
  expect(kept()).toEqual(streams.slice(40, 49));
});

test('a stream with more readers than the bound is kept as the only one, until another one moves', () => {
  const cache = createReaderCache(store, 100);
  const [large, small] = [newGroup(), newGroup()];
  cache.note(large, readersOf(5_000), 1);
  expect(cache.known(large, 1)).toHaveLength(5_000);
  cache.note(small, readersOf(2), 1);
  expect([cache.known(large, 1), cache.known(small, 1)?.length]).toEqual([undefined, 2]);
});
