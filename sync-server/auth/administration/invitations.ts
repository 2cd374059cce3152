import { createHash, randomBytes } from 'node:crypto';
import type { Connection } from 'mongoose';
import { inTime } from '#server/auth/deadline.ts';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';

/** How long an invitation lets its reader sign up. */
export const INVITATION_MS = 7 * 86_400_000;
/** The most open invitations; more would be forgotten ones. */
const MAX_OPEN = 200;

interface InvitationRow {
  /** Only the hash of the code, so that nobody can sign up with something read from the database. */
  _id: string;
  madeAt: number;
  expiresAt: number;
  /** Present if somebody has signed up with it, or is about to. */
  takenAt?: number;
}

export interface Invitations {
  /** Makes an invitation for one account. The code is shown once. Null if too many are open. */
  make(): Promise<string | null>;
  /** The invitations that can still be used, newest first. */
  open(): Promise<{ id: string; madeAt: number; expiresAt: number }[]>;
  withdraw(id: string): Promise<void>;
  /** Uses the code up. False if there is no such invitation now. */
  take(code: string): Promise<boolean>;
  /** The account was not made, so the code can be used again. */
  giveBack(code: string): Promise<void>;
}

/** Invitations to sign up on a server that is not open to everybody. [AC5] */
export function createInvitations(connection: Connection, now: () => number): Invitations {
  const rows = connection.collection<InvitationRow>('invitations');
  const usable = () => ({ expiresAt: { $gt: now() }, takenAt: { $exists: false } });
  return {
    async make() {
      await inTime(rows.deleteMany({ expiresAt: { $lte: now() } }));
      if ((await inTime(rows.find(usable(), { maxTimeMS: QUERY_LIMIT_MS }).toArray())).length >= MAX_OPEN) return null;
      const code = randomBytes(18).toString('base64url');
      await inTime(rows.insertOne({ _id: hashOf(code), madeAt: now(), expiresAt: now() + INVITATION_MS }));
      return code;
    },
    async open() {
      const found = await inTime(rows.find(usable(), { maxTimeMS: QUERY_LIMIT_MS }).toArray());
      return found
        .map(({ _id, madeAt, expiresAt }) => ({ id: _id, madeAt, expiresAt }))
        .toSorted((a, b) => b.madeAt - a.madeAt);
    },
    async withdraw(id) {
      await inTime(rows.deleteOne({ _id: id }));
    },
    async take(code) {
      // The row stays until its week is over, so that it can be given back as it was, or withdrawn meanwhile.
      const update = { $set: { takenAt: now() } };
      return (await inTime(rows.updateOne({ _id: hashOf(code), ...usable() }, update))).matchedCount === 1;
    },
    async giveBack(code) {
      await inTime(rows.updateOne({ _id: hashOf(code) }, { $unset: { takenAt: 1 } }));
    },
  };
}

const hashOf = (code: string) => createHash('sha256').update(code).digest('base64url');
