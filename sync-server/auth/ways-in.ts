import { type Connection, Types } from 'mongoose';
import type { WaysIn } from '#protocol/ways-in.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { inTime } from './deadline.ts';
import type { Passkeys } from './passkeys.ts';

/** `last`: no other way to sign in would be left, so it stays. */
export type Removed = 'removed' | 'missing' | 'last';

export interface OwnWaysIn {
  of(userId: string): Promise<WaysIn>;
  /** Ends the link to a provider, or the password. [SEC-34] */
  unlink(userId: string, way: string): Promise<Removed>;
  removePasskey(userId: string, id: string): Promise<Removed>;
}

interface WaysInParts {
  connection: Connection;
  /** The ids of the providers that people can sign in by now. */
  providers: readonly string[];
  passkeys: Passkeys;
}

/** How a person can sign in: by a password, providers and passkeys, of which at least one stays. [SEC-34] */
export function createWaysIn({ connection, providers, passkeys }: WaysInParts): OwnWaysIn {
  const accounts = connection.collection('account');
  const keys = connection.collection<{ _id: string; userId: Types.ObjectId }>('passkeys');

  async function waysOf(userId: string): Promise<WaysIn> {
    const options = { projection: { providerId: 1 }, maxTimeMS: QUERY_LIMIT_MS };
    const rows = await inTime(accounts.find({ userId: new Types.ObjectId(userId) }, options).toArray());
    const linked = rows.map((row) => String(row['providerId']));
    return {
      password: linked.includes('credential'),
      // A provider that is no longer configured opens nothing.
      linked: providers.filter((id) => linked.includes(id)),
      passkeys: await passkeys.of(userId),
    };
  }

  async function hasAny(userId: string): Promise<boolean> {
    const { password, linked, passkeys: own } = await waysOf(userId);
    return password || linked.length + own.length > 0;
  }

  return {
    of: waysOf,
    async unlink(userId, way) {
      const providerId = way === 'password' ? 'credential' : way;
      const filter = { userId: new Types.ObjectId(userId), providerId };
      const row = await inTime(accounts.findOne(filter, { maxTimeMS: QUERY_LIMIT_MS }));
      if (row === null) return 'missing';
      await inTime(accounts.deleteMany(filter));
      // Checked afterwards, because two simultaneous removals must not each rely on what the other one removes.
      if (await hasAny(userId)) return 'removed';
      await inTime(accounts.insertOne(row));
      return 'last';
    },
    async removePasskey(userId, id) {
      const filter = { _id: id, userId: new Types.ObjectId(userId) };
      const row = await inTime(keys.findOne(filter, { maxTimeMS: QUERY_LIMIT_MS }));
      if (row === null) return 'missing';
      await inTime(keys.deleteOne(filter));
      if (await hasAny(userId)) return 'removed';
      await inTime(keys.insertOne(row));
      return 'last';
    },
  };
}
