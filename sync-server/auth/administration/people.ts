import { type Connection, Types } from 'mongoose';
import type { AdministeredPerson } from '#protocol/administration.ts';
import type { UserId } from '#protocol/ids.ts';
import { asciiAddress } from '#server/auth/ascii-address.ts';
import { inTime } from '#server/auth/deadline.ts';
import { queryWords, rarestGram } from '#server/auth/name-search.ts';
import type { EndSessions } from '#server/auth/end-sessions.ts';
import type { UserRow } from '#server/auth/users.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';

export const PEOPLE_PAGE = 50;

interface PersonRow extends UserRow {
  /** Milliseconds since 1970. Present if the person can't sign in. */
  suspendedAt?: number;
}

export interface AdministeredPeople {
  count(): Promise<number>;
  /** By name or whole address; without a query, the newest. At most a page. */
  find(query: string): Promise<AdministeredPerson[]>;
  /** False if there is no such person. */
  suspend(userId: UserId, on: boolean): Promise<boolean>;
  endSessions(userId: UserId): Promise<void>;
}

/** What the administrator sees of people, and the actions on their accounts. Messages and files are not part of it. [AC4] */
export function createAdministeredPeople(connection: Connection, endSessions: EndSessions): AdministeredPeople {
  const users = connection.collection<PersonRow>('user');
  const sessions = connection.collection('session');
  const projection = { name: 1, email: 1, emailVerified: 1, createdAt: 1, suspendedAt: 1 };

  async function openSessions(ids: readonly Types.ObjectId[]) {
    const filter = { userId: { $in: [...ids] }, expiresAt: { $gt: new Date() } };
    return sessions.find(filter, { projection: { userId: 1 }, maxTimeMS: QUERY_LIMIT_MS }).toArray();
  }

  return {
    count: () => inTime(users.countDocuments({}, { maxTimeMS: QUERY_LIMIT_MS })),
    async find(query) {
      const filter = filterOf(query);
      if (filter === null) return [];
      const found = await inTime(
        users
          .find(filter as never, { projection, sort: { _id: -1 }, limit: PEOPLE_PAGE, maxTimeMS: QUERY_LIMIT_MS })
          .toArray(),
      );
      const open = await inTime(openSessions(found.map(({ _id }) => _id)));
      return found.map((row) => personOf(row, open.filter(({ userId }) => String(userId) === String(row._id)).length));
    },
    async suspend(userId, on) {
      const filter = { _id: new Types.ObjectId(userId) };
      const update = on ? { $set: { suspendedAt: Date.now() } } : { $unset: { suspendedAt: 1 as const } };
      if ((await inTime(users.updateOne(filter, update))).matchedCount === 0) return false;
      if (on) await endSessions(userId, 'revoked');
      return true;
    },
    endSessions: (userId) => endSessions(userId, 'revoked'),
  };
}

/** Null if nobody can match. */
function filterOf(query: string): Record<string, unknown> | null {
  const wanted = query.trim();
  if (wanted === '') return {};
  if (wanted.includes('@')) return { email: asciiAddress(wanted).toLowerCase() };
  const words = queryWords(wanted);
  if (words === null) return null;
  return {
    nameGrams: rarestGram(words),
    $and: words.map((word) => ({ nameFolded: { $regex: word.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`) } })),
  };
}

function personOf({ _id, name, email, emailVerified, createdAt, suspendedAt }: PersonRow, open: number) {
  return {
    id: _id.toHexString() as UserId,
    name,
    email,
    isVerified: emailVerified === true,
    isSuspended: suspendedAt !== undefined,
    sessions: open,
    ...(createdAt === undefined ? {} : { createdAt: createdAt.toISOString() }),
  };
}
