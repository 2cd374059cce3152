import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo, useState, useSyncExternalStore } from 'react';
import type { ViewStore, Written } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { keepSame } from './keep-same.ts';

/**
 * A live query of one chat. What this tab has written since the query read is applied to its result by `update`, so that a message is
 * drawn as soon as it is durable, and the query, which reads everything again, finds nothing new. A result that is the same as the
 * one before is the same object, so nothing is drawn again for it. `update` must be the same function in every render.
 */
export function useLiveRows<T>(
  store: ViewStore,
  stream: ConversationId,
  query: () => Promise<T>,
  deps: readonly unknown[],
  update: (value: T, written: Written, stream: ConversationId) => T,
): T | undefined {
  const { recentWrites } = store;
  const last = useSyncExternalStore(recentWrites.listen, () => recentWrites.lastOf(stream));
  const read = useLiveQuery(async () => {
    const count = recentWrites.count();
    return { count, value: await query() };
  }, [store, stream, ...deps]);
  const [keep] = useState(keepSame<T>);
  return useMemo(
    () =>
      read &&
      keep(recentWrites.since(read.count).reduce<T>((value, written) => update(value, written, stream), read.value)),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `last` says when there is something new in the recent writes
    [recentWrites, read, last, stream, update, keep],
  );
}
