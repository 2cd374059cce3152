import { useLiveQuery } from 'dexie-react-hooks';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { readDetails } from '#app/shown/read.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** A conversation with its people and pins; undefined while they are read. */
export function useDetails(store: ViewStore, stream: ConversationId) {
  return useLiveQuery(() => store.snapshot((reading) => readDetails(reading, stream, store.userId)), [store, stream]);
}
