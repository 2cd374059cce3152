import { startTransition, useEffect, useState } from 'react';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { createListReader, type ListRows } from '#app/shown/list-rows.ts';
import { readThrottled } from '#app/ui/throttled-reads.ts';

/** The open chat takes precedence: its messages are drawn and sent, and their records written, before the list is read again. */
const SETTLE_MS = 100;

type Read = { store: ViewStore; list: ListRows } | { store: ViewStore; error: unknown };

/**
 * All chats with the outbox and the drafts: one query for the list and for everything that counts. Undefined while they are being read.
 * After that only changed rows are read, with a pause between two reads that is proportional to the cost of a read.
 */
export function useListRows(store: ViewStore): ListRows | undefined {
  const [last, setLast] = useState<Read>();
  useEffect(() => {
    const reader = createListReader(store.userId);
    return readThrottled({
      read: () => store.snapshot((reading) => reader.read(reading)),
      onChange: (listener) =>
        store.onListChange((change) => {
          reader.note(change);
          listener();
        }),
      settleMs: SETTLE_MS,
      // If the list is the same, nothing is drawn.
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
