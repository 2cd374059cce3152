import { isConversation, type StreamId } from '#protocol/ids.ts';
import { searchedText, type MessageRecord } from '#protocol/record.ts';
import { searchKeys } from '#protocol/search-words.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { type Entry, held } from '#server/streams/entry.ts';
import type { SearchIndex } from './search-index.ts';

/** Brings every message into the search index: an edit moves its words, and a delete removes them. [SR3] */
export function createIndexMessages(index: Pick<SearchIndex, 'put' | 'remove'>): Consumer {
  return {
    name: 'search',
    from: 'beginning',
    async handle(stream: StreamId, entries: readonly Entry[]) {
      if (!isConversation(stream)) return;
      // A version without a body has been replaced, and the newer one follows.
      const newest = new Map<string, MessageRecord>();
      const created = new Set<string>();
      for (const entry of entries) {
        if (entry.isFirst === true) created.add(entry.id);
        const record = entry.type === 'message' ? held(entry)?.record : undefined;
        if (record?.type === 'message') newest.set(record.id, record);
      }
      const messages = [...newest.values()].filter(({ event }) => event === undefined);
      const gone = messages.filter((message) => isWithoutText(message)).map(({ id }) => id);
      const kept = messages.filter((message) => !isWithoutText(message));
      if (gone.length > 0) await index.remove(gone);
      if (kept.length === 0) return;
      await index.put(
        kept.map((message) => ({
          id: message.id,
          stream,
          seq: message.seq,
          at: Date.parse(message.createdAt),
          keys: searchKeys(searchedText(message)),
          isNew: created.has(message.id),
        })),
      );
    },
  };
}

const isWithoutText = ({ text, deletedAt }: MessageRecord) => deletedAt !== undefined || text === '';
