import { BSON, type Collection, MongoInvalidArgumentError } from 'mongodb';
import type { StreamId } from '#protocol/ids.ts';
import type { Database } from '#server/database/connect.ts';
import { inBackground } from '#server/database/in-background.ts';
import { defineModels } from '#server/database/models.ts';
import { type Batch, type EntryStore, type Hint, type StreamMove, StoreUnavailable } from './entry-store.ts';
import { type Entry, type Marker, type Stored, isMarker, partKey, rootKey } from './entry.ts';
import { orUnavailable } from './or-unavailable.ts';

const DUPLICATE_KEY = 11_000;
/** The engine looks up an `$in` of up to this many values point by point. */
const POINTS = 200;
const PRUNE_BATCH = 500;
/** Characters of an insert that is surely smaller than what a command may hold, which is 16 MB. */
const SMALL_INSERT = 1_000_000;

/** Stored beside the entries. Without stream, rev and seq it takes no place in their indexes. */
interface BatchDocument {
  _id: string;
  moves: [stream: StreamId, prev: number, head: number, messageAt: number][];
  consumers: readonly string[];
}
type HeadDocument = { _id: string; head: number; messageAt: number; moved?: Date };
const MOVED_PAGE = 1_000;

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

  const touched = isShared ? { $currentDate: { moved: true as const } } : {};
  const find = (filter: object, options: object) =>
    orUnavailable(() => entries.find(filter, options).toArray()) as Promise<Entry[]>;

  return {
    epoch,
    isShared,
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
    raiseHints: (hints) =>
      orUnavailable(async () => {
        const raises = [...hints].map(([_id, hint]) => ({
          updateOne: {
            filter: { _id },
            // The database's clock, which all servers share. A server that is alone needs no time.
            update: { $max: { head: hint.head, messageAt: hint.messageAt }, ...touched },
            upsert: true,
          },
        }));
        if (raises.length === 0) return;
        try {
          await heads.bulkWrite(raises, { ordered: false, ...inBackground });
        } catch (error) {
          // Two processes created the same hint at once. It exists now, so a second attempt finds it.
          firstDuplicate(error);
          await heads.bulkWrite(raises, { ordered: false, ...inBackground });
        }
      }),
    async movedSince(since) {
      const moved = (filter: object, options: object) =>
        orUnavailable(() => heads.find(filter, { hint: 'moved', ...options }).toArray());
      const newest = (page: readonly HeadDocument[]) => page.at(-1)?.moved?.getTime() ?? 0;
      if (since === undefined)
        return {
          heads: new Map(),
          newest: newest(await moved({ moved: { $gt: new Date(0) } }, { sort: { moved: -1 }, limit: 1 })),
        };
      const found = new Map<StreamId, number>();
      let from = since;
      let limit = MOVED_PAGE;
      for (;;) {
        const page = await moved({ moved: { $gte: new Date(from) } }, { sort: { moved: 1 }, limit, batchSize: limit });
        for (const { _id, head } of page) found.set(_id as StreamId, head);
        if (page.length < limit) return { heads: found, newest: Math.max(from, newest(page)) };
        // A page whose times are all equal would be read again and again.
        if (newest(page) === from) limit *= 2;
        from = newest(page);
      }
    },
    async hints(streams) {
      const found = await Promise.all(
        chunks(streams).map((some) =>
          orUnavailable(() => heads.find({ _id: { $in: some } }, { batchSize: POINTS }).toArray()),
        ),
      );
      return new Map(
        found.flat().map(({ _id, head, messageAt }): [StreamId, Hint] => [_id as StreamId, { head, messageAt }]),
      );
    },
    async streamsFrom(stream, limit) {
      const found = await orUnavailable(() =>
        heads.find({ _id: { $gte: stream } }, { sort: { _id: 1 }, limit, batchSize: limit, hint: '_id_' }).toArray(),
      );
      return found.map(({ _id, head }): [StreamId, number] => [_id as StreamId, head]);
    },
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
      let pruned = 0;
      // A crash between the two commands of `settleBatches` leaves batches that nobody waits for.
      const empty = await orUnavailable(() =>
        batches.find({ consumers: { $exists: true, $size: 0 } }, { hint: 'batches', projection: { _id: 1 } }).toArray(),
      );
      for (const some of chunks(empty))
        await orUnavailable(() => batches.deleteMany({ _id: { $in: some.map(({ _id }) => _id) } }, inBackground));
      let above: number | undefined = 0;
      // In order of age, so that what must stay (because another part of its op does) is skipped once, not every time.
      while (above !== undefined) {
        const some: Stored[] = await find(
          { prunableSince: { $gt: above, $lt: before } },
          { sort: { prunableSince: 1 }, limit: PRUNE_BATCH, hint: 'prunable', projection: { body: 0, plan: 0 } },
        );
        const keys = await prunable(some, before);
        let deleted = 0;
        for (const due of chunks(keys))
          deleted += (await orUnavailable(() => entries.deleteMany({ _id: { $in: due } }, inBackground))).deletedCount;
        pruned += deleted;
        // While something was deleted, read on from the same age, because many may share one millisecond.
        if (deleted === 0) above = some.length < PRUNE_BATCH ? undefined : some.at(-1)?.prunableSince;
      }
      return pruned;
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

  /** The keys of all parts of those ops whose parts are all due. */
  async function prunable(some: readonly Stored[], before: number): Promise<string[]> {
    const keys = new Set<string>();
    for (const stored of some) {
      if (isMarker(stored)) keys.add(stored._id);
      else if (stored.partCount === 1 && stored.pending !== true) keys.add(stored._id);
      else if (stored.partCount > 1) {
        const parts = Array.from({ length: stored.partCount }, (_, at) => partKey(rootKey(stored), at + 1));
        const found = await orUnavailable(() =>
          entries.find({ _id: { $in: parts }, prunableSince: { $lt: before }, pending: { $ne: true } }).toArray(),
        );
        if (found.length === stored.partCount) for (const part of parts) keys.add(part);
      }
    }
    return [...keys];
  }
}

/** Groups in which every stream with every id makes at most `POINTS` pairs: those are what the engine looks up. */
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

function documentOf({ id, moves, consumers }: Batch): BatchDocument {
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

/** About; at most a few fields beside these are of any length. */
function charactersOf(documents: readonly Entry[]): number {
  let characters = 0;
  for (const { body = '', plan = '' } of documents) characters += 1_000 + body.length + plan.length;
  return characters;
}

/** How many documents were written before the first taken key. Rethrows any other error. */
function firstDuplicate(error: unknown): number {
  const { code, writeErrors } = error as { code?: unknown; writeErrors?: unknown };
  const [first] = (Array.isArray(writeErrors) ? writeErrors : [writeErrors]) as (
    | { code?: unknown; index?: unknown }
    | undefined
  )[];
  if (first !== undefined && first.code === DUPLICATE_KEY && typeof first.index === 'number') return first.index;
  if (first === undefined && code === DUPLICATE_KEY) return 0;
  throw error;
}

/** BadValue, FailedToParse, TypeMismatch, InvalidBSON, DocumentValidationFailure, BSONObjectTooLarge, KeyTooLong. */
const ITS_OWN_FAULT = new Set([2, 9, 14, 22, 121, 10_334, 17_280]);

/**
 * A failed write counts as a database that is away for a moment, and is retried. The exception is an error that the same
 * write would always meet: that is a defect, and the append isolates the op that causes it, so that it holds up no other.
 */
async function written<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (
      error instanceof MongoInvalidArgumentError ||
      error instanceof BSON.BSONError ||
      ITS_OWN_FAULT.has(code as number)
    )
      throw error;
    throw new StoreUnavailable('the database failed', { cause: error });
  }
}

function chunks<T>(all: readonly T[]): T[][] {
  const some: T[][] = [];
  for (let at = 0; at < all.length; at += POINTS) some.push(all.slice(at, at + POINTS));
  return some;
}
