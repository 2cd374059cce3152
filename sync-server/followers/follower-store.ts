import type { StreamId } from '#protocol/ids.ts';

/** Names the process that works for a consumer. `beat` changes whenever the holder renews it. */
export interface Lease {
  /** Empty if the last holder released it. */
  holder: string;
  beat: number;
}

/** The durable state of followers. Every method rejects with StoreUnavailable if the database is away. */
export interface FollowerStore {
  /** Up to which rev a consumer has handled each stream. Streams that it has never seen are absent. */
  cursors(consumer: string, streams: readonly StreamId[]): Promise<Map<StreamId, number>>;
  /** Never lowers a cursor. Resolves when they are durable. */
  saveCursors(consumer: string, cursors: ReadonlyMap<StreamId, number>): Promise<void>;
  lease(consumer: string): Promise<Lease | undefined>;
  /** Replaces the lease if it is still as it was read. False if another process was first. */
  replaceLease(consumer: string, before: Lease | undefined, after: Lease): Promise<boolean>;
}
