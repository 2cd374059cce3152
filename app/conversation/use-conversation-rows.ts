import { useLiveQuery } from 'dexie-react-hooks';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { readConversation } from '#app/shown/read.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** A conversation with its people, its outbox and its draft; undefined while they are read. */
export function useConversationRows(store: ViewStore, stream: ConversationId) {
  return useLiveQuery(
    () => store.snapshot((reading) => readConversation(reading, stream, store.userId)),
    [store, stream],
  );
}

export type ConversationRows = NonNullable<ReturnType<typeof useConversationRows>>;
