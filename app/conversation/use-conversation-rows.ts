import type { ViewStore, Written } from '#app/local-store/local-store.ts';
import { readConversation, type ReadConversation } from '#app/shown/read.ts';
import { withWrittenOps } from '#app/shown/written.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { useLiveRows } from './use-live-rows.ts';

/** A conversation with its people, its outbox and its draft; undefined while they are read. */
export function useConversationRows(store: ViewStore, stream: ConversationId) {
  const read = () => store.snapshot((reading) => readConversation(reading, stream, store.userId));
  return useLiveRows(store, stream, read, [], updated);
}

function updated(rows: ReadConversation, written: Written, stream: ConversationId): ReadConversation {
  const outbox = withWrittenOps(rows.outbox, stream, written);
  return outbox === rows.outbox ? rows : { ...rows, outbox };
}

export type ConversationRows = NonNullable<ReturnType<typeof useConversationRows>>;
