import { createHash } from 'node:crypto';
import type { Connection } from 'mongoose';
import { inTime } from './deadline.ts';

/** Longer than an authenticator app's code is accepted: its own half minute, and the ones before and after it. */
const KEPT_MS = 10 * 60_000;

interface CodeRow {
  /** A hash of person and code, so that the unique index of ids decides which use was first. */
  _id: string;
  usedAt: number;
}

/** Takes a code of an authenticator app, and says whether it was unused. Rejects when the database does not answer. [AC6] */
export type TakeCode = (userId: string, code: string) => Promise<boolean>;

export function createTakeCode(connection: Connection): TakeCode {
  const rows = connection.collection<CodeRow>('used_codes');
  return async (userId, code) => {
    const now = Date.now();
    await inTime(rows.deleteMany({ usedAt: { $lt: now - KEPT_MS } }));
    try {
      await inTime(rows.insertOne({ _id: hashOf(userId, code), usedAt: now }));
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  };
}

const hashOf = (userId: string, code: string) => createHash('sha256').update(`${userId} ${code}`).digest('base64url');

function isDuplicate(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 11_000;
}
