import { withinTime as boundedTime } from '#server/database/within-time.ts';
import { type EntryStore, StoreUnavailable } from './entry-store.ts';

/** When the store is given up on; an answer is due within 5 s. [REL-06] */
export const ANSWER_MS = 4_000;

/** The same store, but a read that hangs rejects: whoever asks is answered in time. Bulk writes have the append's own bound. [REL-06] */
export function withDeadline(store: EntryStore, ms: number): EntryStore {
  const within = <T>(promise: Promise<T>) => withinTime(promise, ms);
  return {
    epoch: store.epoch,
    isShared: store.isShared,
    insert: (entries, batch) => store.insert(entries, batch),
    mark: (marker) => within(store.mark(marker)),
    batchesFor: (consumer, afterId, limit) => within(store.batchesFor(consumer, afterId, limit)),
    settleBatches: (consumer, ids) => within(store.settleBatches(consumer, ids)),
    deleteBatches: (ids) => within(store.deleteBatches(ids)),
    raiseHints: (hints) => within(store.raiseHints(hints)),
    movedSince: (since) => within(store.movedSince(since)),
    hints: (streams) => within(store.hints(streams)),
    tail: (stream) => within(store.tail(stream)),
    byKeys: (keys) => within(store.byKeys(keys)),
    current: (stream, types, id) => within(store.current(stream, types, id)),
    feed: (stream, after, limit) => within(store.feed(stream, after, limit)),
    log: (stream, after, limit) => within(store.log(stream, after, limit)),
    messages: (stream, range) => within(store.messages(stream, range)),
    lastSeq: (stream) => within(store.lastSeq(stream)),
    strip: (keys, now) => within(store.strip(keys, now)),
    finish: (keys) => within(store.finish(keys)),
    pending: (where) => within(store.pending(where)),
    prune: (before) => store.prune(before),
  };
}

/** The promise's outcome, or StoreUnavailable when `ms` have passed first; a later outcome is ignored. */
export function withinTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  return boundedTime(promise, ms, () => {
    throw new StoreUnavailable('no answer in time');
  });
}
