import type { StreamId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { Entry, Marker, Stored } from './entry.ts';

/** The store can't be reached, or its answer is unknown: a write may or may not have become durable. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** What is known about a stream without reading it. Both values only rise. */
export interface Hint {
  /** At least the highest rev. It is above that only after a crash or a conflict. */
  head: number;
  /** When it last got a message, milliseconds, 0 if never. Only the order of pages depends on it. */
  messageAt: number;
}

/** What a flush does to one stream: it appends the revs above `prev`, up to `head`. `messageAt` is 0 if none of them is a message. */
export interface StreamMove extends Hint {
  stream: StreamId;
  prev: number;
}

/**
 * The record of one flush, written in front of its entries by the same ordered insert, so whenever an entry is stored its
 * batch is too. It names the consumers that have not dealt with it yet, and is deleted when none is left. A move may
 * promise more than became durable: a crash or a conflict can cut the insert short.
 */
export interface Batch {
  id: string;
  moves: readonly StreamMove[];
  consumers: readonly string[];
}

export interface Moved {
  heads: Map<StreamId, number>;
  newest: number;
}

/**
 * Where entries live. Two implementations keep this contract (testing/entry-store.contract.ts): mongoose, and in memory with
 * crash semantics. Every method may reject with StoreUnavailable. `insert` and `mark` reject with another error if the same
 * write would always fail. Reads see only what is durable.
 */
export interface EntryStore {
  /** Identifies this incarnation of the database. */
  readonly epoch: string;
  /** Other servers write to it too. */
  readonly isShared: boolean;
  /**
   * Inserts the batch, then the entries in order, and stops at the first entry whose key, rev or seq is taken: a prefix of
   * `written` entries is stored. Resolves when that prefix is durable. [AP1]
   */
  insert(entries: readonly Entry[], batch?: Batch): Promise<{ written: number }>;
  /** False if the key is taken. */
  mark(marker: Marker): Promise<boolean>;
  /** Batches that a consumer has not dealt with, with an id above `afterId`, in the order of their ids. */
  batchesFor(consumer: string, afterId: string, limit: number): Promise<Batch[]>;
  /** A consumer has dealt with these batches. Deletes those that no consumer still has to deal with. Ignores unknown ids. */
  settleBatches(consumer: string, ids: readonly string[]): Promise<void>;
  /** Deletes batches that every consumer has dealt with. */
  deleteBatches(ids: readonly string[]): Promise<void>;
  /** Raises each stream's hint to at least this. */
  raiseHints(hints: ReadonlyMap<StreamId, Hint>): Promise<void>;
  /**
   * Streams whose hint was raised at or after `since`, with their heads, and the time of the last raise. Without `since` it
   * returns only that time. Times are milliseconds of the store's own clock. The cost depends on how much moved, not on how much
   * is stored. A store that is not shared does not keep track of this.
   */
  movedSince(since?: number): Promise<Moved>;
  /** Unknown streams are absent. */
  hints(streams: readonly StreamId[]): Promise<Map<StreamId, Hint>>;
  /** The streams that have a hint, with its head, in the order of their names from this one on. */
  streamsFrom(stream: string, limit: number): Promise<[StreamId, number][]>;
  /** The entry with the highest rev. */
  tail(stream: StreamId): Promise<Entry | undefined>;
  byKeys(keys: readonly string[]): Promise<Stored[]>;
  /** Present versions of these types, or of one id; two versions of a record may be returned while one is being stripped. */
  current(stream: StreamId, types: readonly KnownRecord['type'][], id?: string): Promise<Entry[]>;
  /** Present versions of these records, which are of one type; two versions of one may be returned. */
  records(type: KnownRecord['type'], wanted: readonly { stream: StreamId; id: string }[]): Promise<Entry[]>;
  /** Present versions above a rev, in rev order. */
  feed(stream: StreamId, afterRev: number, limit: number): Promise<Entry[]>;
  /** Present versions of several streams from their beginnings, in rev order within each stream. */
  feeds(streams: readonly StreamId[]): Promise<Entry[]>;
  /** Every version above a rev in rev order, skeletons included. */
  log(stream: StreamId, afterRev: number, limit: number): Promise<Entry[]>;
  /** Present versions of messages with after < seq < before: the first ones in ascending seq, or the newest in descending. */
  messages(
    stream: StreamId,
    range: { after: number; before: number; limit: number; newestFirst: boolean },
  ): Promise<Entry[]>;
  /** Present versions of the messages with these seqs, in no order; two versions of one may be returned. */
  messagesAt(stream: StreamId, seqs: readonly number[]): Promise<Entry[]>;
  /** The highest seq that is taken, 0 if there is none. */
  lastSeq(stream: StreamId): Promise<number>;
  /** Turns older versions into skeletons: no content, no longer current. First versions of messages are never pruned. */
  strip(keys: readonly string[], now: number): Promise<void>;
  /** Marks these ops as finished: removes their plans. */
  finish(keys: readonly string[]): Promise<void>;
  /** Entries with work pending, of one stream or of all. With `before`, only those stored earlier. */
  pending(where: { stream?: StreamId; before?: number }): Promise<Entry[]>;
  /** Deletes markers and skeletons older than this, all parts of an op together or none. Resolves to how many. */
  prune(before: number): Promise<number>;
}
