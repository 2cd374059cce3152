import type { Collection } from 'mongodb';
import type { StreamId } from '#protocol/ids.ts';
import type { Database } from '#server/database/connect.ts';
import { inBackground } from '#server/database/in-background.ts';
import { defineModels } from '#server/database/models.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { orUnavailable } from '#server/streams/or-unavailable.ts';
import type { FollowerStore, Lease } from './follower-store.ts';

const DUPLICATE_KEY = 11_000;
/** An `$in` of up to this many values is looked up point by point. */
const POINTS = 200;
const WRITES = 500;

/** The names of consumers contain no spaces, so no two pairs share an id. */
const idOf = (consumer: string, stream: StreamId) => `${consumer} ${stream}`;

/** Cursors and leases in MongoDB, or in the embedded engine that speaks its language. */
export function createMongoFollowerStore({ connection }: Pick<Database, 'connection'>): FollowerStore {
  const { FollowerCursor, FollowerLease } = defineModels(connection);
  const cursors = FollowerCursor.collection as unknown as Collection<{ _id: string; rev: number }>;
  const leases = FollowerLease.collection as unknown as Collection<Lease & { _id: string }>;
  return {
    async cursors(consumer, streams) {
      const found = new Map<StreamId, number>();
      for (let at = 0; at < streams.length; at += POINTS) {
        const ids = streams.slice(at, at + POINTS).map((stream) => idOf(consumer, stream));
        for (const { _id, rev } of await orUnavailable(() =>
          cursors.find({ _id: { $in: ids } }, { batchSize: POINTS }).toArray(),
        ))
          found.set(_id.slice(consumer.length + 1) as StreamId, rev);
      }
      return found;
    },
    async saveCursors(consumer, saved) {
      const writes = [...saved].map(([stream, rev]) => ({
        updateOne: { filter: { _id: idOf(consumer, stream) }, update: { $max: { rev } }, upsert: true },
      }));
      for (let at = 0; at < writes.length; at += WRITES)
        await orUnavailable(() =>
          cursors.bulkWrite(writes.slice(at, at + WRITES), { ordered: false, ...inBackground }),
        );
    },
    async lease(consumer) {
      const found = await orUnavailable(() => leases.findOne({ _id: consumer }));
      return found === null ? undefined : { holder: found.holder, beat: found.beat };
    },
    async replaceLease(consumer, before, after) {
      if (before !== undefined)
        return orUnavailable(async () => {
          const { matchedCount } = await leases.updateOne({ _id: consumer, ...before }, { $set: after });
          return matchedCount === 1;
        });
      try {
        await leases.insertOne({ _id: consumer, ...after });
        return true;
      } catch (error) {
        if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false;
        throw new StoreUnavailable('the database failed', { cause: error });
      }
    },
  };
}
