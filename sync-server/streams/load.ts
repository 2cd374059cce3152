import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, held } from './entry.ts';
import { StreamState } from './stream-state.ts';

/**
 * Reads a stream's state: the tail first, then the state, so that the state is never older than the tail it is written
 * after. Half-done ops that stand at the tail are finished before. [AP9]
 */
export async function loadState(
  store: EntryStore,
  stream: StreamId,
  complete: (stream: StreamId, tail: Entry) => Promise<boolean>,
): Promise<StreamState> {
  let tail = await store.tail(stream);
  if (tail !== undefined && (await complete(stream, tail))) tail = await store.tail(stream);
  const state = new StreamState(store, stream, tail?.rev ?? 0, 0);
  if (!isConversation(stream) || tail === undefined) return state;
  state.lastSeq = await store.lastSeq(stream);
  for (const entry of await store.current(stream, ['conversation', 'member'])) {
    const version = held(entry);
    if (version !== undefined) state.take(version);
  }
  // What was taken may be newer than the tail that was read: then somebody wrote meanwhile, and the index will say so.
  state.tail = tail.rev;
  return state;
}
