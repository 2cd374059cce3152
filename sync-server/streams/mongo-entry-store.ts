import type { Collection } from 'mongodb';
import type { StreamId } from '#protocol/ids.ts';
import type { Database } from '#server/database/connect.ts';
import { defineModels } from '#server/database/models.ts';
import { POINTS, chunks } from './chunks.ts';
import type { EntryStore } from './entry-store.ts';
import type { Entry, Marker, Stored } from './entry.ts';
import { type BatchDocument, createMongoBatches, documentOf, pruneBatches } from './mongo-batches.ts';
import { type HeadDocument, createMongoHeads } from './mongo-heads.ts';
import { pruneEntries } from './mongo-prune.ts';
import { firstDuplicate, written } from './mongo-write.ts';
import { orUnavailable } from './or-unavailable.ts';

/** Characters of an insert that is surely smaller than what a command may hold, which is 16 MB. */
const SMALL_INSERT = 1_000_000;

/** Entries in MongoDB, or in the embedded engine that speaks its language. */
export function createMongoEntryStore({
  connection,
  epoch,
  isShared,
  run,
}: Pick<Database, 'connection' | 'epoch' | 'isShared' | 'run'>): EntryStore {
  const { Entry: EntryModel, Head } = defineModels(connection);
  // The driver's own collections, because mongoose's documents cost more than everything else on a send.
  const entries = EntryModel.collection as unknown as Collection<Stored>;
  const batches = EntryModel.collection as unknown as Collection<BatchDocument>;
  const heads = Head.collection as unknown as Collection<HeadDocument>;

  const find = (filter: object, options: object) =>
    orUnavailable(() => entries.find(filter, options).toArray()) as Promise<Entry[]>;

  return {
    epoch,
    isShared,
    ...createMongoBatches(batches),
    ...createMongoHeads(heads, isShared),
    insert: (given, batch) =>
      written(async () => {
        if (given.length === 0) return { written: 0 };
        const documents = batch === undefined ? given : [documentOf(batch) as unknown as Entry, ...given];
        try {
          await insertInOrder(documents);
          return { written: given.length };
        } catch (error) {
          return { written: Math.max(0, firstDuplicate(error) - (documents.length - given.length)) };
        }
      }),
    mark: (marker: Marker) =>
      written(async () => {
        try {
          await entries.insertOne(marker);
          return true;
        } catch (error) {
          firstDuplicate(error);
          return false;
        }
      }),
    async tail(stream) {
      return (await find({ stream, rev: { $gt: 0 } }, { sort: { stream: -1, rev: -1 }, limit: 1, hint: 'commit' }))[0];
    },
    async byKeys(keys) {
      const found = await Promise.all(chunks(keys).map((some) => find({ _id: { $in: some } }, { batchSize: POINTS })));
      return found.flat();
    },
    current: (stream, types, id) =>
      find(
        {
          stream,
          type: types.length === 1 ? types[0] : { $in: types },
          current: true,
          ...(id === undefined ? {} : { id }),
        },
        { hint: 'record', batchSize: 2_000 },
      ),
    async records(type, wanted) {
      const found = await Promise.all(
        crossings(wanted).map(({ streams, ids }) =>
          find(
            { stream: { $in: [...streams] }, type, current: true, id: { $in: [...ids] } },
            { hint: 'record', batchSize: 2 * POINTS },
          ),
        ),
      );
      const keys = new Set(wanted.map(({ stream, id }) => `${stream} ${id}`));
      return found.flat().filter(({ stream, id }) => keys.has(`${stream} ${id}`));
    },
    feed: (stream, afterRev, limit) =>
      find(
        { stream, current: true, rev: { $gt: afterRev } },
        { sort: { stream: 1, rev: 1 }, limit, batchSize: limit, hint: 'feed' },
      ),
    async feeds(streams) {
      const found = await Promise.all(
        chunks(streams).map((some) =>
          find({ stream: { $in: some }, current: true }, { hint: 'feed', batchSize: 10_000 }),
        ),
      );
      return found.flat().sort((a, b) => (a.stream === b.stream ? a.rev - b.rev : a.stream < b.stream ? -1 : 1));
    },
    log: (stream, afterRev, limit) =>
      find(
        { stream, rev: { $gt: afterRev } },
        { sort: { stream: 1, rev: 1 }, limit, batchSize: limit, hint: 'commit' },
      ),
    messages(stream, { after, before, limit, newestFirst }) {
      const way = newestFirst ? -1 : 1;
      return find(
        { stream, type: 'message', current: true, seq: { $gt: after, $lt: before } },
        { sort: { stream: way, type: way, seq: way }, limit, batchSize: limit, hint: 'history' },
      );
    },
    async messagesAt(stream, seqs) {
      const found = await Promise.all(
        chunks(seqs).map((some) =>
          find(
            { stream, type: 'message', current: true, seq: { $in: some } },
            { hint: 'history', batchSize: 2 * POINTS },
          ),
        ),
      );
      return found.flat();
    },
    async lastSeq(stream) {
      const [last] = await find(
        { stream, isFirst: true, seq: { $gt: 0 } },
        { sort: { stream: -1, seq: -1 }, limit: 1, hint: 'seq', projection: { seq: 1 } },
      );
      return last?.seq ?? 0;
    },
    strip: (keys, now) =>
      orUnavailable(async () => {
        for (const some of chunks(keys)) {
          await entries.bulkWrite([
            {
              updateMany: { filter: { _id: { $in: some } }, update: { $set: { current: false }, $unset: { body: 1 } } },
            },
            // The first version of a message keeps its id and seq taken permanently, so it is never pruned.
            {
              updateMany: {
                filter: { _id: { $in: some }, isFirst: { $ne: true } },
                update: { $set: { prunableSince: now } },
              },
            },
          ]);
        }
      }),
    finish: (keys) =>
      orUnavailable(async () => {
        for (const some of chunks(keys))
          await entries.updateMany({ _id: { $in: some } }, { $unset: { pending: 1, plan: 1, replaced: 1 } });
      }),
    pending: ({ stream, before }) =>
      find(
        {
          pending: true,
          ...(stream === undefined ? {} : { stream }),
          ...(before === undefined ? {} : { storedAt: { $lt: before } }),
        },
        { hint: 'pending' },
      ),
    async prune(before) {
      await pruneBatches(batches);
      return pruneEntries(entries, before);
    },
  };

  /** Rejects with the first error, which has the index of its document. */
  async function insertInOrder(documents: readonly Entry[]): Promise<void> {
    // The driver's bulk insert splits what is too large for one command, and costs as much as all the rest of a small insert.
    if (charactersOf(documents) > SMALL_INSERT)
      return void (await entries.insertMany([...documents], { ordered: true, forceServerObjectId: true }));
    const { writeErrors, writeConcernError } = (await run({
      insert: entries.collectionName,
      documents,
      ordered: true,
      writeConcern: { w: 'majority', j: true },
    })) as { writeErrors?: [{ code: number; index: number }]; writeConcernError?: { code: number } };
    const [first] = writeErrors ?? [];
    if (first !== undefined) throw Object.assign(new Error('an insert was refused'), { code: first.code, writeErrors });
    if (writeConcernError !== undefined) throw new Error('an insert may not last');
  }
}

/** Groups of streams and ids with at most `POINTS` pairs of both, because the engine looks up every pair. */
function crossings(wanted: readonly { stream: StreamId; id: string }[]) {
  const groups: { streams: Set<StreamId>; ids: Set<string> }[] = [];
  for (const { stream, id } of wanted) {
    const last = groups.at(-1);
    const streams = new Set(last?.streams).add(stream);
    const ids = new Set(last?.ids).add(id);
    if (last === undefined || streams.size * ids.size > POINTS)
      groups.push({ streams: new Set([stream]), ids: new Set([id]) });
    else groups[groups.length - 1] = { streams, ids };
  }
  return groups;
}

/** About; at most a few fields beside these are of any length. */
function charactersOf(documents: readonly Entry[]): number {
  let characters = 0;
  for (const { body = '', plan = '' } of documents) characters += 1_000 + body.length + plan.length;
  return characters;
}
