import { useMemo, useSyncExternalStore } from 'react';
import type { RecentWrites, ViewStore, Written } from '#app/local-store/local-store.ts';
import { useThrottledRead } from '#app/ui/use-throttled-read.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { sharedParts } from '#app/shown/shared-parts.ts';

/**
 * A message that is sent causes several writes within this time: its op, its record, its answer, a mark. One read after them is
 * enough, and none should occupy the database in between, because a write waits for the reads before it.
 */
const SETTLE_MS = 100;

/**
 * Rows of one chat, read again some time after each write. What this tab has written since it read is applied to the result by
 * `update`, so that a message is drawn as soon as it is durable, and the next read, which reads everything, finds nothing new.
 * Unchanged parts are the same objects as before, so they are not drawn again. `update` must be the same function in every
 * render.
 */
export function useLiveRows<T>(
  store: ViewStore,
  stream: ConversationId,
  query: () => Promise<T>,
  deps: readonly unknown[],
  update: (value: T, written: Written, stream: ConversationId) => T,
  /** Whether nothing of the value is on the screen that has to keep its place. */
  isBlank: (value: T) => boolean,
): T | undefined {
  const { recentWrites } = store;
  const last = useSyncExternalStore(recentWrites.listen, () => recentWrites.lastOf(stream));
  const read = useThrottledRead(
    {
      async read() {
        const count = recentWrites.count();
        return { count, value: await query() };
      },
      onChange: (listener) => store.onChatChange(listener),
      settleMs: SETTLE_MS,
      mayBeSliced: (before) => before === undefined || isBlank(before.value),
    },
    [store, stream, ...deps],
  );
  const shown = useMemo(() => createShown<T>(recentWrites, stream, update), [recentWrites, stream, update]);
  return useMemo(
    () => read && shown(read),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `last` says when there is something new in the recent writes
    [read, last, shown],
  );
}

interface Read<T> {
  /** How many writes there had been before it was read. */
  count: number;
  value: T;
}

/**
 * Applies the writes since a read to its result. Only a new read is compared with what was shown before, and later writes are
 * applied to that, so a message costs the same in a long chat as in a short one.
 */
function createShown<T>(
  writes: RecentWrites,
  stream: ConversationId,
  update: (value: T, written: Written, stream: ConversationId) => T,
): (read: Read<T>) => T {
  let last: { read: Read<T>; shown: Read<T> } | undefined;
  return (read) => {
    const from = last?.read === read ? last.shown : read;
    const count = writes.count();
    const value = writes.since(from.count).reduce<T>((before, written) => update(before, written, stream), from.value);
    last = { read, shown: { count, value: from === read ? sharedParts(last?.shown.value, value) : value } };
    return last.shown.value;
  };
}
