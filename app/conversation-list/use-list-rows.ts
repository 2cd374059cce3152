import { useEffect, useState } from 'react';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { readList } from '#app/shown/read.ts';
import { readWithRests } from './rested-reads.ts';

export type ListRows = Awaited<ReturnType<typeof readList>>;

type Read = { store: ViewStore; list: ListRows } | { store: ViewStore; error: unknown };

/**
 * All chats with the outbox and the drafts: one query for the list and for everything that counts. Undefined while they are being read.
 * It reads every chat again after a change, so it rests between two reads in proportion to what one of them costs.
 */
export function useListRows(store: ViewStore): ListRows | undefined {
  const [last, setLast] = useState<Read>();
  useEffect(
    () =>
      readWithRests({
        read: () => store.snapshot((reading) => readList(reading, store.userId)),
        onChange: (listener) => store.onListChange(listener),
        onValue: (list) => setLast({ store, list }),
        onError: (error) => setLast({ store, error }),
        now: () => performance.now(),
        later(run, ms) {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      }),
    [store],
  );
  if (last?.store !== store) return undefined;
  if ('error' in last) throw last.error;
  return last.list;
}
