import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, held } from './entry.ts';
import { StreamState } from './stream-state.ts';

/**
 * Reads the state of a stream: the tail first, so that the state is never older than the tail that the next entry is written
 * after. A half-done op at the tail is finished before that. [AP9]
 */
export async function loadState(
  store: EntryStore,
  stream: StreamId,
  complete: (stream: StreamId, tail: Entry) => Promise<boolean>,
): Promise<StreamState> {
  let tail = await store.tail(stream);
  if (tail !== undefined && (await complete(stream, tail))) tail = await store.tail(stream);
  const state = new StreamState(store, stream, tail?.rev ?? 0, 0);
  state.lastAt = tail?.storedAt ?? 0;
  if (!isConversation(stream) || tail === undefined) return state;
  state.lastSeq = await store.lastSeq(stream);
  for (const entry of await store.current(stream, ['conversation', 'member'])) {
    const version = held(entry);
    if (version !== undefined) state.take(version);
  }
  // The state may be newer than this tail, if somebody wrote meanwhile. Then the unique index refuses the next write.
  state.tail = tail.rev;
  return state;
}
