import { withinTime as boundedTime } from '#server/database/within-time.ts';
import { wrapStore } from './wrap-store.ts';
import { type EntryStore, StoreUnavailable } from './entry-store.ts';

/** How long to wait for the store; an answer is due within 5 s. [REL-06] */
export const ANSWER_MS = 4_000;

/**
 * The same store, but a read that hangs rejects, so that callers are answered in time. Bulk writes have the append's own limit.
 * [REL-06]
 */
export function withDeadline(store: EntryStore, ms: number): EntryStore {
  const within = <T>(call: () => Promise<T>) => withinTime(call(), ms);
  return {
    ...wrapStore(store, { read: within, write: within }),
    insert: (entries, batch) => store.insert(entries, batch),
    prune: (before) => store.prune(before),
  };
}

/** The promise's outcome, or StoreUnavailable when `ms` have passed first; a later outcome is ignored. */
export function withinTime<T>(promise: Promise<T>, ms: number): Promise<T> {
  return boundedTime(promise, ms, () => {
    throw new StoreUnavailable('no answer in time');
  });
}
