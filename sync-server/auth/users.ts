import { type Connection, Types } from 'mongoose';
import type { UserId } from '#protocol/ids.ts';
import { ANSWER_MS, inTime } from './deadline.ts';

/** Names are read for every op that adds people, so they get less time than a whole request. */
const MAX_PROFILES_MS = 1_000;

export interface Profile {
  name: string;
  avatar?: string;
  about?: string;
}

/** Stored people, by id and by address. Every call rejects when the database does not answer in time. */
export interface Users {
  /** For streams; it has the same shape as their `People`. Unknown ids are absent from the result. */
  find(ids: readonly UserId[]): Promise<Map<UserId, Profile>>;
  /** Null if nobody has this address. */
  idByAddress(email: string): Promise<string | null>;
  /** The person's address. Null if there is no such person. */
  address(userId: string): Promise<{ email: string; isVerified: boolean } | null>;
  /** What is stored about a person, for themselves. Null if there is no such person. */
  account(
    userId: UserId,
  ): Promise<{ id: UserId; name: string; email: string; about?: string; createdAt?: Date } | null>;
  /** Whether a code is required after the password. */
  hasTwoFactor(userId: string): Promise<boolean>;
  /** Whether they are suspended, about to be deleted, or gone, so that nothing is sent in their name. */
  isBarred(userId: UserId): Promise<boolean>;
  /** For a sign-up whose user was never written: nobody can reach its credentials. */
  removeCredentials(userId: string): Promise<void>;
}

/** What the accounts' library stores about a person, as far as it is read here. */
export interface UserRow {
  _id: Types.ObjectId;
  name: string;
  email: string;
  emailVerified?: boolean;
  createdAt?: Date;
  twoFactorEnabled?: boolean;
  image?: string | null;
  about?: string | null;
}

export function createUsers(connection: Connection): Users {
  // Without mongoose's models, because the accounts' library owns these documents.
  const rows = connection.collection<UserRow>('user');
  return {
    async find(ids) {
      const known = ids
        .filter((id) => Types.ObjectId.isValid(id) && id.length === 24)
        .map((id) => new Types.ObjectId(id));
      if (known.length === 0) return new Map();
      const options = { projection: { name: 1, image: 1, about: 1 }, maxTimeMS: MAX_PROFILES_MS };
      const found = await inTime(rows.find({ _id: { $in: known } }, options).toArray());
      return new Map(found.map((row) => [row._id.toHexString() as UserId, profileOf(row)]));
    },
    async idByAddress(email) {
      const options = { projection: { _id: 1 }, maxTimeMS: ANSWER_MS };
      const owner = await inTime(rows.findOne({ email: email.toLowerCase() }, options));
      return owner?._id.toHexString() ?? null;
    },
    async address(userId) {
      const options = { projection: { email: 1, emailVerified: 1 }, maxTimeMS: ANSWER_MS };
      const row = await inTime(rows.findOne({ _id: new Types.ObjectId(userId) }, options));
      return row === null ? null : { email: row.email, isVerified: row.emailVerified === true };
    },
    async account(userId) {
      const options = { projection: { name: 1, email: 1, about: 1, createdAt: 1 }, maxTimeMS: ANSWER_MS };
      const row = await inTime(rows.findOne({ _id: new Types.ObjectId(userId) }, options));
      if (row === null) return null;
      const { name, email, about, createdAt } = row;
      const said = typeof about === 'string' ? { about } : {};
      return { id: userId, name, email, ...said, ...(createdAt === undefined ? {} : { createdAt }) };
    },
    async hasTwoFactor(userId) {
      const options = { projection: { twoFactorEnabled: 1 }, maxTimeMS: ANSWER_MS };
      const row = await inTime(rows.findOne({ _id: new Types.ObjectId(userId) }, options));
      return row?.twoFactorEnabled === true;
    },
    async isBarred(userId) {
      const isFree = { suspendedAt: { $exists: false }, deletedAfter: { $exists: false } };
      const filter = { _id: new Types.ObjectId(userId), ...isFree };
      return (await inTime(rows.findOne(filter, { projection: { _id: 1 }, maxTimeMS: ANSWER_MS }))) === null;
    },
    async removeCredentials(userId) {
      await connection.collection('account').deleteMany({ userId: new Types.ObjectId(userId) });
    },
  };
}

export function profileOf({ name, image, about }: Pick<UserRow, 'name' | 'image' | 'about'>): Profile {
  return {
    name,
    ...(typeof image === 'string' ? { avatar: image } : {}),
    ...(typeof about === 'string' ? { about } : {}),
  };
}
