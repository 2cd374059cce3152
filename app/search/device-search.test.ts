import { expect, test } from 'vitest';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { searchedWords } from '#protocol/search-words.ts';
import { type ConversationId, groupStream, type UserId, uuidV7 } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { searchDevice } from './device-search.ts';
import { mergedHits } from './merged-hits.ts';

let made = 0;
const nextId = () => uuidV7(1_764_000_000_000 + (made += 1), new Uint8Array(10).fill(made % 256));

/** A message sent at this minute. */
function message(stream: ConversationId, seq: number, minute: number, text: string): MessageRecord {
  const at = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  const fixed = { attachments: [], mentions: [], reactions: {}, senderId: 'ann' as UserId };
  return { ...fixed, type: 'message', id: nextId(), stream, rev: seq, seq, sentAt: at, createdAt: at, text };
}

/** A device that holds these chats, and the seqs that were read of them. */
function device(chats: MessageRecord[][], outbox: object[] = []) {
  const read: { stream: ConversationId; count: number }[] = [];
  const rows = chats.map((messages) => {
    const last = messages.at(-1) as MessageRecord;
    return { stream: last.stream, activityAt: last.createdAt, lastSeq: last.seq, historyStart: 1 } as ConversationRow;
  });
  return {
    read,
    conversations: () => Promise.resolve(rows),
    outbox: () => Promise.resolve(outbox.map((op) => ({ op }) as OutboxRow)),
    messages(stream: ConversationId, { toSeq = Infinity, limit = Infinity }) {
      const chat = chats.find(([first]) => first?.stream === stream) ?? [];
      const found = chat.filter(({ seq }) => seq <= toSeq).slice(-limit);
      read.push({ stream, count: found.length });
      return Promise.resolve(found);
    },
  };
}

async function search(
  store: ReturnType<typeof device>,
  query: string,
  more: { limit?: number; stream?: ConversationId } = {},
) {
  let hits: readonly MessageRecord[] = [];
  const { signal } = new AbortController();
  await searchDevice({ store, words: searchedWords(query), limit: 3, signal, onHits: (all) => (hits = all), ...more });
  return hits.map(({ text }) => text);
}

test('[ask 29] messages on the device are found newest first, over all chats or in one', async () => {
  const [a, b] = [groupStream(nextId()), groupStream(nextId())];
  const store = device([
    [message(a, 1, 1, 'old lighthouse'), message(a, 2, 5, 'Lighthouse again'), message(a, 3, 9, 'none')],
    [message(b, 1, 3, 'the LIGHT'), message(b, 2, 4, 'dark')],
  ]);
  expect(await search(store, 'light')).toEqual(['Lighthouse again', 'the LIGHT', 'old lighthouse']);
  expect(await search(store, 'light', { stream: b })).toEqual(['the LIGHT']);
  expect(await search(store, 'light old')).toEqual(['old lighthouse']);
});

test('[ask 29] every message of a long chat is searched, and reading ends once older ones cannot be among the hits', async () => {
  const [long, quiet] = [groupStream(nextId()), groupStream(nextId())];
  const many = Array.from({ length: 1_000 }, (_, at) =>
    message(long, at + 1, 100 + at, at % 400 === 0 ? `buoy ${at}` : 'water'),
  );
  const store = device([many, [message(quiet, 1, 1, 'buoy of old')]]);
  expect(await search(store, 'buoy', { limit: 9 })).toEqual(['buoy 800', 'buoy 400', 'buoy 0', 'buoy of old']);
  store.read.length = 0;
  expect(await search(store, 'water')).toHaveLength(3);
  expect(store.read).toEqual([{ stream: long, count: 300 }]);
});

test('[ask 29] what is deleted, on the server or in the queue, is not found; a hit of both sides is shown once', async () => {
  const stream = groupStream(nextId());
  const [kept, queued, gone] = ['gull one', 'gull two', 'gull three'].map((text, at) =>
    message(stream, at + 1, at, text),
  ) as [MessageRecord, MessageRecord, MessageRecord];
  const deleted = { ...gone, deletedAt: gone.createdAt, text: '' };
  const store = device([[kept, queued, deleted]], [{ kind: 'message.delete', messageId: queued.id }]);
  expect(await search(store, 'gull')).toEqual(['gull one']);
  const edited = { ...kept, rev: 9, text: 'gull edited' };
  expect(mergedHits([kept], [edited, queued])).toEqual([queued, edited]);
});
