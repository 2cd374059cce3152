import { type Connection, Types } from 'mongoose';
import { inTime } from '#server/auth/deadline.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';

const KEY = 'administrator';
const MAY_SIGN_IN = { suspendedAt: { $exists: false }, deletedAfter: { $exists: false } } as const;

export interface Administrators {
  /** Whether this person is the administrator. */
  isAdministrator(userId: string): Promise<boolean>;
  /** Makes somebody else the administrator. False if there is no such person, or they may not sign in. */
  handOver(from: string, to: string): Promise<boolean>;
}

/**
 * Called before the account of an administrator is deleted who was alone when they asked for that: the first person who has
 * signed up since becomes the administrator, or if there is none, the next person who signs up. [AC4]
 */
export async function vacateAdministration(connection: Connection, userId: string): Promise<void> {
  await connection.collection<{ _id: string; userId: string }>('account_settings').deleteOne({ _id: KEY, userId });
}

/** The administrator: the person whose account was the first of this installation, until they hand it over. [AC4] */
export function createAdministrators(connection: Connection): Administrators {
  const settings = connection.collection<{ _id: string; userId: string }>('account_settings');
  const users = connection.collection('user');

  async function administrator(): Promise<string | undefined> {
    const stored = await settings.findOne({ _id: KEY }, { maxTimeMS: QUERY_LIMIT_MS });
    if (stored !== null) return stored.userId;
    // Ids start with the time at which they were made.
    const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit: 1, maxTimeMS: QUERY_LIMIT_MS } as const;
    const [first] = await users.find(MAY_SIGN_IN, options).toArray();
    if (first === undefined) return undefined;
    // Stored, so that it does not change with the other accounts.
    const userId = first._id.toHexString();
    await settings.updateOne({ _id: KEY }, { $setOnInsert: { userId } }, { upsert: true });
    return (await settings.findOne({ _id: KEY }, { maxTimeMS: QUERY_LIMIT_MS }))?.userId;
  }

  return {
    // Looked up each time, because it may have been handed over at another server.
    async isAdministrator(userId) {
      return Types.ObjectId.isValid(userId) && (await inTime(administrator())) === userId;
    },
    async handOver(from, to) {
      const filter = { _id: new Types.ObjectId(to), ...MAY_SIGN_IN };
      const options = { projection: { _id: 1 }, maxTimeMS: QUERY_LIMIT_MS };
      if (from === to || (await inTime(users.findOne(filter, options))) === null) return false;
      return (
        (await inTime(settings.updateOne({ _id: KEY, userId: from }, { $set: { userId: to } }))).matchedCount === 1
      );
    },
  };
}
