import { type Connection, Types } from 'mongoose';
import { ANSWER_MS, createDeadline } from './deadline.ts';
import type { AccountsEvents } from './session.ts';

const MAX_MS = 3_000;

/** Ends a person's sessions, all or all but one, and their sockets with this reason. Rejects when the database does not answer. [SEC-23] */
export type EndSessions = (userId: string, reason: string, except?: string) => Promise<void>;

export function createEndSessions(connection: Connection, events: AccountsEvents): EndSessions {
  const sessions = connection.collection('session');
  const inTime = <T>(promise: Promise<T>) => createDeadline(ANSWER_MS).bound(promise);
  return async (userId, reason, except) => {
    const id = new Types.ObjectId(userId);
    const filter = except === undefined ? { userId: id } : { userId: id, _id: { $ne: new Types.ObjectId(except) } };
    const open = await inTime(sessions.find(filter, { projection: { _id: 1 }, maxTimeMS: MAX_MS }).toArray());
    await inTime(sessions.deleteMany(filter));
    events.sessionsEnded(
      open.map(({ _id }) => _id.toHexString()),
      reason,
    );
  };
}
