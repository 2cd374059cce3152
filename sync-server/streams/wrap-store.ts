import type { EntryStore } from './entry-store.ts';

type Around = <T>(call: () => Promise<T>) => Promise<T>;

/** The same store, but each of its calls is made by `read`, or by `write` if it can change what is stored. */
export function wrapStore(store: EntryStore, { read, write }: { read: Around; write: Around }): EntryStore {
  return {
    epoch: store.epoch,
    isShared: store.isShared,
    insert: (entries, batch) => write(() => store.insert(entries, batch)),
    mark: (marker) => write(() => store.mark(marker)),
    batchesFor: (consumer, afterId, limit) => read(() => store.batchesFor(consumer, afterId, limit)),
    settleBatches: (consumer, ids) => write(() => store.settleBatches(consumer, ids)),
    deleteBatches: (ids) => write(() => store.deleteBatches(ids)),
    raiseHints: (hints) => write(() => store.raiseHints(hints)),
    movedSince: (since) => read(() => store.movedSince(since)),
    hints: (streams) => read(() => store.hints(streams)),
    streamsFrom: (stream, limit) => read(() => store.streamsFrom(stream, limit)),
    tail: (stream) => read(() => store.tail(stream)),
    byKeys: (keys) => read(() => store.byKeys(keys)),
    current: (stream, types, id) => read(() => store.current(stream, types, id)),
    records: (type, wanted) => read(() => store.records(type, wanted)),
    feed: (stream, afterRev, limit) => read(() => store.feed(stream, afterRev, limit)),
    feeds: (streams) => read(() => store.feeds(streams)),
    log: (stream, afterRev, limit) => read(() => store.log(stream, afterRev, limit)),
    messages: (stream, range) => read(() => store.messages(stream, range)),
    messagesAt: (stream, seqs) => read(() => store.messagesAt(stream, seqs)),
    lastSeq: (stream) => read(() => store.lastSeq(stream)),
    strip: (keys, now) => write(() => store.strip(keys, now)),
    finish: (keys) => write(() => store.finish(keys)),
    pending: (where) => read(() => store.pending(where)),
    prune: (before) => write(() => store.prune(before)),
  };
}
