import type { ViewStore, Written } from '#app/local-store/local-store.ts';
import { readConversation, type ReadConversation } from '#app/shown/read.ts';
import { withWrittenOps } from '#app/shown/written.ts';
import type { Person } from '#protocol/http.ts';
import { directPeer, isDirect, type ConversationId } from '#protocol/ids.ts';
import { useLiveRows } from './use-live-rows.ts';

/**
 * A conversation with its members, its outbox and its draft, and what is known about its people. All of it is read together,
 * because nothing is drawn before the names are known. Undefined while they are read.
 */
export function useConversationRows(store: ViewStore, stream: ConversationId) {
  const read = () =>
    store.snapshot(async (reading): Promise<Rows> => {
      const conversation = await readConversation(reading, stream, store.userId);
      const ids = conversation.memberRecords.map(({ userId }) => userId);
      if (isDirect(stream)) ids.push(directPeer(stream, store.userId));
      return { ...conversation, people: [...(await reading.people(ids)).values()] };
    });
  return useLiveRows(store, stream, read, [], updated, isBlank);
}

interface Rows extends ReadConversation {
  people: Person[];
}

function isBlank({ row, outbox }: Rows): boolean {
  return row === undefined && outbox.length === 0;
}

function updated(rows: Rows, written: Written, stream: ConversationId): Rows {
  const outbox = withWrittenOps(rows.outbox, stream, written);
  return outbox === rows.outbox ? rows : { ...rows, outbox };
}

export type ConversationRows = NonNullable<ReturnType<typeof useConversationRows>>;
