import { betterAuth } from 'better-auth';
import { mongodbAdapter } from 'better-auth/adapters/mongodb';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { type Connection, Types } from 'mongoose';
import { nameKeys } from './name-search.ts';
import { scopes } from './request-scope.ts';

/** Set by us alone, from the peer's address. */
export const ADDRESS_HEADER = 'x-tl-client-ip';
const SESSION_SECONDS = 30 * 86_400;
const REFRESHED_AFTER_SECONDS = 86_400;

export interface BetterAuthOptions {
  connection: Connection;
  secret: string;
  /** What the library takes for its own address; requests are handed to it under this one. */
  baseURL: string;
  isSecure: boolean;
}

export type BetterAuth = ReturnType<typeof createBetterAuth>;

/** better-auth as TeamLink uses it: e-mail and password, sessions in the database, nothing else. */
export function createBetterAuth({ connection, secret, baseURL, isSecure }: BetterAuthOptions) {
  const { db } = connection;
  if (db === undefined) throw new Error('the database is not connected');
  return betterAuth({
    baseURL,
    basePath: '/api/auth',
    secret,
    // mongoose and better-auth name one driver by two paths of types. A lone mongod has no transactions.
    database: mongodbAdapter(db as never, { client: connection.getClient(), transaction: false }),
    telemetry: { enabled: false },
    // It logs addresses; what fails is thrown to us instead, and logged without its message. [SEC-52]
    logger: { disabled: true },
    onAPIError: { throw: true },
    emailAndPassword: { enabled: true, autoSignIn: true, password: passwords },
    session: {
      expiresIn: SESSION_SECONDS,
      updateAge: REFRESHED_AFTER_SECONDS,
      // One's devices are listed by any session that stands, however old.
      freshAge: 0,
      // A session in a cookie outlives its revocation. [SEC-24]
      cookieCache: { enabled: false },
    },
    user: {
      additionalFields: {
        findable: { type: 'boolean', required: false, defaultValue: true },
        nameFolded: hidden('string'),
        nameKey: hidden('string'),
        nameGrams: hidden('string[]'),
      },
      changeEmail: { enabled: false },
      deleteUser: { enabled: false },
    },
    // Counted by attempts.ts: the library's own counter knows no accounts, and no failures from successes.
    rateLimit: { enabled: false },
    advanced: {
      // Otherwise it would put `__Secure-` before the name.
      useSecureCookies: false,
      cookiePrefix: `${isSecure ? '__Host-' : ''}teamlink`,
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      trustedProxyHeaders: false,
      // Its checks are off in tests unless said otherwise.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    databaseHooks: {
      user: { create: { before: completeUser }, update: { before: renameUser } },
      account: { create: { before: onlyOnce } },
      session: { delete: { after: noteEnded } },
    },
  });
}

function hidden<T extends 'string' | 'string[]'>(type: T) {
  return { type, required: false, input: false, returned: false } as const;
}

/** The library's own functions; while they work, the database isn't being waited for. */
const passwords = {
  async hash(password: string) {
    const scope = scopes.getStore();
    const hash = await (scope?.deadline.uncounted(() => hashPassword(password)) ?? hashPassword(password));
    if (scope?.signUp !== undefined) scope.signUp.hash = hash;
    return hash;
  },
  verify(given: { hash: string; password: string }) {
    const deadline = scopes.getStore()?.deadline;
    return deadline === undefined ? verifyPassword(given) : deadline.uncounted(() => verifyPassword(given));
  },
};

interface HookContext {
  context: {
    internalAdapter: { createAccount(account: Record<string, unknown>): Promise<unknown> };
    session?: unknown;
  };
}

/**
 * The library writes the user first and the credentials second. Killed between the two, it would leave an address that
 * nobody can sign up with or into. Here the credentials are written first, under the user's id to be, and the user, whose
 * address is unique, is the moment from which the account exists, complete.
 */
async function completeUser(user: { name: string; email: string }, context: unknown) {
  const signUp = scopes.getStore()?.signUp;
  if (signUp?.hash === undefined) throw new Error('a user is made by signing up only');
  const id = new Types.ObjectId().toHexString();
  const { internalAdapter } = (context as HookContext).context;
  await internalAdapter.createAccount({ userId: id, accountId: id, providerId: 'credential', password: signUp.hash });
  signUp.userId = id;
  return { data: { ...user, id, findable: true, ...nameKeys(user.name, id) } };
}

/** The library's own turn at the credentials: they stand already. */
function onlyOnce(): Promise<false | undefined> {
  return Promise.resolve(scopes.getStore()?.signUp?.userId === undefined ? undefined : false);
}

/** What a name is found by changes with the name, in one write. */
function renameUser(change: { name?: unknown }, context: unknown) {
  if (typeof change.name !== 'string') return Promise.resolve();
  const session = (context as HookContext | null)?.context.session as { user?: { id?: unknown } } | null | undefined;
  const id = session?.user?.id;
  if (typeof id !== 'string') throw new Error('a name is changed by its person only');
  return Promise.resolve({ data: nameKeys(change.name, id) });
}

function noteEnded(session: { id: string }): Promise<void> {
  scopes.getStore()?.ended.push(session.id);
  return Promise.resolve();
}
