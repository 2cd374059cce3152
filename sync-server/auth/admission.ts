import { APIError } from 'better-auth/api';
import { type Connection, Types } from 'mongoose';
import { QUERY_LIMIT_MS } from '#server/database/query-limit.ts';
import { keepAccount } from './closing.ts';
import { scopes } from './request-scope.ts';
import type { TakeCode } from './used-codes.ts';

const SIGN_IN = '/sign-in/email';

export interface Admission {
  /** Called when the password was right or a provider has vouched, so that nobody else learns the answer. [AC4] */
  before(session: { userId: string }): Promise<void>;
  /** Called again once the session is stored; the session is removed if it is refused. */
  after(session: { id: string; userId: string }, context: { path?: string } | null): Promise<void>;
}

interface AdmissionParts {
  connection: Connection;
  takeCode: TakeCode;
  /** Only people who have confirmed their address may. */
  needsAddress: boolean;
}

/**
 * Who may have a session. Code that ends sessions writes the reason first and then removes the sessions. So a sign-in that checks
 * again after its session was stored either sees the reason, or its session was removed. [SEC-23] [SEC-31]
 */
export function createAdmission({ connection, takeCode, needsAddress }: AdmissionParts): Admission {
  const [users, accounts] = [connection.collection('user'), connection.collection('account')];

  async function userRow(userId: string) {
    const projection = { suspendedAt: 1, isEnding: 1, deletedAfter: 1, twoFactorEnabled: 1, emailVerified: 1 };
    const row = await users.findOne({ _id: new Types.ObjectId(userId) }, { projection, maxTimeMS: QUERY_LIMIT_MS });
    if (row === null || row['isEnding'] === true) throw refused();
    if (typeof row['suspendedAt'] === 'number')
      throw new APIError('FORBIDDEN', { code: 'ACCOUNT_SUSPENDED', message: 'This account is suspended' });
    if (needsAddress && row['emailVerified'] !== true)
      throw new APIError('FORBIDDEN', { code: 'EMAIL_NOT_VERIFIED', message: 'Confirm your address first' });
    return row;
  }

  async function confirm(userId: string, path: string | undefined): Promise<void> {
    const checked = scopes.getStore()?.checkedHash;
    if (path === SIGN_IN && checked !== undefined) {
      const filter = { userId: new Types.ObjectId(userId), providerId: 'credential' };
      const row = await accounts.findOne(filter, { projection: { password: 1 }, maxTimeMS: QUERY_LIMIT_MS });
      if (row?.['password'] !== checked) throw refused();
    }
    const row = await userRow(userId);
    // A code is required next, and the password alone must not undo a deletion.
    if (typeof row['deletedAfter'] !== 'number' || (path === SIGN_IN && row['twoFactorEnabled'] === true)) return;
    const isKept = await keepAccount(connection, userId);
    await userRow(userId);
    const scope = scopes.getStore();
    if (scope !== undefined && isKept) scope.hasKeptAccount = true;
  }

  return {
    async before({ userId }) {
      if (scopes.getStore()?.signUp === undefined) await userRow(userId);
    },
    async after({ id, userId }, context) {
      const scope = scopes.getStore();
      if (scope !== undefined) scope.startedSession = id;
      // Nobody else knows a new account yet.
      if (scope?.signUp !== undefined) return;
      try {
        // Somebody who has seen the code must not be able to use it a second time.
        if (scope?.code !== undefined && !(await takeCode(userId, scope.code))) throw usedCode();
        await confirm(userId, context?.path);
      } catch (error) {
        await connection.collection('session').deleteOne({ _id: new Types.ObjectId(id) });
        throw error;
      }
    },
  };
}

/** The same answer as for a wrong password: it is wrong by now, or the account is gone. */
const refused = () =>
  new APIError('UNAUTHORIZED', { code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' });

const usedCode = () => new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'This code was used before' });
