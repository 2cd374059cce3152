import { expect, test } from 'vitest';
import { type MessageId, type StreamId, type UserId, directStream } from '#protocol/ids.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { StreamState } from '#server/streams/stream-state.ts';
import { StreamQueues } from './stream-queue.ts';

const store = createMemoryEntryStore();
const streamOf = (at: number) => directStream('ann' as UserId, `peer${at}` as UserId);

/** The state of a stream with this many messages of 1,000 characters. */
function stateOf(stream: StreamId, messages: number): StreamState {
  const state = new StreamState(store, stream, 0, 0);
  for (let seq = 1; seq <= messages; seq++) {
    const id = `${stream}/${seq}` as MessageId;
    const record = { type: 'message', id, stream, rev: seq, seq, text: 'x'.repeat(1_000), reactions: {} };
    state.take({ record: record as never, key: id, isFirst: true, hidden: {} });
  }
  return state;
}

function filled(queues: StreamQueues, at: number, usedAt = at) {
  const queue = queues.of(streamOf(at));
  queues.touch(queue);
  queue.state = stateOf(queue.stream, 10);
  queues.weigh(queue, usedAt);
  return queue;
}

test('a state keeps only the newest messages, and counts the size of those', () => {
  const [few, many] = [stateOf(streamOf(1), 16).bytes, stateOf(streamOf(1), 1_000).bytes];
  expect(few).toBeGreaterThan(16 * 2_000);
  expect(many).toBe(few);
});

test('the size of a message that is replaced by its next version is counted once', () => {
  const state = stateOf(streamOf(1), 1);
  const before = state.bytes;
  const id = `${streamOf(1)}/1` as MessageId;
  const record = { type: 'message', id, rev: 2, seq: 1, text: '', reactions: {} };
  state.take({ record: record as never, key: 'edit', isFirst: false, hidden: {} });
  expect(state.bytes).toBe(before - 2_000);
});

test('[REL-06] the states of all queues together stay below their bound in bytes: the least recently used ones are dropped', () => {
  const one = stateOf(streamOf(0), 10).bytes;
  const queues = new StreamQueues(5 * one);
  const all = Array.from({ length: 100 }, (_, at) => filled(queues, at));
  expect(queues.stateBytes).toBe(5 * one);
  expect(all.flatMap(({ state }, at) => (state === undefined ? [] : [at]))).toEqual([95, 96, 97, 98, 99]);
});

test('a queue that is in use keeps its state', () => {
  const queues = new StreamQueues(1);
  const busy = filled(queues, 0);
  busy.phase = 'flushing';
  const waiting = filled(queues, 1);
  waiting.waiting.push({} as never);
  const idle = filled(queues, 2);
  filled(queues, 3);
  expect([busy.state, waiting.state].every((state) => state !== undefined)).toBe(true);
  expect(idle.state).toBeUndefined();
  queues.dropUnusedSince(10);
  expect([busy.state, waiting.state].every((state) => state !== undefined)).toBe(true);
});

test('after a quiet time all states are dropped', () => {
  const queues = new StreamQueues();
  const all = Array.from({ length: 10 }, (_, at) => filled(queues, at, at < 5 ? 1_000 : 2_000));
  queues.dropUnusedSince(1_500);
  expect(all.filter(({ state }) => state !== undefined)).toHaveLength(5);
  queues.dropUnusedSince(2_500);
  expect(queues.stateBytes).toBe(0);
  expect(all.every(({ state }) => state === undefined)).toBe(true);
});
