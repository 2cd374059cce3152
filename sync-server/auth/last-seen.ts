import type { Connection } from 'mongoose';
import type { UserId } from '#protocol/ids.ts';

type Seen = { _id: string; at: number };

const WRITTEN_AFTER_MS = 500;
const MAX_REMEMBERED = 10_000;
const ANSWER_MS = 2_000;

export interface StoredLastSeen {
  note(userId: UserId, at: number): void;
  find(userIds: readonly UserId[]): Promise<Map<UserId, number>>;
  /** The account was deleted: removes everything about it here and in the database. [AC2] */
  forget(userId: UserId): Promise<void>;
  /** Writes what is pending. */
  close(): Promise<void>;
}

/**
 * When people were last connected, milliseconds since 1970. Writes are delayed and batched. A crash loses half a second
 * of them, and a database that does not answer loses more; that is harmless, because the times are only shown.
 */
export function createLastSeen(connection: Connection): StoredLastSeen {
  const collection = connection.collection<Seen>('seen');
  const remembered = new Map<UserId, number>();
  let pending = new Map<UserId, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();

  function write(): Promise<void> {
    writing = Promise.all([writing, writePending()]).then(() => undefined);
    return writing;
  }

  async function writePending(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = pending;
    pending = new Map();
    if (batch.size === 0) return;
    try {
      await collection.bulkWrite(
        [...batch].map(([_id, at]) => ({ updateOne: { filter: { _id }, update: { $max: { at } }, upsert: true } })),
        { ordered: false, maxTimeMS: ANSWER_MS },
      );
    } catch {
      // A lost write shows an older time.
    }
  }

  function remember(userId: UserId, at: number): void {
    remembered.delete(userId);
    remembered.set(userId, at);
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value as UserId);
  }

  return {
    note(userId, at) {
      remember(userId, at);
      pending.set(userId, at);
      timer ??= setTimeout(() => void write(), WRITTEN_AFTER_MS).unref();
    },
    async find(userIds) {
      const found = new Map<UserId, number>();
      const unknown: UserId[] = [];
      for (const userId of userIds) {
        const at = remembered.get(userId);
        if (at === undefined) unknown.push(userId);
        else found.set(userId, at);
      }
      if (unknown.length === 0) return found;
      try {
        for (const { _id, at } of await collection.find({ _id: { $in: unknown } }, { maxTimeMS: ANSWER_MS }).toArray())
          found.set(_id as UserId, at);
      } catch {
        // These people are shown without a time.
      }
      return found;
    },
    async forget(userId) {
      remembered.delete(userId);
      pending.delete(userId);
      // A write in progress may contain this person.
      await writing;
      await collection.deleteOne({ _id: userId });
    },
    close: write,
  };
}
