import { useLiveQuery } from 'dexie-react-hooks';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { peopleShown } from './entry.ts';

/** All chats with what waits and what is drafted in them: asked once a change, for the list and for whoever counts. */
export function useListRows(store: LocalStore) {
  return useLiveQuery(
    () =>
      store.snapshot(async (reading) => {
        const [rows, outbox, drafts] = await Promise.all([reading.conversations(), reading.outbox(), reading.drafts()]);
        return { rows, outbox, drafts, people: await reading.people(peopleShown(rows, store.userId)) };
      }),
    [store],
  );
}

export type ListRows = NonNullable<ReturnType<typeof useListRows>>;
