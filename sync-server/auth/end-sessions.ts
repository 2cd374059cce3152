import { type Connection, Types } from 'mongoose';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { inTime } from './deadline.ts';
import type { AccountsEvents } from './session.ts';

/** Ends a person's sessions, all or all but one, and their sockets with this reason. Rejects when the database does not answer. [SEC-23] */
export type EndSessions = (userId: string, reason: string, except?: string) => Promise<void>;

export function createEndSessions(connection: Connection, events: AccountsEvents): EndSessions {
  const sessions = connection.collection('session');
  return async (userId, reason, except) => {
    const id = new Types.ObjectId(userId);
    const filter = except === undefined ? { userId: id } : { userId: id, _id: { $ne: new Types.ObjectId(except) } };
    const open = await inTime(sessions.find(filter, { projection: { _id: 1 }, maxTimeMS: QUERY_LIMIT_MS }).toArray());
    await inTime(sessions.deleteMany(filter));
    events.sessionsEnded(
      open.map(({ _id }) => _id.toHexString()),
      reason,
    );
  };
}
