import type { Connection } from 'mongoose';
import { inTime } from './deadline.ts';

/** How long a browser has for the answer. */
const ANSWERED_WITHIN_MS = 5 * 60_000;

interface ChallengeRow {
  _id: string;
  /** The person whose passkey is being created; null for a sign-in. */
  userId: string | null;
  expiresAt: number;
}

export interface Challenges {
  keep(challenge: string, userId: string | null): Promise<void>;
  /** Whether it was stored for this purpose and has not been answered yet. True for one answer only. */
  take(challenge: string, userId: string | null): Promise<boolean>;
}

/** Random values that a passkey signs, so that no signature can be used twice. [SEC-33] */
export function createChallenges(connection: Connection): Challenges {
  const rows = connection.collection<ChallengeRow>('passkey_challenges');
  return {
    async keep(challenge, userId) {
      await inTime(rows.deleteMany({ expiresAt: { $lt: Date.now() } }));
      await inTime(rows.insertOne({ _id: challenge, userId, expiresAt: Date.now() + ANSWERED_WITHIN_MS }));
    },
    async take(challenge, userId) {
      const filter = { _id: challenge, userId, expiresAt: { $gt: Date.now() } };
      return (await inTime(rows.deleteOne(filter))).deletedCount === 1;
    },
  };
}
