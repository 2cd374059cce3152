import { Dexie, type Table } from 'dexie';
import type { StreamId, UserId } from '#protocol/ids.ts';
import { searchDatabaseName } from './tables.ts';

/** Which part of a conversation is in the index. */
export interface IndexedStream {
  stream: StreamId;
  /** Messages of `runs` whose rev is not higher are in the index as they are; the others have changed since. */
  rev: number;
  /** The seqs that are in it: pairs of the first and the last one of each run, ascending. */
  runs: readonly number[];
}

export interface SegmentRow {
  id: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** What is written in one transaction. */
export interface IndexChange {
  epoch: string;
  /** The segment that the new one contains. */
  replaced?: number | undefined;
  bytes: Uint8Array<ArrayBuffer>;
  streams: readonly IndexedStream[];
}

/** The version of the keys that messages have in it. An index of another version is rebuilt. */
const FORMAT = 2;

/**
 * The stored index of the messages on this device. It has a database of its own: it can be rebuilt, so losing it costs only time,
 * and nothing that is sent or received waits while it is written.
 */
export interface SearchIndex {
  /** The streams, and the ids of the segments; nothing if the index is of another epoch. */
  state(epoch: string | undefined): Promise<{ streams: Map<StreamId, IndexedStream>; segments: number[] }>;
  segments(ids: readonly number[]): Promise<SegmentRow[]>;
  add(change: IndexChange): Promise<void>;
  close(): void;
}

export function openSearchIndex(userId: UserId): SearchIndex {
  const database = new Dexie(searchDatabaseName(userId)) as Dexie & {
    segments: Table<SegmentRow, number, Omit<SegmentRow, 'id'>>;
    streams: Table<IndexedStream, StreamId>;
    facts: Table<{ key: 'epoch'; value: string }, 'epoch'>;
  };
  database.version(1).stores({ segments: '++id', streams: 'stream', facts: 'key' });
  // A sign-out deletes it. The next query must not create it again.
  database.on('versionchange', () => {
    database.close();
    return false;
  });
  const { segments, streams, facts } = database;
  const isOf = async (epoch: string | undefined) => (await facts.get('epoch'))?.value === `${FORMAT} ${epoch}`;

  return {
    state: (epoch) =>
      database.transaction('r', segments, streams, facts, async () => {
        if (!(await isOf(epoch))) return { streams: new Map(), segments: [] };
        const [all, ids] = await Promise.all([streams.toArray(), segments.toCollection().primaryKeys()]);
        return { streams: new Map(all.map((each) => [each.stream, each])), segments: ids };
      }),
    segments: async (ids) => (await segments.bulkGet([...ids])).filter((row) => row !== undefined),
    add: ({ epoch, replaced, bytes, streams: changed }) =>
      database.transaction('rw', segments, streams, facts, async () => {
        if (!(await isOf(epoch))) await Promise.all([segments.clear(), streams.clear()]);
        await facts.put({ key: 'epoch', value: `${FORMAT} ${epoch}` });
        if (replaced !== undefined) await segments.delete(replaced);
        await segments.add({ bytes });
        await streams.bulkPut([...changed]);
      }),
    // The next query opens it again.
    close: () => database.close({ disableAutoOpen: false }),
  };
}
