import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { type Connection, Types } from 'mongoose';
import type { PasskeyAnswer, ShownPasskey } from '#protocol/ways-in.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { createChallenges } from './challenges.ts';
import { isUnavailable, inTime } from './deadline.ts';

const MAX_PER_PERSON = 20;

interface PasskeyRow {
  /** The id that the device gave it. */
  _id: string;
  userId: Types.ObjectId;
  /** In base64url. */
  publicKey: string;
  /** How often it was used, as counted by the device; 0 if the device does not count. */
  counter: number;
  name: string;
  /** Milliseconds since 1970, like the next field. */
  createdAt: number;
  usedAt?: number;
}

export type Added = 'added' | 'refused' | 'too many';

/** Passkeys: keys that a person's devices store, and use only after a face, a fingerprint or a code. [SEC-33] */
export interface Passkeys {
  /** What the browser needs to make one, as WebAuthn's creation options in JSON. The origin is that of the page. */
  creationOptions(person: { id: string; name: string; email: string }, origin: string): Promise<object>;
  add(userId: string, name: string, answer: PasskeyAnswer, origin: string): Promise<Added>;
  /** What the browser needs to sign in with any of them, as WebAuthn's request options in JSON. */
  requestOptions(origin: string): Promise<object>;
  /** The person whose passkey answered, or null. Each challenge can be answered once. */
  verify(answer: PasskeyAnswer, origin: string): Promise<string | null>;
  /** Oldest first. */
  of(userId: string): Promise<ShownPasskey[]>;
  /** False if it is not theirs, or does not exist. */
  rename(userId: string, id: string, name: string): Promise<boolean>;
}

export function createPasskeys(connection: Connection): Passkeys {
  const rows = connection.collection<PasskeyRow>('passkeys');
  const challenges = createChallenges(connection);
  const ownedBy = (userId: string) =>
    inTime(rows.find({ userId: new Types.ObjectId(userId) }, { maxTimeMS: QUERY_LIMIT_MS }).toArray());

  return {
    async creationOptions({ id, name, email }, origin) {
      const options = await generateRegistrationOptions({
        rpName: 'TeamLink',
        rpID: new URL(origin).hostname,
        userID: new Uint8Array(Buffer.from(id)),
        userName: email,
        userDisplayName: name,
        attestationType: 'none',
        // A second one on the same device would only replace the first one in its list.
        excludeCredentials: (await ownedBy(id)).map(({ _id }) => ({ id: _id })),
        // The browser finds it without an address, and only a person who can unlock the device can use it, which makes it two
        // factors in one.
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      await challenges.keep(options.challenge, id);
      return options;
    },
    async add(userId, name, answer, origin) {
      const made = await unlessWrong(() =>
        verifyRegistrationResponse({
          response: answer as never,
          expectedChallenge: (challenge) => challenges.take(challenge, userId),
          expectedOrigin: origin,
          expectedRPID: new URL(origin).hostname,
          requireUserVerification: true,
        }),
      );
      if (made?.verified !== true) return 'refused';
      if ((await ownedBy(userId)).length >= MAX_PER_PERSON) return 'too many';
      const { id, publicKey, counter } = made.registrationInfo.credential;
      // An id that somebody else already has is refused.
      const { upsertedCount } = await inTime(
        rows.updateOne(
          { _id: id },
          {
            $setOnInsert: {
              userId: new Types.ObjectId(userId),
              publicKey: Buffer.from(publicKey).toString('base64url'),
              counter,
              name,
              createdAt: Date.now(),
            },
          },
          { upsert: true },
        ),
      );
      return upsertedCount === 1 ? 'added' : 'refused';
    },
    async requestOptions(origin) {
      const options = await generateAuthenticationOptions({
        rpID: new URL(origin).hostname,
        userVerification: 'required',
      });
      await challenges.keep(options.challenge, null);
      return options;
    },
    async verify(answer, origin) {
      const row = await inTime(rows.findOne({ _id: answer.id }, { maxTimeMS: QUERY_LIMIT_MS }));
      if (row === null) return null;
      const used = await unlessWrong(() =>
        verifyAuthenticationResponse({
          response: answer as never,
          expectedChallenge: (challenge) => challenges.take(challenge, null),
          expectedOrigin: origin,
          expectedRPID: new URL(origin).hostname,
          credential: {
            id: row._id,
            publicKey: new Uint8Array(Buffer.from(row.publicKey, 'base64url')),
            counter: row.counter,
          },
          requireUserVerification: true,
        }),
      );
      if (used?.verified !== true) return null;
      const { newCounter } = used.authenticationInfo;
      const update = { $set: { counter: newCounter, usedAt: Date.now() } };
      // It may have been removed meanwhile.
      const { matchedCount } = await inTime(rows.updateOne({ _id: row._id, userId: row.userId }, update));
      return matchedCount === 1 ? row.userId.toHexString() : null;
    },
    async of(userId) {
      const owned = (await ownedBy(userId)).toSorted((a, b) => a.createdAt - b.createdAt);
      return owned.map(({ _id, name, createdAt, usedAt }) => ({
        id: _id,
        name,
        createdAt,
        ...(usedAt === undefined ? {} : { usedAt }),
      }));
    },
    async rename(userId, id, name) {
      const filter = { _id: id, userId: new Types.ObjectId(userId) };
      return (await inTime(rows.updateOne(filter, { $set: { name } }))).matchedCount === 1;
    },
  };
}

/** The library throws for any wrong answer; only a database that does not answer is not the client's fault. */
async function unlessWrong<T>(verify: () => Promise<T>): Promise<T | null> {
  try {
    return await verify();
  } catch (error) {
    if (isUnavailable(error)) throw error;
    return null;
  }
}
