import type { Connection } from 'mongoose';
import type { MediaId, StreamId, UserId } from '#protocol/ids.ts';
import type { Claim, MediaRow } from './media-row.ts';

const MAX_TIME_MS = 4_000;

/** The rows of uploaded files in the database. Every call rejects when the database does not answer. */
export interface MediaRows {
  insert(row: MediaRow): Promise<void>;
  /** Unknown ids are absent. */
  find(ids: readonly MediaId[]): Promise<Map<MediaId, MediaRow>>;
  /** The thumbnail and placeholder that were made of a film's poster. */
  addPoster(id: MediaId, poster: Pick<MediaRow, 'thumbhash' | 'hasThumbnail' | 'stored'>): Promise<void>;
  /** Adds a claim and puts off the check. False if the row is gone. */
  claim(id: MediaId, claim: Claim, checkAt: number): Promise<boolean>;
  /** Schedules a check at that time, or earlier if an earlier one is due. */
  checkSoon(ids: readonly MediaId[], checkAt: number): Promise<void>;
  /** The same for everything that this person has uploaded to this stream. */
  checkUploadsSoon(owner: UserId, stream: StreamId, checkAt: number): Promise<void>;
  /** Rows whose check is due, the most overdue first. */
  due(now: number, limit: number): Promise<MediaRow[]>;
  /** Keeps these claims, unless the row was claimed since it was read. Without `checkAt` no check follows. */
  settle(row: MediaRow, claims: readonly Claim[], checkAt?: number): Promise<void>;
  /** Deletes the row, unless it was claimed since it was read. */
  remove(row: MediaRow): Promise<boolean>;
  ofOwner(owner: UserId): AsyncIterable<MediaRow>;
  /** The bytes that are stored for one person, or for everybody. */
  bytesStored(owner?: UserId): Promise<number>;
}

export function createMediaRows(connection: Pick<Connection, 'collection'>): MediaRows {
  const rows = connection.collection<MediaRow>('media');
  const inTime = { maxTimeMS: MAX_TIME_MS };
  return {
    async insert(row) {
      await rows.insertOne(row);
    },
    async find(ids) {
      if (ids.length === 0) return new Map();
      const found = await rows.find({ _id: { $in: [...ids] } }, inTime).toArray();
      return new Map(found.map((row) => [row._id, row]));
    },
    async addPoster(_id, poster) {
      await rows.updateOne({ _id }, { $set: poster });
    },
    async claim(id, claim, checkAt) {
      const update = { $push: { claims: claim }, $set: { checkAt }, $inc: { version: 1 } };
      return (await rows.updateOne({ _id: id }, update)).matchedCount === 1;
    },
    async checkSoon(ids, checkAt) {
      await rows.updateMany({ _id: { $in: [...ids] } }, { $set: { checkAt } });
    },
    async checkUploadsSoon(owner, stream, checkAt) {
      await rows.updateMany({ owner, stream }, { $set: { checkAt } });
    },
    due: (now, limit) =>
      rows.find({ checkAt: { $gt: 0, $lte: now } }, { sort: { checkAt: 1 }, limit, ...inTime }).toArray(),
    async settle({ _id, version }, claims, checkAt) {
      await rows.updateOne(
        { _id, version },
        checkAt === undefined
          ? { $set: { claims: [...claims] }, $unset: { checkAt: 1 } }
          : { $set: { claims: [...claims], checkAt } },
      );
    },
    async remove({ _id, version }) {
      return (await rows.deleteOne({ _id, version })).deletedCount === 1;
    },
    ofOwner: (owner) => rows.find({ owner }, inTime),
    async bytesStored(owner) {
      const match = owner === undefined ? [] : [{ $match: { owner } }];
      const sums = await rows
        .aggregate<{ bytes: number }>([...match, { $group: { _id: null, bytes: { $sum: '$stored' } } }], inTime)
        .toArray();
      return sums[0]?.bytes ?? 0;
    },
  };
}
