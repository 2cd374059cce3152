import { type Connection, Types } from 'mongoose';
import type { UserId } from '#protocol/ids.ts';
import { DELETED_NAME } from '#protocol/names.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { vacateAdministration } from './administration/administrator.ts';
import { inTime } from './deadline.ts';
import type { EndSessions } from './end-sessions.ts';
import type { AccountsEvents, AccountsLog } from './session.ts';

/** How long a person can keep an account, by signing in, after asking to delete it. */
export const GRACE_MS = 14 * 86_400_000;
const LOOK_MS = 3_600_000;

interface UserRow {
  _id: Types.ObjectId;
  /** Milliseconds since 1970. Present if the account will be deleted then. */
  deletedAfter?: number;
  /** The deletion has started, and signing in no longer stops it. */
  isEnding?: boolean;
}

export interface Closing {
  /** Whether the account has a password, which is then asked for. */
  hasPassword(userId: UserId): Promise<boolean>;
  /** When an account is deleted whose grace period starts now, milliseconds since 1970. */
  graceEnd(): number;
  /** Ends every session now, and deletes the account at that time. */
  begin(userId: UserId, deletedAfter: number): Promise<void>;
  /** Deletes the accounts whose time has come. */
  sweep(): Promise<void>;
  close(): void;
}

interface ClosingParts {
  connection: Connection;
  now: () => number;
  events: AccountsEvents;
  endSessions: EndSessions;
  log: AccountsLog;
}

/**
 * Deletes an account in two steps: the person is signed out at once and may change their mind, and only later their data is
 * deleted. Their messages stay for other readers, under a name that nobody else has. [AC1] [AC2]
 */
export function createClosing({ connection, now, events, endSessions, log }: ClosingParts): Closing {
  const users = connection.collection<UserRow>('user');
  const accounts = connection.collection('account');

  /** Each step may be repeated, so that the next sweep finishes what a crash interrupted. */
  async function end({ _id }: UserRow): Promise<void> {
    const id = _id.toHexString();
    // The person may have kept it since the row was read.
    const due = { _id, deletedAfter: { $gt: 0, $lte: now() } };
    if ((await users.updateOne(due, { $set: { isEnding: true } })).matchedCount === 0) return;
    await accounts.deleteMany({ userId: _id });
    await endSessions(id, 'account_deleted');
    await connection.collection('twoFactor').deleteMany({ userId: _id });
    await connection.collection('passkeys').deleteMany({ userId: _id });
    await users.updateOne(
      { _id },
      {
        $set: { name: DELETED_NAME, email: `${id}@deleted.invalid`, emailVerified: false, findable: false },
        $unset: { image: 1, about: 1, nameKey: 1, nameGrams: 1, nameFolded: 1 },
      },
    );
    await vacateAdministration(connection, id);
    await events.personDeleted(id as UserId);
    await users.deleteOne({ _id });
  }

  async function sweep(): Promise<void> {
    const filter = { deletedAfter: { $gt: 0, $lte: now() } };
    for (const row of await users.find(filter, { maxTimeMS: QUERY_LIMIT_MS }).toArray()) {
      try {
        await end(row);
      } catch (error) {
        log.error({ err: error }, 'an account could not be deleted and is tried again');
      }
    }
  }
  const sweepSafely = () =>
    void sweep().catch((error: unknown) => log.warn({ err: error }, 'no account could be deleted'));
  const timer = setInterval(sweepSafely, LOOK_MS).unref();

  return {
    async hasPassword(userId) {
      const filter = { userId: new Types.ObjectId(userId), providerId: 'credential' };
      return (await inTime(accounts.findOne(filter, { projection: { _id: 1 }, maxTimeMS: QUERY_LIMIT_MS }))) !== null;
    },
    graceEnd: () => now() + GRACE_MS,
    async begin(userId, deletedAfter) {
      const _id = new Types.ObjectId(userId);
      await inTime(users.updateOne({ _id }, { $set: { deletedAfter } }));
      await endSessions(userId, 'account_deleted');
    },
    sweep,
    close: () => clearInterval(timer),
  };
}

/** A person who signs in again keeps the account, unless its deletion has started. Resolves to whether this call has kept it. [AC1] */
export async function keepAccount(connection: Connection, userId: string): Promise<boolean> {
  const filter = { _id: new Types.ObjectId(userId), deletedAfter: { $gt: 0 }, isEnding: { $ne: true } };
  return (await connection.collection('user').updateOne(filter, { $unset: { deletedAfter: 1 } })).modifiedCount > 0;
}
