import type { Collection } from 'mongodb';
import type { StreamId } from '#protocol/ids.ts';
import { inBackground } from '#server/database/in-background.ts';
import { chunks } from './chunks.ts';
import type { Batch, EntryStore, StreamMove } from './entry-store.ts';
import { orUnavailable } from './or-unavailable.ts';

/** Stored beside the entries. Without stream, rev and seq it takes no place in their indexes. */
export interface BatchDocument {
  _id: string;
  moves: [stream: StreamId, prev: number, head: number, messageAt: number][];
  consumers: readonly string[];
}

/** The batches of a store that are not settled. */
export function createMongoBatches(
  batches: Collection<BatchDocument>,
): Pick<EntryStore, 'batchesFor' | 'settleBatches' | 'deleteBatches'> {
  return {
    batchesFor: (consumer, afterId, limit) =>
      orUnavailable(async () => {
        const found = await batches
          .find(
            { consumers: consumer, _id: { $gt: afterId } },
            { sort: { _id: 1 }, limit, batchSize: limit, hint: 'batches' },
          )
          .toArray();
        return found.map(batchOf);
      }),
    settleBatches: (consumer, ids) =>
      orUnavailable(async () => {
        for (const some of chunks(ids)) {
          await batches.updateMany({ _id: { $in: some } }, { $pull: { consumers: consumer } }, inBackground);
          await batches.deleteMany({ _id: { $in: some }, consumers: { $size: 0 } }, inBackground);
        }
      }),
    deleteBatches: (ids) =>
      orUnavailable(async () => {
        for (const some of chunks(ids)) await batches.deleteMany({ _id: { $in: some } }, inBackground);
      }),
  };
}

/** A crash between the two commands of `settleBatches` leaves batches that nobody waits for. */
export async function pruneBatches(batches: Collection<BatchDocument>): Promise<void> {
  const empty = await orUnavailable(() =>
    batches.find({ consumers: { $exists: true, $size: 0 } }, { hint: 'batches', projection: { _id: 1 } }).toArray(),
  );
  for (const some of chunks(empty))
    await orUnavailable(() => batches.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } }, inBackground));
}

export function documentOf({ id, moves, consumers }: Batch): BatchDocument {
  return {
    _id: id,
    moves: moves.map(({ stream, prev, head, messageAt }) => [stream, prev, head, messageAt]),
    consumers,
  };
}

function batchOf({ _id, moves, consumers }: BatchDocument): Batch {
  return {
    id: _id,
    moves: moves.map(([stream, prev, head, messageAt]): StreamMove => ({ stream, prev, head, messageAt })),
    consumers,
  };
}
