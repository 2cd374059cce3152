import { useMemo, useState, useSyncExternalStore } from 'react';
import type { ViewStore, Written } from '#app/local-store/local-store.ts';
import { useRestedRead } from '#app/ui/use-rested-read.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { keepParts } from './shared-parts.ts';

/**
 * A message that is sent causes several writes within this time: its op, its record, its answer, a mark. One reading after them is
 * enough, and none should occupy the database in between, because a write waits for the readings before it.
 */
const SETTLE_MS = 100;

/**
 * Rows of one chat, read again some time after each write. What this tab has written since it read is applied to the result by
 * `update`, so that a message is drawn as soon as it is durable, and the reading, which reads everything again, finds nothing new. What
 * is the same as before is the same object, so nothing is drawn again for it. `update` must be the same function in every render.
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
  const read = useRestedRead(
    {
      async read() {
        const count = recentWrites.count();
        return { count, value: await query() };
      },
      onChange: (listener) => store.onChatChange(listener),
      settleMs: SETTLE_MS,
    },
    [store, stream, ...deps],
  );
  const [keep] = useState(keepParts<T>);
  return useMemo(
    () =>
      read &&
      keep(recentWrites.since(read.count).reduce<T>((value, written) => update(value, written, stream), read.value)),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `last` says when there is something new in the recent writes
    [recentWrites, read, last, stream, update, keep],
  );
}
