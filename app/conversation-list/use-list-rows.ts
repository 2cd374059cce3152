import { useLiveQuery } from 'dexie-react-hooks';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { readList } from '#app/shown/read.ts';

/** All chats with what waits and what is drafted in them: asked once a change, for the list and for whoever counts. */
export function useListRows(store: LocalStore) {
  return useLiveQuery(() => store.snapshot((reading) => readList(reading, store.userId)), [store]);
}

export type ListRows = NonNullable<ReturnType<typeof useListRows>>;
