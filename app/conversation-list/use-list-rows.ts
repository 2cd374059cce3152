import { useLiveQuery } from 'dexie-react-hooks';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { readList } from '#app/shown/read.ts';

/** All chats with the outbox and the drafts: one query for the list and for everything that counts. */
export function useListRows(store: ViewStore) {
  return useLiveQuery(() => store.snapshot((reading) => readList(reading, store.userId)), [store]);
}

export type ListRows = NonNullable<ReturnType<typeof useListRows>>;
