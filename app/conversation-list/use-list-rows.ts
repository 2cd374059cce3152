import { useMemo } from 'react';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { createListReader, type ListRows } from '#app/shown/list-rows.ts';
import { useRestedRead } from '#app/ui/use-rested-read.ts';

/** The open chat comes first: its messages are drawn and sent, and their records written, before the list is read again. */
const SETTLE_MS = 100;

/**
 * All chats with the outbox and the drafts: one query for the list and for everything that counts. Undefined while they are being read.
 * After that only what has changed is read, and it rests between two reads in proportion to what one of them costs.
 */
export function useListRows(store: ViewStore): ListRows | undefined {
  const reader = useMemo(() => createListReader(store.userId), [store]);
  const last = useRestedRead(
    {
      read: async () => ({ store, list: await store.snapshot((reading) => reader.read(reading)) }),
      onChange: (listener) =>
        store.onListChange((change) => {
          reader.note(change);
          listener();
        }),
      settleMs: SETTLE_MS,
    },
    [store, reader],
  );
  return last?.store === store ? last.list : undefined;
}
