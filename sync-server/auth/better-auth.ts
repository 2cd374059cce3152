import { betterAuth } from 'better-auth';
import { mongodbAdapter } from 'better-auth/adapters/mongodb';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { twoFactor } from 'better-auth/plugins';
import { type Connection, Types } from 'mongoose';
import type { SignInOptions } from '#protocol/account.ts';
import { createAdmission } from './admission.ts';
import { isOfDomain } from './domains.ts';
import { claimAddress } from './claim-address.ts';
import { LINK_SECONDS } from './account-emails.ts';
import { nameKeys } from './name-search.ts';
import type { Passkeys } from './passkeys.ts';
import { type UntranslatedEmail, scopes } from './request-scope.ts';
import { signInByPasskey } from './sign-in-by-passkey.ts';
import type { SignInProvider } from './sign-in-providers.ts';
import { FAILED_PATH, nameOf, signInWith } from './sign-in-with.ts';
import { createTakeCode } from './used-codes.ts';

/** Set only by us, to the client's address. */
export const ADDRESS_HEADER = 'x-tl-client-ip';
const SESSION_SECONDS = 30 * 86_400;
const REFRESHED_AFTER_SECONDS = 86_400;
const RESET_SECONDS = 3_600;

export interface BetterAuthOptions {
  connection: Connection;
  secret: string;
  /** The library's own address, under which it gets its requests. */
  baseURL: string;
  isSecure: boolean;
  providers: readonly SignInProvider[];
  signUp: SignInOptions['signUp'];
  /** The domains whose addresses may sign up, and sign in once they are confirmed. Absent: all. */
  domains: readonly string[] | undefined;
  passkeys: Passkeys;
}

export type BetterAuth = ReturnType<typeof createBetterAuth>;

/** better-auth as TeamLink uses it: email with password, and sessions in the database. */
export function createBetterAuth(options: BetterAuthOptions) {
  const { connection, secret, baseURL, isSecure, providers, domains, passkeys } = options;
  const { db } = connection;
  if (db === undefined) throw new Error('the database is not connected');
  return betterAuth({
    baseURL,
    basePath: '/api/auth',
    secret,
    // mongoose and better-auth type the same driver differently. A standalone mongod has no transactions.
    database: mongodbAdapter(db as never, { client: connection.getClient(), transaction: false }),
    telemetry: { enabled: false },
    // It would log addresses. Failures are thrown to us instead, and logged without their message. [SEC-52]
    logger: { disabled: true },
    onAPIError: { throw: true, errorURL: FAILED_PATH },
    plugins: [
      // A person who signs in with a provider has proved their identity there. [AC6]
      twoFactor({ issuer: 'TeamLink' }),
      signInByPasskey(passkeys),
      ...(providers.length === 0 ? [] : [signInWith(providers, options.signUp === 'open')]),
    ],
    // An address joins two accounts only if both sides have verified it, which is the library’s default too. [SEC-20]
    account: {
      updateAccountOnSignIn: false,
      // A person who links an account while signed in may have another address there.
      accountLinking: { enabled: true, requireLocalEmailVerified: true, allowDifferentEmails: true },
    },
    emailAndPassword: {
      enabled: true,
      // A new address of a domain is confirmed first. [AC7]
      autoSignIn: domains === undefined,
      password: passwords,
      sendResetPassword: noteReset,
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      // Everybody who had the old password is signed out everywhere. [SEC-23]
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: ({ user }) => (user.emailVerified ? Promise.resolve() : claimAddress(connection, user.id)),
    },
    emailVerification: {
      expiresIn: LINK_SECONDS,
      // Called only for a new address for which the current one has agreed, or does not have to.
      sendVerificationEmail: ({ user, token }) => begin({ kind: 'verify-change', address: user.email, token }),
    },
    // Tokens cannot be read from the database.
    verification: { storeIdentifier: 'hashed' },
    session: {
      expiresIn: SESSION_SECONDS,
      updateAge: REFRESHED_AFTER_SECONDS,
      // Any valid session may list its person's devices, however old it is.
      freshAge: 0,
      // A session cached in a cookie would outlive its revocation. [SEC-24]
      cookieCache: { enabled: false },
    },
    user: {
      additionalFields: {
        findable: { type: 'boolean', required: false, defaultValue: true },
        about: { type: 'string', required: false },
        nameFolded: hidden('string'),
        nameKey: hidden('string'),
        nameGrams: hidden('string[]'),
        nameKeysVersion: hidden('number'),
      },
      changeEmail: {
        enabled: true,
        // [SEC-29]
        sendChangeEmailConfirmation: ({ user, newEmail, token }) =>
          begin({ kind: 'confirm-change', address: user.email, newAddress: newEmail, token }),
      },
      deleteUser: { enabled: false },
    },
    // attempts.ts counts: the library's own counter tells neither accounts apart nor failures from successes.
    rateLimit: { enabled: false },
    advanced: {
      // Otherwise the library would prefix the name with `__Secure-`.
      useSecureCookies: false,
      cookiePrefix: `${isSecure ? '__Host-' : ''}teamlink`,
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      trustedProxyHeaders: false,
      // Without these settings the library skips its checks in tests.
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    databaseHooks: {
      user: {
        create: { before: (user, context) => completeUser(user, context, domains) },
        update: { before: renameUser },
      },
      account: { create: { before: keepWhatIsNeeded } },
      session: {
        create: createAdmission({
          connection,
          takeCode: createTakeCode(connection),
          needsAddress: domains !== undefined,
        }),
        delete: { after: noteEnded },
      },
    },
  });
}

function hidden<T extends 'string' | 'string[]' | 'number'>(type: T) {
  return { type, required: false, input: false, returned: false } as const;
}

/** The library's own functions. The deadline stops while they run, because that is not the database's delay. */
const passwords = {
  async hash(password: string) {
    const scope = scopes.getStore();
    const hash = await (scope?.deadline.uncounted(() => hashPassword(password)) ?? hashPassword(password));
    if (scope?.signUp !== undefined) scope.signUp.hash = hash;
    return hash;
  },
  verify(given: { hash: string; password: string }) {
    const scope = scopes.getStore();
    if (scope !== undefined) scope.checkedHash = given.hash;
    const deadline = scope?.deadline;
    return deadline === undefined ? verifyPassword(given) : deadline.uncounted(() => verifyPassword(given));
  },
};

interface NewUser {
  name: string;
  email: string;
  emailVerified?: boolean;
}

/** A person who came from a provider. Their account there is linked next; if that fails, their verified address links it later. */
async function completeGuest(user: NewUser, domains: readonly string[] | undefined) {
  if (domains !== undefined && !(user.emailVerified === true && isOfDomain(user.email, domains))) return false;
  const id = new Types.ObjectId().toHexString();
  const name = nameOf(user);
  if (user.emailVerified !== true) await begin({ kind: 'verify', userId: id });
  return { data: { ...user, id, name, image: null, findable: true, ...nameKeys(name, id) } };
}

interface HookContext {
  context: {
    internalAdapter: { createAccount(account: Record<string, unknown>): Promise<unknown> };
    session?: unknown;
  };
}

/**
 * The library writes the user first and the credentials second. If it were killed between the two, nobody could sign up
 * with that address or sign in to it. Here the credentials are written first, under the user's future id, and the account
 * exists, complete, once the user is written, whose address is unique.
 */
async function completeUser(user: NewUser, context: unknown, domains: readonly string[] | undefined) {
  const signUp = scopes.getStore()?.signUp;
  if (signUp === undefined) return completeGuest(user, domains);
  if (signUp.hash === undefined) throw new Error('users are created only by signing up');
  const id = new Types.ObjectId().toHexString();
  const { internalAdapter } = (context as HookContext).context;
  await internalAdapter.createAccount({ userId: id, accountId: id, providerId: 'credential', password: signUp.hash });
  signUp.userId = id;
  await begin({ kind: 'verify', userId: id });
  return { data: { ...user, id, findable: true, ...nameKeys(user.name, id) } };
}

/** Keeps the library from writing the credentials a second time, and a provider’s keys, which nobody needs, at all. */
function keepWhatIsNeeded(): Promise<false | { data: object }> {
  if (scopes.getStore()?.signUp?.userId !== undefined) return Promise.resolve(false);
  return Promise.resolve({ data: { accessToken: undefined, refreshToken: undefined, idToken: undefined } });
}

/** A name's search keys change with the name, in one write. A new address was confirmed by the person who reads it. [SEC-29] */
function renameUser(change: { name?: unknown; email?: unknown }, context: unknown) {
  if (typeof change.email === 'string') return Promise.resolve({ data: { emailVerified: true } });
  if (typeof change.name !== 'string') return Promise.resolve();
  const session = (context as HookContext | null)?.context.session as { user?: { id?: unknown } } | null | undefined;
  const id = session?.user?.id;
  if (typeof id !== 'string') throw new Error('only its person can change a name');
  return Promise.resolve({ data: nameKeys(change.name, id) });
}

function begin(email: UntranslatedEmail): Promise<void> {
  scopes.getStore()?.emails.push(email);
  return Promise.resolve();
}

function noteReset({ user, token }: { user: { email: string }; token: string }): Promise<void> {
  const scope = scopes.getStore();
  if (scope !== undefined) scope.reset = { to: user.email, token };
  return Promise.resolve();
}

function noteEnded(session: { id: string }): Promise<void> {
  scopes.getStore()?.ended.push(session.id);
  return Promise.resolve();
}
