import { startTransition, useEffect, useState } from 'react';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { createListReader, type ListRows } from '#app/shown/list-rows.ts';
import { readWithRests } from '#app/ui/rested-reads.ts';

/** The open chat comes first: its messages are drawn and sent, and their records written, before the list is read again. */
const SETTLE_MS = 100;

type Read = { store: ViewStore; list: ListRows } | { store: ViewStore; error: unknown };

/**
 * All chats with the outbox and the drafts: one query for the list and for everything that counts. Undefined while they are being read.
 * After that only what has changed is read, and it rests between two reads in proportion to what one of them costs.
 */
export function useListRows(store: ViewStore): ListRows | undefined {
  const [last, setLast] = useState<Read>();
  useEffect(() => {
    const reader = createListReader(store.userId);
    return readWithRests({
      read: () => store.snapshot((reading) => reader.read(reading)),
      onChange: (listener) =>
        store.onListChange((change) => {
          reader.note(change);
          listener();
        }),
      settleMs: SETTLE_MS,
      // The same list is no news, and nothing is drawn for it.
      onValue: (list) =>
        startTransition(() =>
          setLast((before) =>
            before?.store === store && 'list' in before && before.list === list ? before : { store, list },
          ),
        ),
      onError: (error) => setLast({ store, error }),
      now: () => performance.now(),
      later(run, ms) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
  }, [store]);
  if (last?.store !== store) return undefined;
  if ('error' in last) throw last.error;
  return last.list;
}
