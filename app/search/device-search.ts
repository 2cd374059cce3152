import type { ViewStore } from '#app/local-store/local-store.ts';
import { heldRuns, isHeld, outsideOf } from '#app/local-store/runs.ts';
import { matchesName } from '#protocol/fold.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { searchedText, type MessageRecord } from '#protocol/record.ts';
import { keyPrefixes } from '#protocol/search-words.ts';
import { boundsOf, keysOfFilters, passes, type Bounds, type SearchFilters } from './filters.ts';
import type { OpenIndex } from './loaded-index.ts';
import { byNewest } from './merged-hits.ts';
import type { Candidate } from './segment.ts';

export interface DeviceSearch {
  store: Pick<
    ViewStore,
    'conversations' | 'cursors' | 'epoch' | 'messages' | 'messagesAfter' | 'messagesAt' | 'outbox'
  >;
  index: OpenIndex;
  /** Folded words; at least one if there are no filters. */
  words: readonly string[];
  filters?: SearchFilters;
  /** Absent: all conversations. */
  stream?: ConversationId | undefined;
  limit: number;
  signal: AbortSignal;
  /** Called with all hits so far, newest first, whenever there are more of them. */
  onHits: (hits: readonly MessageRecord[]) => void;
}

/** Messages read at once: a few milliseconds of work, so that typing is never delayed. */
const CHUNK = 300;
/** Rows of candidates read at once: most of them are hits. */
const CANDIDATES = 100;

/**
 * Searches the messages on this device until the newest `limit` hits are known or all has been searched: first with the index,
 * then one by one the messages that are not in it or have changed since. [ask 29]
 */
export async function searchDevice(search: DeviceSearch): Promise<void> {
  const { store, words, filters = {}, stream, limit, signal, onHits } = search;
  const bounds = boundsOf(filters);
  const [rows, outbox, cursors, epoch] = await Promise.all([
    store.conversations(),
    store.outbox(),
    store.cursors(),
    store.epoch(),
  ]);
  const removed = new Set(outbox.flatMap(({ op }) => (op.kind === 'message.delete' ? [op.messageId] : [])));
  const isHit = (message: MessageRecord) =>
    message.event === undefined &&
    message.deletedAt === undefined &&
    !removed.has(message.id) &&
    passes(message, filters, bounds) &&
    (words.length === 0 || matchesName(searchedText(message), words));
  let hits: MessageRecord[] = [];
  function take(messages: readonly MessageRecord[]): void {
    const known = new Set(hits.map(({ id }) => id));
    const found = messages.filter((message) => !known.has(message.id) && isHit(message));
    if (found.length === 0) return;
    hits = [...hits, ...found].toSorted(byNewest).slice(0, limit);
    onHits(hits);
  }
  const isBeyond = (at: string) => {
    const last = hits[limit - 1];
    return at < bounds.since || (last !== undefined && at < last.createdAt);
  };
  const chats = rows
    .filter((row) => row.historyStart > 0 && (stream === undefined || row.stream === stream))
    .toSorted((a, b) => (a.activityAt < b.activityAt ? 1 : -1));
  const windows = new Map(chats.map((chat) => [chat.stream, chat]));

  const index = await search.index.load(epoch);
  const isInTime = secondsWithin(bounds);
  const found = index.find([...keyPrefixes(words), ...keysOfFilters(filters)]);
  const candidates = newestFirst(
    found.filter(({ stream: chat, seq, at }) => {
      const row = windows.get(chat);
      return row !== undefined && isHeld(row, seq) && isInTime(at);
    }),
  );
  for (let at = 0; at < candidates.length && !signal.aborted; at += CANDIDATES) {
    const some = candidates.slice(at, at + CANDIDATES);
    if (isBeyond(instantAfter(some[0]))) break;
    take(await store.messagesAt(some.map((candidate) => [candidate.stream, candidate.seq])));
  }

  for (const row of chats) {
    if (signal.aborted) return;
    if (isBeyond(row.activityAt)) continue;
    const known = index.streams.get(row.stream);
    if (known !== undefined && (cursors[row.stream] ?? 0) > known.rev)
      take((await store.messagesAfter(row.stream, known.rev)).filter(({ seq }) => isHeld(row, seq)));
    for (const [from, to] of heldRuns(row).flatMap((run) => outsideOf(known?.runs ?? [], ...run)))
      await searchRun(row.stream, from, to);
  }

  /** One by one, from the newest back, as long as hits may be among the newest. */
  async function searchRun(chat: ConversationId, fromSeq: number, last: number): Promise<void> {
    for (let toSeq = last; toSeq >= fromSeq;) {
      const read = await store.messages(chat, { fromSeq, toSeq, limit: CHUNK });
      if (signal.aborted) return;
      take(read);
      const first = read[0];
      if (first === undefined || read.length < CHUNK || isBeyond(first.createdAt)) return;
      toSeq = first.seq - 1;
    }
  }
}

/** Candidates have only the second of a message's time. */
function secondsWithin({ since, until }: Bounds): (at: number) => boolean {
  const first = since === '' ? 0 : Math.floor(Date.parse(since) / 1_000);
  const last = Number.isNaN(Date.parse(until)) ? Infinity : Date.parse(until) / 1_000;
  return (at) => at >= first && at <= last;
}

/** Later than any message of the candidate's second. */
function instantAfter(candidate: Candidate | undefined): string {
  return new Date(((candidate?.at ?? 0) + 1) * 1_000).toISOString();
}

/** Sorted as numbers that combine second and position, because a common prefix has tens of thousands of candidates. */
function newestFirst(candidates: readonly Candidate[]): Candidate[] {
  const order = Float64Array.from(candidates, ({ at }, place) => at * MOST_CANDIDATES + place).toSorted();
  const sorted: Candidate[] = [];
  for (let index = order.length - 1; index >= 0; index--)
    sorted.push(candidates[(order[index] ?? 0) % MOST_CANDIDATES] as Candidate);
  return sorted;
}

/** Seconds and positions together are still exact as numbers. */
const MOST_CANDIDATES = 2 ** 21;
