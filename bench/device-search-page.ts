import { Dexie, type Table } from 'dexie';
import { engineWrites } from '#app/local-store/engine-writes.ts';
import { openLocalStore } from '#app/local-store/open.ts';
import { openSearchIndex } from '#app/local-store/search-index.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { bootstrap, message, newGroup, nextUser, pulled } from '#app/local-store/testing/records.fixture.ts';
import { buildIndex } from '#app/search/build-index.ts';
import { searchDevice } from '#app/search/device-search.ts';
import type { SearchFilters } from '#app/search/filters.ts';
import { openIndex, type OpenIndex } from '#app/search/loaded-index.ts';
import type { UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { keyPrefixes, searchedWords, searchKeys } from '#protocol/search-words.ts';

/* Runs in the browser for device-search.ts: the same messages, searched in three ways. */

const CHATS = 20;
const LIMIT = 50;
const VOCABULARY = 30_000;
const SENDERS = Array.from({ length: 20 }, () => nextUser());
/** One message of so many has a link. */
const LINKS = 40;

interface Figures {
  textBytes: number;
  indexBytes: number;
  buildMs: number;
  multiEntryBytes: number;
  multiEntryBuildMs: number;
  /** Milliseconds of each query. */
  indexed: number[];
  multiEntry: number[];
  scanned: number[];
  firstMs: number;
  wrong: string[];
}

/** `count` messages, `queries` queries of one or two beginnings of words; of three, one is of one sender and one of messages with links. */
export async function measure(count: number, queries: number): Promise<Figures> {
  const userId = nextUser();
  const opened = await openLocalStore(userId, { loadEngineWrites: () => Promise.resolve(engineWrites) });
  if (!opened.ok) throw new Error(opened.failure);
  const store = opened.value;
  const random = seeded(7);
  const words = Array.from({ length: VOCABULARY }, () => word(random));
  const texts = await fill(store, count, (at) => {
    const link = at % LINKS === 0 ? ` https://example.org/${word(random)}` : '';
    return { text: text(words, random) + link, senderId: SENDERS[Math.floor(random() * SENDERS.length)] as UserId };
  });

  const stored = openSearchIndex(userId);
  const { signal } = new AbortController();
  const noIndex: OpenIndex = { load: () => Promise.resolve({ streams: new Map(), find: () => [] }) };
  const [, buildMs] = await timed(() => buildIndex({ store, index: stored, signal, idle: () => Promise.resolve() }));
  const { segments } = await stored.state(await store.epoch());
  const indexBytes = (await stored.segments(segments)).reduce((sum, { bytes }) => sum + bytes.length, 0);
  const before = (await navigator.storage.estimate()).usage ?? 0;
  const [multi, multiEntryBuildMs] = await timed(() => multiEntryIndex(texts));
  const multiEntryBytes = ((await navigator.storage.estimate()).usage ?? 0) - before;

  async function search(index: OpenIndex, { query, filters }: Asked): Promise<string[]> {
    let hits: readonly MessageRecord[] = [];
    const onHits = (all: readonly MessageRecord[]) => (hits = all);
    await searchDevice({ store, index, words: searchedWords(query), filters, limit: LIMIT, signal, onHits });
    return hits.map(({ id }) => id).toSorted();
  }
  const asked = Array.from({ length: queries }, (_, at): Asked => {
    const from = at % 3 === 1 ? { from: SENDERS[Math.floor(random() * SENDERS.length)] as UserId } : {};
    return { query: query(words, random), filters: at % 3 === 2 ? { kind: 'link' } : from };
  });
  const index = openIndex(stored);
  const [, firstMs] = await timed(() => search(index, asked[0] ?? { query: '', filters: {} }));
  const figures: Figures = {
    textBytes: texts.reduce((sum, each) => sum + new TextEncoder().encode(each.text).length, 0),
    indexBytes,
    buildMs,
    multiEntryBytes,
    multiEntryBuildMs,
    firstMs,
    indexed: [],
    multiEntry: [],
    scanned: [],
    wrong: [],
  };
  for (const each of asked) {
    const [found, indexedMs] = await timed(() => search(index, each));
    const [, multiMs] = await timed(() => multiEntrySearch(multi, each.query));
    const [wanted, scannedMs] = await timed(() => search(noIndex, each));
    figures.indexed.push(indexedMs);
    figures.multiEntry.push(multiMs);
    figures.scanned.push(scannedMs);
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      figures.wrong.push(`${each.query} ${JSON.stringify(each.filters)}`);
  }
  return figures;
}

interface Asked {
  query: string;
  filters: SearchFilters;
}

async function fill(
  store: LocalStore,
  count: number,
  written: (at: number) => Pick<MessageRecord, 'text' | 'senderId'>,
): Promise<MessageRecord[]> {
  const all: MessageRecord[] = [];
  for (let chat = 0; chat < CHATS; chat++) {
    const stream = newGroup();
    const records = Array.from({ length: count / CHATS }, (_, at) => message(stream, at + 1, written(at)));
    await store.applyPage(pulled([bootstrap(stream, records)]));
    all.push(...records);
  }
  return all;
}

type MultiEntry = Dexie & { found: Table<{ id: string; at: string; words: string[] }, string> };

async function multiEntryIndex(records: readonly MessageRecord[]): Promise<MultiEntry> {
  const database = new Dexie('multi-entry') as MultiEntry;
  database.version(1).stores({ found: 'id, *words' });
  for (let at = 0; at < records.length; at += 500)
    await database.found.bulkPut(
      records
        .slice(at, at + 500)
        .map(({ id, createdAt, text: written }) => ({ id, at: createdAt, words: searchKeys(written) })),
    );
  return database;
}

/** The ids of the messages that have every prefix. Their rows would still have to be read. */
async function multiEntrySearch(database: MultiEntry, asked: string): Promise<string[]> {
  const [first = '', ...others] = keyPrefixes(searchedWords(asked));
  let ids = new Set(await database.found.where('words').startsWith(first).primaryKeys());
  for (const prefix of others) {
    const also = new Set(await database.found.where('words').startsWith(prefix).primaryKeys());
    ids = new Set([...ids].filter((id) => also.has(id)));
  }
  return [...ids];
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  return [await work(), performance.now() - start];
}

/** Words of two to four syllables, of which a few are frequent and most are rare, as in any language. */
function word(random: () => number): string {
  const syllable = () => `${'bcdfghklmnprstvw'[Math.floor(random() * 16)]}${'aeiouy'[Math.floor(random() * 6)]}`;
  return Array.from({ length: 2 + Math.floor(random() * 3) }, syllable).join('');
}
const zipf = (random: () => number) => Math.floor(VOCABULARY ** random()) - 1;
const chosen = (words: readonly string[], random: () => number) => words[zipf(random)] ?? 'word';
const text = (words: readonly string[], random: () => number) =>
  Array.from({ length: 3 + Math.floor(random() * 14) }, () => chosen(words, random)).join(' ');
const query = (words: readonly string[], random: () => number) =>
  Array.from({ length: 1 + Math.floor(random() * 2) }, () =>
    chosen(words, random).slice(0, 3 + Math.floor(random() * 4)),
  ).join(' ');

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

Object.assign(globalThis, { measure });
