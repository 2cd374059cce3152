import { type Connection, Types } from 'mongoose';
import * as v from 'valibot';
import { UserId } from '#protocol/ids.ts';
import type { BetterAuth } from './better-auth.ts';
import { withContexts } from './contexts.ts';
import { ANSWER_MS, inTime } from './deadline.ts';
import { readCookie } from './known-device.ts';
import type { AccountRoute } from './routes/account-route.ts';
import type { Session } from './session.ts';

export interface Sessions {
  /** The session that a Cookie header names, or null. Rejects only when the database does not answer. */
  find(cookie: string | undefined): Promise<Session | null>;
  /** Which of these sessions are still valid. Rejects when the database does not answer. */
  active(sessionIds: readonly string[]): Promise<Set<string>>;
  /** Whether one of these sessions that started before this time is still valid. Rejects like the others. */
  hasAny(which: EndedSessions, session: Session, body: { token?: unknown }, before: Date): Promise<boolean>;
}

interface SessionRow {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  expiresAt: Date;
}

export type EndedSessions = NonNullable<AccountRoute['endsSessions']>;

/** For this many devices, about a megabyte. */
const MOST_VERIFIED = 5_000;

export async function openSessions(auth: BetterAuth, connection: Connection): Promise<Sessions> {
  const { name } = (await auth.$context).authCookies.sessionToken;
  const rows = connection.collection('session');
  const options = { projection: { _id: 1 }, maxTimeMS: ANSWER_MS };
  /**
   * Values of cookies whose signature the library has verified, which stays true, and their tokens. Each request still looks the
   * session up, with one query instead of the library's two and its context, which took more processor time than the rest of a
   * small request.
   */
  const verified = new Map<string, string>();

  async function rowOf(token: string): Promise<Session | null> {
    const query = { token, expiresAt: { $gt: new Date() } };
    const projection = { userId: 1, expiresAt: 1 };
    const row = await inTime(rows.findOne<SessionRow>(query, { projection, maxTimeMS: ANSWER_MS }));
    return (
      row && { id: row._id.toHexString(), userId: String(row.userId) as UserId, expiresAt: row.expiresAt.getTime() }
    );
  }

  return {
    async find(cookie) {
      const value = readCookie(cookie, name);
      if (value === null || !/^[\x21-\x7e]+$/.test(value)) return null;
      const token = verified.get(value);
      if (token !== undefined) return rowOf(token);
      const headers = new Headers({ cookie: `${name}=${value}` });
      // The session is not refreshed here: only an answer to the browser could carry the new cookie.
      const query = { disableRefresh: true };
      const found = await inTime(withContexts(() => auth.api.getSession({ headers, query })));
      if (found === null || !v.is(UserId, found.user.id)) return null;
      verified.set(value, found.session.token);
      const [oldest] = verified.keys();
      if (verified.size > MOST_VERIFIED && oldest !== undefined) verified.delete(oldest);
      return { id: found.session.id, userId: found.user.id as UserId, expiresAt: found.session.expiresAt.getTime() };
    },
    async active(ids) {
      const known = ids.filter((id) => /^[0-9a-f]{24}$/.test(id)).map((id) => new Types.ObjectId(id));
      const query = { _id: { $in: known }, expiresAt: { $gt: new Date() } };
      const found = await inTime(rows.find(query, options).toArray());
      return new Set(found.map(({ _id }) => _id.toHexString()));
    },
    async hasAny(which, session, { token }, before) {
      const [_id, userId] = [new Types.ObjectId(session.id), new Types.ObjectId(session.userId)];
      const filters = {
        own: { _id },
        others: { userId, _id: { $ne: _id } },
        all: { userId },
        named: { userId, token },
      };
      const isOld = { createdAt: { $lt: before }, expiresAt: { $gt: before } };
      return (await inTime(rows.findOne({ ...filters[which], ...isOld }, options))) !== null;
    },
  };
}
