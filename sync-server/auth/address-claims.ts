import { hashPassword, verifyJWT, verifyPassword } from 'better-auth/crypto';
import { type Connection, Types } from 'mongoose';
import { ANSWER_MS, inTime } from './deadline.ts';
import { confirmAddress, removeLinks } from './claim-address.ts';
import type { EndSessions } from './end-sessions.ts';
import type { Users } from './users.ts';

/** The content of a link in an email about an address. */
interface AddressLink {
  userId: string;
  /** The account's address when the link was made. */
  email: string;
  /** The address that the account is to have. */
  updateTo?: string;
  requestType?: string;
}

/** The owner of the account that a confirmed address would complete, and the proof that they need. */
export type AddressClaim = { userId: string; email: string; mayChoosePassword: boolean };

export interface AddressClaims {
  /**
   * What a link confirms that somebody else may have requested: the first confirmation of an account's address, or its new
   * address. Null for every other link, which the library checks. Rejects when the database does not answer.
   */
  claimOf(token: string): Promise<AddressClaim | null>;
  /** Whether this is the account's password. */
  isPassword(userId: string, password: string): Promise<boolean>;
  /** Gives the account its first password. False if it has one. */
  setFirst(userId: string, password: string): Promise<boolean>;
  /** Gives the account to the person who reads its address: only their password opens it from now on. */
  claim(userId: string, newPassword: string): Promise<void>;
}

interface ClaimParts {
  connection: Connection;
  secret: string;
  users: Users;
  endSessions: EndSessions;
}

/**
 * A stranger can sign up with somebody's address and wait until its owner confirms it. So the person who confirms either proves
 * that the account is theirs, by its session or its password, or takes it over. [SEC-31]
 */
export function createAddressClaims({ connection, secret, users, endSessions }: ClaimParts): AddressClaims {
  const accounts = connection.collection('account');
  const options = { maxTimeMS: ANSWER_MS };
  return {
    async claimOf(token) {
      const link = await verifyJWT<AddressLink>(token, secret);
      if (link === null || !/^[0-9a-f]{24}$/.test(link.userId)) return null;
      if (link.requestType === 'change-email-confirmation') return null;
      const address = await users.address(link.userId);
      if (address === null || address.email.toLowerCase() !== link.email) return null;
      const isChange = link.updateTo !== undefined;
      if (!isChange && address.isVerified) return null;
      return { userId: link.userId, email: link.email, mayChoosePassword: !isChange };
    },
    async isPassword(userId, password) {
      const filter = { userId: new Types.ObjectId(userId), providerId: 'credential' };
      const row = await inTime(accounts.findOne(filter, { projection: { password: 1 }, ...options }));
      const hash: unknown = row?.['password'];
      return typeof hash === 'string' && (await verifyPassword({ hash, password }));
    },
    async setFirst(userId, password) {
      const now = new Date();
      const first = { accountId: userId, password: await hashPassword(password), createdAt: now, updatedAt: now };
      const filter = { userId: new Types.ObjectId(userId), providerId: 'credential' };
      const setting = accounts.updateOne(filter, { $setOnInsert: first }, { upsert: true, ...options });
      return (await inTime(setting)).upsertedCount === 1;
    },
    async claim(userId, newPassword) {
      const id = new Types.ObjectId(userId);
      const hash = await hashPassword(newPassword);
      const now = new Date();
      // In this order, because until the address is confirmed, the same link completes what a crash has interrupted.
      await inTime(
        accounts.updateOne(
          { userId: id, providerId: 'credential' },
          { $set: { password: hash, updatedAt: now }, $setOnInsert: { accountId: userId, createdAt: now } },
          { upsert: true, ...options },
        ),
      );
      await inTime(removeLinks(connection, userId));
      // After none of the stranger's credentials opens the account any more.
      await endSessions(userId, 'password_changed');
      await inTime(confirmAddress(connection, userId));
    },
  };
}
