import { type Connection, Types } from 'mongoose';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { inTime } from './deadline.ts';
import type { Session } from './session.ts';

/** How long a sign-in, or a later proof, shows that the person is present. */
const FRESH_MS = 10 * 60_000;

export interface Freshness {
  /** Whether this session started, or the person proved their identity, so recently that no further proof is needed. [SEC-32] */
  isFresh(session: Session): Promise<boolean>;
  /** The person has just proved their identity again. */
  prove(session: Session): Promise<void>;
}

/** A device that was left open must not be enough for changes that would give the account to somebody else. [SEC-32] */
export function createFreshness(connection: Connection): Freshness {
  const sessions = connection.collection<{ createdAt?: Date; provedAt?: Date }>('session');
  const isRecent = (at: unknown) => at instanceof Date && Math.abs(Date.now() - at.getTime()) < FRESH_MS;
  return {
    async isFresh({ id }) {
      const options = { projection: { createdAt: 1, provedAt: 1 }, maxTimeMS: QUERY_LIMIT_MS };
      const row = await inTime(sessions.findOne({ _id: new Types.ObjectId(id) }, options));
      return isRecent(row?.createdAt) || isRecent(row?.provedAt);
    },
    async prove({ id }) {
      await inTime(sessions.updateOne({ _id: new Types.ObjectId(id) }, { $set: { provedAt: new Date() } }));
    },
  };
}
