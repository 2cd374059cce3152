import type { StreamId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { Entry, Marker, Stored } from './entry.ts';

/** The store can't be reached, or its answer is unknown: what was written may or may not stand. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** What is known of a stream without looking at it. Both only rise. */
export interface Hint {
  /** Not below the highest rev; above it only after a crash or a conflict. */
  head: number;
  /** When it last got a message, milliseconds, 0 if never. Only the order of pages depends on it. */
  messageAt: number;
}

/** What a flush does to one stream: it appends the revs above `prev`, up to `head`. `messageAt` is 0 if no message is among them. */
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
 * crash semantics. Every method rejects with StoreUnavailable, `insert` and `mark` with another error where the same would
 * fail for ever. Reads see what is durable and nothing else.
 */
export interface EntryStore {
  /** Names this life of the database. */
  readonly epoch: string;
  /** Other servers write to it too. */
  readonly isShared: boolean;
  /**
   * Inserts the batch, then the entries in order, and stops at the first entry whose key, rev or seq is taken: a prefix of
   * `written` entries is stored. Resolves when that prefix is durable. [AP1]
   */
  insert(entries: readonly Entry[], batch?: Batch): Promise<{ written: number }>;
  /** False where the key is taken. */
  mark(marker: Marker): Promise<boolean>;
  /** Batches that a consumer has not dealt with, with an id above `afterId`, in the order of their ids. */
  batchesFor(consumer: string, afterId: string, limit: number): Promise<Batch[]>;
  /** A consumer has dealt with these batches; deletes those that no consumer is left for. Unknown ids are ignored. */
  settleBatches(consumer: string, ids: readonly string[]): Promise<void>;
  /** Deletes batches that every consumer has dealt with. */
  deleteBatches(ids: readonly string[]): Promise<void>;
  /** Raises each stream's hint to at least this. */
  raiseHints(hints: ReadonlyMap<StreamId, Hint>): Promise<void>;
  /**
   * Streams whose hint was raised at or after `since`, with their heads, and when the last one was; without `since` only
   * that. Times are the store's own clock, milliseconds. Costs what moved, whatever is stored. Only where several servers
   * share the store is it remembered.
   */
  movedSince(since?: number): Promise<Moved>;
  /** Unknown streams are absent. */
  hints(streams: readonly StreamId[]): Promise<Map<StreamId, Hint>>;
  /** The entry with the highest rev. */
  tail(stream: StreamId): Promise<Entry | undefined>;
  byKeys(keys: readonly string[]): Promise<Stored[]>;
  /** Present versions of these types, or of one id; two versions of a record may come where a strip is under way. */
  current(stream: StreamId, types: readonly KnownRecord['type'][], id?: string): Promise<Entry[]>;
  /** Present versions above a rev, in rev order. */
  feed(stream: StreamId, afterRev: number, limit: number): Promise<Entry[]>;
  /** Every version above a rev in rev order, skeletons included. */
  log(stream: StreamId, afterRev: number, limit: number): Promise<Entry[]>;
  /** Present versions of messages with after < seq < before: the first ones in ascending seq, or the newest in descending. */
  messages(
    stream: StreamId,
    range: { after: number; before: number; limit: number; newestFirst: boolean },
  ): Promise<Entry[]>;
  /** The highest seq given, 0 where there is none. */
  lastSeq(stream: StreamId): Promise<number>;
  /** Turns older versions into skeletons: no content, no longer current. First versions keep their place for ever. */
  strip(keys: readonly string[], now: number): Promise<void>;
  /** Nothing is left to do for these ops: takes their plans away. */
  finish(keys: readonly string[]): Promise<void>;
  /** Entries with work left, of one stream or of all; `before` bounds their age. */
  pending(where: { stream?: StreamId; before?: number }): Promise<Entry[]>;
  /** Deletes markers and skeletons older than this, all parts of an op together or none; answers how many. */
  prune(before: number): Promise<number>;
}
