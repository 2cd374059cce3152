import { Dexie } from 'dexie';
import { expect, test } from 'vitest';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { searchDatabaseName } from '#app/local-store/tables.ts';
import { openSearchIndex } from '#app/local-store/search-index.ts';
import { startFakeIndexedDb } from '#app/local-store/testing/fake-indexed-db.fixture.ts';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import {
  ann,
  at,
  bootstrap,
  message,
  newGroup,
  nextId,
  own,
  page,
  pulled,
} from '#app/local-store/testing/records.fixture.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Attachment, MessageRecord } from '#protocol/record.ts';
import { searchedWords } from '#protocol/search-words.ts';
import { buildIndex } from './build-index.ts';
import { searchDevice } from './device-search.ts';
import type { SearchFilters } from './filters.ts';
import { openIndex } from './loaded-index.ts';
import { mergedHits } from './merged-hits.ts';

startFakeIndexedDb();

/** A message sent at this minute. */
const sent = (stream: ConversationId, seq: number, minute: number, text: string) =>
  message(stream, seq, { text, createdAt: at(minute) });

/** A device that holds these chats, its index, and the messages that were read from rows without it. */
async function device(chats: MessageRecord[][]) {
  const store = openMemoryLocalStore({ userId: ann });
  const streams = chats.map((messages) => messages[0]?.stream as ConversationId);
  await store.applyPage(pulled(chats.map((messages, chat) => bootstrap(streams[chat] as ConversationId, messages))));
  const scanned: [stream: ConversationId, count: number][] = [];
  const watched: ViewStore = {
    ...store,
    async messages(stream, range) {
      const found = await store.messages(stream, range);
      scanned.push([stream, found.length]);
      return found;
    },
  };
  const owner = nextId() as string as typeof ann;
  const stored = openSearchIndex(owner);
  const { signal } = new AbortController();
  const index = openIndex(stored);
  return {
    store,
    scanned,
    stored: { name: searchDatabaseName(owner), index: stored },
    build: () => buildIndex({ store, index: stored, signal, idle: () => Promise.resolve() }),
    segments: async () => (await stored.state(await store.epoch())).segments.length,
    async search(query: string, more: { limit?: number; stream?: ConversationId; filters?: SearchFilters } = {}) {
      let hits: readonly MessageRecord[] = [];
      const words = searchedWords(query);
      const onHits = (all: readonly MessageRecord[]) => (hits = all);
      scanned.length = 0;
      await searchDevice({ store: watched, index, words, limit: 3, signal, onHits, ...more });
      return hits.map(({ text }) => text);
    },
  };
}

test('[ask 29] messages on the device are found newest first, over all chats or in one', async () => {
  const [a, b] = [newGroup(), newGroup()];
  const { search } = await device([
    [sent(a, 1, 1, 'old lighthouse'), sent(a, 2, 5, 'Lighthouse again'), sent(a, 3, 9, 'none')],
    [sent(b, 1, 3, 'the LIGHT'), sent(b, 2, 4, 'dark')],
  ]);
  expect(await search('light')).toEqual(['Lighthouse again', 'the LIGHT', 'old lighthouse']);
  expect(await search('light', { stream: b })).toEqual(['the LIGHT']);
  expect(await search('light old')).toEqual(['old lighthouse']);
});

test('[ask 29] [PO5] every message of a long chat is searched, the options of a poll too, and reading ends once older ones cannot be among the hits', async () => {
  const [long, quiet] = [newGroup(), newGroup()];
  const many = Array.from({ length: 1_000 }, (_, index) =>
    sent(long, index + 1, 100 + index, index % 400 === 0 ? `buoy ${index}` : 'water'),
  );
  many[500] = { ...(many[500] as MessageRecord), text: 'Which?', poll: { options: ['dinghy', 'raft'], votes: {} } };
  const { search, scanned, build } = await device([many, [sent(quiet, 1, 1, 'buoy of old')]]);
  const all = ['buoy 800', 'buoy 400', 'buoy 0', 'buoy of old'];
  expect(await search('buoy', { limit: 9 })).toEqual(all);
  expect(await search('raft')).toEqual(['Which?']);
  expect(await search('water')).toHaveLength(3);
  expect(scanned).toEqual([[long, 300]]);
  await build();
  expect(await search('raft')).toEqual(['Which?']);
  expect(await search('buoy', { limit: 9 })).toEqual(all);
  expect(scanned).toEqual([]);
});

test('[ask 29] a message that is deleted, on the server or in the queue, is not found; a hit from both sides is shown once', async () => {
  const stream = newGroup();
  const [kept, queued, gone] = ['gull one', 'gull two', 'gull three'].map((text, index) =>
    sent(stream, index + 1, index, text),
  ) as [MessageRecord, MessageRecord, MessageRecord];
  const deleted = { ...gone, deletedAt: gone.createdAt, text: '' };
  const { store, search } = await device([[kept, queued, deleted]]);
  await store.enqueue([{ id: nextId(), stream, kind: 'message.delete', messageId: queued.id }], at(9));
  expect(await search('gull')).toEqual(['gull one']);
  const edited = { ...kept, rev: 9_999, text: 'gull edited' };
  expect(mergedHits([kept], [edited, queued])).toEqual([queued, edited]);
});

test('[ask 29] the index finds the same as reading each message, after edits, deletions, history and a new epoch', async () => {
  const stream = newGroup();
  const word = (seq: number) => `word${seq % 97} other${seq % 7} 東京${seq % 5}`;
  const written = Array.from({ length: 700 }, (_, index) => sent(stream, index + 301, index + 301, word(index + 301)));
  const { store, search, build, segments } = await device([written]);
  const expectFound = async (texts: Map<number, string>) => {
    for (const query of ['word9', 'word96 other', '京3', 'changed', 'brand', 'history']) {
      const words = searchedWords(query);
      const wanted = [...texts.values()].filter((text) =>
        words.every((each) =>
          text.split(' ').some((one) => one.startsWith(each) || (each > 'z' && one.includes(each))),
        ),
      );
      expect([query, (await search(query, { limit: 2_000 })).toSorted()]).toEqual([query, wanted.toSorted()]);
    }
  };
  const texts = new Map(written.map(({ seq, text }) => [seq, text]));
  await build();
  expect(await segments()).toBe(1);
  await expectFound(texts);

  const changes = [
    message(stream, 1_001, { rev: 2_000, text: 'brand new' }),
    { ...(written[20] as MessageRecord), rev: 2_001, text: 'changed word96' },
    { ...(written[30] as MessageRecord), rev: 2_002, text: '', deletedAt: at(1) },
  ];
  await store.applyChanges({ stream, prev: 1_010, cursor: 2_002, records: changes });
  for (const { seq, text } of changes) texts.set(seq, text);
  const old = Array.from({ length: 300 }, (_, index) => sent(stream, index + 1, index + 1, `history ${word(index)}`));
  const window = (await store.conversation(stream))?.window;
  await store.applyHistory({ before: 301, window }, { stream, records: old, more: false });
  for (const { seq, text } of old) texts.set(seq, text);
  await expectFound(texts);
  await build();
  await expectFound(texts);

  const anew = Array.from({ length: 600 }, (_, index) => sent(stream, index + 1, index + 1, `changed ${word(index)}`));
  await store.applyPage(pulled([page(own, 0, [], { reset: true }), bootstrap(stream, anew)], 'second'));
  await expectFound(new Map(anew.map(({ seq, text }) => [seq, text])));
  await build();
  expect(await segments()).toBe(1);
  await expectFound(new Map(anew.map(({ seq, text }) => [seq, text])));
});

test('a small segment is rebuilt together with new messages, and a large one stays', async () => {
  const stream = newGroup();
  const written = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => sent(stream, from + index, from + index, `note ${from + index}`));
  const { store, build, segments, search } = await device([written(1, 600)]);
  await build();
  const more = written(601, 1_600);
  const cursor = Math.max(...more.map(({ rev }) => rev));
  await store.applyChanges({ stream, prev: 610, cursor, records: more });
  await build();
  expect(await segments()).toBe(1);
  expect(await search('note 7', { limit: 1 })).toEqual(['note 799']);
  const last = written(2_201, 499);
  await store.applyChanges({ stream, prev: cursor, cursor: cursor + 499, records: last });
  await build();
  expect(await segments()).toBe(1);
  expect(await search('2699', { limit: 9 })).toEqual(['note 2699']);
});

test('[CL20] [ask 29] messages in runs below the newest window are found too, with the index and without it, and nothing in the gaps', async () => {
  const chat = newGroup();
  const text = (seq: number) => (seq % 10 === 0 ? `buoy ${seq}` : 'water');
  const run = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => sent(chat, from + index, from + index, text(from + index)));
  const { store, search, build, scanned } = await device([run(900, 1_500)]);
  const window = (await store.conversation(chat))?.window;
  await store.applyHistory({ around: { seq: 40 }, window }, { stream: chat, records: run(31, 59), more: true });
  const gone = sent(chat, 70, 70, 'buoy in a gap');
  await store.applyChanges({ stream: chat, prev: 1_510, cursor: 1_600, records: [{ ...gone, rev: 1_600 }] });
  expect((await search('buoy', { limit: 100 })).slice(-3)).toEqual(['buoy 900', 'buoy 50', 'buoy 40']);
  await build();
  expect((await search('buoy', { limit: 100 })).slice(-3)).toEqual(['buoy 900', 'buoy 50', 'buoy 40']);
  expect(scanned).toEqual([]);
  await store.applyHistory({ after: 59, window }, { stream: chat, records: run(60, 75), more: true });
  expect((await search('buoy', { limit: 100 })).slice(-5)).toEqual([
    'buoy 900',
    'buoy in a gap',
    'buoy 60',
    'buoy 50',
    'buoy 40',
  ]);
});

test('[ask 29] messages are found by sender, kind and days, with or without words, with the index as by reading each message', async () => {
  const [a, b] = [newGroup(), newGroup()];
  const file = (kind: Attachment['kind']): Attachment[] => [
    { mediaId: nextId() as string as Attachment['mediaId'], kind, name: 'x', mime: 'x/y', size: 1 },
  ];
  const day = 24 * 60;
  const written = (
    stream: ConversationId,
    seq: number,
    days: number,
    text: string,
    more: Partial<MessageRecord> = {},
  ) => message(stream, seq, { text, createdAt: at(days * day + 12 * 60), ...more });
  const filler = Array.from({ length: 600 }, (_, index) => written(a, 7 + index, 400 + index, `wave ${index}`));
  const { search, build, scanned, segments } = await device([
    [
      written(a, 1, 1, 'the pier', { senderId: ann }),
      written(a, 2, 2, 'pier, a picture', { attachments: file('image') }),
      written(a, 3, 3, '', { senderId: ann, attachments: file('image') }),
      written(a, 4, 4, 'plan', { attachments: file('document') }),
      written(a, 5, 5, 'song', { attachments: file('audio') }),
      written(a, 6, 6, 'see https://harbour.example/pier'),
      ...filler,
    ],
    [
      written(b, 1, 7, 'spoken', { attachments: file('voice') }),
      written(b, 2, 8, 'film', { attachments: file('video') }),
    ],
  ]);
  const dayOf = (days: number) => {
    const date = new Date(at(days * day + 12 * 60));
    const two = (value: number) => String(value).padStart(2, '0');
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  };
  const cases: [string, SearchFilters, string[]][] = [
    ['', { from: ann }, ['', 'the pier']],
    ['pier', { from: ann }, ['the pier']],
    ['', { kind: 'image' }, ['', 'pier, a picture']],
    ['', { kind: 'image', from: ann }, ['']],
    ['', { kind: 'file' }, ['song', 'plan']],
    ['', { kind: 'link' }, ['see https://harbour.example/pier']],
    ['', { kind: 'voice' }, ['spoken']],
    ['', { kind: 'video' }, ['film']],
    ['', { fromDay: dayOf(4), toDay: dayOf(5) }, ['song', 'plan']],
    ['pier', { toDay: dayOf(2) }, ['pier, a picture', 'the pier']],
    ['wave', { fromDay: dayOf(998) }, ['wave 599', 'wave 598']],
    ['', { kind: 'image', fromDay: dayOf(4) }, []],
  ];
  const expectAll = async () => {
    for (const [query, filters, texts] of cases)
      expect([query, filters, await search(query, { filters, limit: 9 })]).toEqual([query, filters, texts]);
  };
  await expectAll();
  await build();
  expect(await segments()).toBe(1);
  await expectAll();
  // None of these read a message that is not a hit.
  expect(scanned).toEqual([]);
  expect(await search('', { filters: { from: ann, kind: 'image' }, stream: b })).toEqual([]);
});

test('an index of an earlier format, which has no filters, is rebuilt', async () => {
  const stream = newGroup();
  const written = Array.from({ length: 600 }, (_, index) => sent(stream, index + 1, index + 1, `note ${index}`));
  const { store, build, stored, search } = await device([written]);
  await build();
  const database = await new Dexie(stored.name).open();
  await database.table('facts').put({ key: 'epoch', value: (await store.epoch()) ?? '' });
  database.close();
  expect((await stored.index.state(await store.epoch())).segments).toEqual([]);
  await build();
  expect((await stored.index.state(await store.epoch())).segments).toHaveLength(1);
  expect(await search('note 7', { limit: 1, filters: { toDay: '2027-01-01' } })).toEqual(['note 79']);
});
