import { type Failure, syncError } from '#protocol/errors.ts';
import { matchesName } from '#protocol/fold.ts';
import { SearchQuery, type SearchAnswer } from '#protocol/http.ts';
import { type ConversationId, isConversation, type UserId } from '#protocol/ids.ts';
import { SEARCH_PAGE } from '#protocol/limits.ts';
import { mayRead } from '#protocol/policies.ts';
import { searchedText, type MessageRecord } from '#protocol/record.ts';
import { keyPrefixes, searchedWords } from '#protocol/search-words.ts';
import { parse } from '#protocol/shape.ts';
import type { Blocks } from '#server/streams/blocks.ts';
import type { Batches } from '#server/streams/batches.ts';
import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { held } from '#server/streams/entry.ts';
import { pollFor } from '#server/streams/poll-form.ts';
import { storeUnavailable } from '#server/streams/push.ts';
import { readMember } from '#server/streams/stream-state.ts';
import type { StreamReads } from '#server/streams/stream-reads.ts';
import { type Part, type Place, type SearchIndex, partsUpTo } from './search-index.ts';

export interface SearchParts {
  store: EntryStore;
  index: Pick<SearchIndex, 'find'>;
  batches: Pick<Batches, 'hints'>;
  conversationsOf: StreamReads['conversationsOf'];
  blocks: Pick<Blocks, 'has'>;
}

export type Search = (caller: { userId: UserId }, query: unknown) => Promise<SearchAnswer | Failure>;

/** How many parts the first query reads from the index; each further query reads twice as many, up to the limit of a query. */
const FIRST_PARTS = 10;
const MOST_PARTS = 200;

/** A conversation with the range of messages to search. */
interface Chat {
  stream: ConversationId;
  lastAt: number;
  parts: Part[];
}

/**
 * `GET /api/search`: messages that the caller may read and that hold every word, newest first. The index names candidates;
 * the stored text and the member record, both read afterwards, decide. [SR1] [SR2]
 */
export function createSearch({ store, index, batches, conversationsOf, blocks }: SearchParts): Search {
  /** The conversations to search, most recently active first. */
  async function chatsOf(streams: readonly ConversationId[], before: Place | undefined): Promise<Chat[]> {
    const hints = await batches.hints(streams);
    const chats = await Promise.all(
      streams.map(async (stream): Promise<Chat[]> => {
        const hint = hints.get(stream);
        if (hint === undefined) return [];
        // A head counts edits and receipts too, so it only bounds the last seq.
        const last =
          before?.stream === stream ? before.seq : hint.head > 2_000 ? await store.lastSeq(stream) : hint.head;
        return [{ stream, lastAt: hint.messageAt, parts: partsUpTo(stream, last) }];
      }),
    );
    return chats.flat().toSorted((a, b) => b.lastAt - a.lastAt);
  }

  /** The messages in these places that the caller may read and whose texts contain the words. */
  async function read(userId: UserId, stream: ConversationId, places: readonly Place[], words: readonly string[]) {
    const before = await readMember(store, stream, userId);
    if (before === undefined || before.record.leftAt !== undefined) return [];
    const fromSeq = before.hidden.fromSeq ?? 1;
    const entries = await store.messagesAt(
      stream,
      places.map(({ seq }) => seq).filter((seq) => mayRead(fromSeq, seq)),
    );
    // Read again after the messages, as for `history`. [RA4]
    const after = await readMember(store, stream, userId);
    if (after?.hidden.joinedRev !== before.hidden.joinedRev || after?.record.leftAt !== undefined) return [];
    const newest = new Map<number, MessageRecord>();
    for (const entry of entries) {
      const record = held(entry)?.record;
      if (record?.type === 'message' && record.rev > (newest.get(record.seq)?.rev ?? 0)) newest.set(record.seq, record);
    }
    return [...newest.values()].flatMap(({ withheld, ...message }) => {
      const isHidden = withheld === true && message.senderId !== userId;
      if (isHidden || blocks.has(userId, message.senderId)) return [];
      return matchesName(searchedText(message), words) ? [pollFor(message, userId)] : [];
    });
  }

  /** The newest of the candidates that turn out to be hits, at most one more than a page. */
  async function hitsOf(userId: UserId, candidates: readonly Place[], words: readonly string[]) {
    const hits: MessageRecord[] = [];
    for (let at = 0; at < candidates.length && hits.length <= SEARCH_PAGE; at += SEARCH_PAGE + 1) {
      const some = byStream(candidates.slice(at, at + SEARCH_PAGE + 1));
      const found = await Promise.all([...some].map(([stream, places]) => read(userId, stream, places, words)));
      hits.push(...found.flat());
    }
    return hits.toSorted((a, b) => newestFirst(placeOf(a), placeOf(b))).slice(0, SEARCH_PAGE + 1);
  }

  async function search(userId: UserId, streams: readonly ConversationId[], words: string[], before?: Place) {
    const prefixes = keyPrefixes(words);
    const chats = await chatsOf(streams, before);
    const parts = chats.flatMap(({ parts: own, lastAt }) => own.map((part) => ({ ...part, lastAt })));
    let hits: MessageRecord[] = [];
    for (let at = 0, size = FIRST_PARTS; at < parts.length; at += size, size = Math.min(MOST_PARTS, size * 2)) {
      const oldest = hits[SEARCH_PAGE];
      const oldestAt = oldest === undefined ? -Infinity : placeOf(oldest).at;
      // Older parts of a chat hold older messages, and the other chats have been quiet for longer.
      const open = parts.slice(at, at + size).filter(({ stream, lastAt }) => {
        const inChat = hits.reduce((count, hit) => count + Number(hit.stream === stream), 0);
        return lastAt >= oldestAt && inChat <= SEARCH_PAGE;
      });
      if (open.length === 0) continue;
      const places = (await index.find(open, prefixes))
        .filter((place) => before === undefined || newestFirst(before, place) < 0)
        .toSorted(newestFirst);
      const found = await hitsOf(userId, places, words);
      hits = [...hits, ...found].toSorted((a, b) => newestFirst(placeOf(a), placeOf(b))).slice(0, SEARCH_PAGE + 1);
    }
    return hits;
  }

  return async ({ userId }, query) => {
    const parsed = parse(SearchQuery, query);
    if (!parsed.ok) return { error: parsed.error };
    const { q, stream, before } = parsed.value;
    const words = searchedWords(q);
    if (words.length === 0) return { error: syncError('invalid', 'must have a word', { path: 'q' }) };
    const from = before === undefined ? undefined : readCursor(before);
    if (from === null) return { error: syncError('invalid', 'must be a cursor from `next`', { path: 'before' }) };
    try {
      const own = await conversationsOf(userId);
      if (stream !== undefined && !own.includes(stream))
        return { error: syncError('not_found', 'no such conversation', { path: 'stream' }) };
      const hits = await search(userId, stream === undefined ? own : [stream], words, from);
      const records = hits.slice(0, SEARCH_PAGE);
      const last = records.at(-1);
      const more = hits.length > records.length && last !== undefined;
      return { records, more, ...(more ? { next: writeCursor(placeOf(last)) } : {}) };
    } catch (error) {
      if (error instanceof StoreUnavailable) return storeUnavailable();
      throw error;
    }
  };
}

function placeOf({ stream, seq, createdAt }: MessageRecord): Place {
  return { stream: stream as ConversationId, seq, at: Date.parse(createdAt) };
}

function byStream(places: readonly Place[]): Map<ConversationId, Place[]> {
  const groups = new Map<ConversationId, Place[]>();
  for (const place of places) groups.set(place.stream, [...(groups.get(place.stream) ?? []), place]);
  return groups;
}

/** A total order, so that a place makes a cursor. */
function newestFirst(a: Place, b: Place): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1;
  return b.seq - a.seq;
}

const writeCursor = ({ at, stream, seq }: Place) => Buffer.from(`${at} ${stream} ${seq}`).toString('base64url');

function readCursor(before: string): Place | null {
  const [at, stream = '', seq] = Buffer.from(before, 'base64url').toString().split(' ');
  const place = { at: Number(at), stream: stream as ConversationId, seq: Number(seq) };
  const isPlace = Number.isSafeInteger(place.at) && Number.isSafeInteger(place.seq) && place.seq > 0;
  // A cursor that does not encode to itself was not made here.
  return isPlace && isConversation(place.stream) && writeCursor(place) === before ? place : null;
}
