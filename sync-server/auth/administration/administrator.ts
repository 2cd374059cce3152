import { type Connection, Types } from 'mongoose';
import { ANSWER_MS, createDeadline } from '#server/auth/deadline.ts';

const KEY = 'administrator';
const MAX_MS = 3_000;

/** Whether somebody is the administrator: the person whose account was the first of this installation. [AC4] */
export function createIsAdministrator(connection: Connection): (userId: string) => Promise<boolean> {
  const settings = connection.collection<{ _id: string; userId: string }>('account_settings');
  const users = connection.collection('user');
  let known: string | undefined;

  async function administrator(): Promise<string | undefined> {
    const stored = await settings.findOne({ _id: KEY }, { maxTimeMS: MAX_MS });
    if (stored !== null) return stored.userId;
    // Ids begin with the time at which they were made.
    const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit: 1, maxTimeMS: MAX_MS } as const;
    const [first] = await users.find({}, options).toArray();
    if (first === undefined) return undefined;
    // Stored for good: nobody becomes the administrator because the first account was deleted.
    const userId = first._id.toHexString();
    await settings.updateOne({ _id: KEY }, { $setOnInsert: { userId } }, { upsert: true });
    return (await settings.findOne({ _id: KEY }, { maxTimeMS: MAX_MS }))?.userId;
  }

  return async (userId) => {
    if (!Types.ObjectId.isValid(userId)) return false;
    known ??= await createDeadline(ANSWER_MS).bound(administrator());
    return known === userId;
  };
}
