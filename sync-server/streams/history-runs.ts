import type { ConversationId } from '#protocol/ids.ts';
import { mayRead } from '#protocol/policies.ts';
import type { HistoryPlace } from '#protocol/verbs.ts';
import { bytesOf, countWithin, mostWithin } from './byte-budget.ts';
import type { EntryStore } from './entry-store.ts';
import { held, type Entry } from './entry.ts';
import { readCurrent } from './stream-state.ts';

/** The most that one reader gets. */
export interface Bounds {
  fromSeq: number;
  limit: number;
  bytes: number;
}

/** Messages without a gap between them, in no particular order. `more`: others follow in the direction asked for. */
export interface Run {
  entries: Entry[];
  more: boolean;
}

/** Bounds are exclusive. [VB8] */
export async function entriesBetween(
  store: EntryStore,
  stream: ConversationId,
  { before, after }: { before: number | undefined; after: number | undefined },
  { fromSeq, limit, bytes }: Bounds,
): Promise<Run> {
  const most = mostWithin(limit, bytes);
  const entries = await store.messages(stream, {
    after: Math.max(after ?? 0, fromSeq - 1),
    before: before ?? Number.MAX_SAFE_INTEGER,
    limit: most + 1,
    newestFirst: after === undefined,
  });
  // At least one, however large, so that every answer brings the client further. [VB10]
  const count = Math.max(1, Math.min(most, countWithin(entries, bytes)));
  return { entries: entries.slice(0, count), more: entries.length > count };
}

/** About half of them from `seq` on, and the others before it; if one side is short, more of the other. [VB12] */
export async function entriesAround(
  store: EntryStore,
  stream: ConversationId,
  seq: number,
  { fromSeq, limit, bytes }: Bounds,
): Promise<Run> {
  const half = { fromSeq, limit: Math.ceil(limit / 2), bytes: bytes / 2 };
  const from = await entriesBetween(store, stream, { after: seq - 1, before: undefined }, half);
  const left = bytes - from.entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  const most = Math.min(limit - from.entries.length, mostWithin(limit, Math.max(0, left)));
  const earlier = await store.messages(stream, {
    after: fromSeq - 1,
    before: seq,
    limit: most + 1,
    newestFirst: true,
  });
  // If there is no message from `seq` on, the newest message is the place. [VB10]
  const fitting = Math.max(Number(from.entries.length === 0), countWithin(earlier, left));
  const count = Math.min(Math.max(most, 0), fitting);
  return { entries: [...from.entries, ...earlier.slice(0, count)], more: earlier.length > count };
}

/** The seq of the place, not below the first one that the reader may read; undefined if it is a message that they may not. */
export async function seqAt(
  store: EntryStore,
  stream: ConversationId,
  { seq, id, time }: HistoryPlace,
  fromSeq: number,
): Promise<number | undefined> {
  if (id !== undefined) {
    const found = await readCurrent(store, stream, 'message', id);
    return found !== undefined && mayRead(fromSeq, found.record.seq) ? found.record.seq : undefined;
  }
  if (time !== undefined) return firstFrom(store, stream, time, fromSeq);
  return Math.max(seq ?? 0, fromSeq);
}

/**
 * No message has an earlier time than one with a lower seq, so a binary search finds it. If all are earlier, it is the seq after
 * the newest one. [ST3]
 */
async function firstFrom(store: EntryStore, stream: ConversationId, time: string, fromSeq: number): Promise<number> {
  let low = fromSeq;
  let high = (await store.lastSeq(stream)) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await store.messages(stream, { after: middle - 1, before: high, limit: 1, newestFirst: false });
    const record = entry === undefined ? undefined : held(entry)?.record;
    if (record?.type === 'message' && record.createdAt < time) low = record.seq + 1;
    else high = middle;
  }
  return low;
}
