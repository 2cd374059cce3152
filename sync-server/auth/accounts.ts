import { type Connection, Types } from 'mongoose';
import * as v from 'valibot';
import type { Failure } from '#protocol/errors.ts';
import type { UsersAnswer } from '#protocol/http.ts';
import { UserId } from '#protocol/ids.ts';
import { defect, unavailable } from './answers.ts';
import { createAttempts } from './attempts.ts';
import { withContexts } from './contexts.ts';
import { createDeadline, isUnavailable } from './deadline.ts';
import { createDirectory } from './directory.ts';
import { createGate } from './gate.ts';
import { createKnownDevices, readCookie } from './known-device.ts';
import { createLibrary } from './better-auth.ts';
import { removeUnfinished } from './unfinished-sign-ups.ts';

export interface Session {
  id: string;
  userId: UserId;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface AccountsEvents {
  /** Sessions ended (sign-out, revocation, change of password): their sockets must close within 2 s. [LV6] [SEC-23] */
  sessionsEnded(sessionIds: readonly string[], reason: string): void;
  /** A name or picture changed: every member record must follow. [RC5] */
  profileChanged(userId: UserId): void;
}

export interface Accounts {
  /** For streams, structurally its `People`. Unknown ids are absent from the answer. */
  readonly people: { find(ids: readonly UserId[]): Promise<Map<UserId, { name: string; avatar?: string }>> };
  /** Answers everything under `/api/auth/`. The address is the peer's as Fastify knows it; no header decides it. [SEC-22] */
  handle(request: Request, clientAddress: string): Promise<Response>;
  /** The session that a Cookie header names, or null. Rejects only when the database does not answer. */
  session(cookie: string | undefined): Promise<Session | null>;
  /** Which of these sessions still stand: the net behind the events. Rejects when the database does not answer. */
  standing(sessionIds: readonly string[]): Promise<Set<string>>;
  /** `GET /api/users`, its query unparsed. Rejects only when the database does not answer. [HT3] */
  users(caller: { userId: UserId }, query: unknown, clientAddress: string): Promise<UsersAnswer | Failure>;
}

/** What accounts log with, structurally the server's Log: this layer imports nothing of the wiring. */
export interface AccountsLog {
  info(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

export interface AccountsOptions {
  connection: Connection;
  /** Signs the session cookies; at least 32 characters. */
  secret: string;
  /** The one origin that browsers see; undefined: the origin that a request was itself sent to. */
  publicOrigin: string | undefined;
  /** Cookies get `Secure` and the `__Host-` prefix. */
  isSecure: boolean;
  directory: 'open' | 'closed';
  rateLimit: boolean;
  /** Milliseconds since 1970, for the limits. */
  now: () => number;
  events: AccountsEvents;
  log: AccountsLog;
}

/** How long the database may take for one request before the answer is `unavailable`. [REL-06] */
const ANSWER_MS = 4_500;

export async function createAccounts(options: AccountsOptions): Promise<Accounts> {
  const { connection, secret, publicOrigin, isSecure, events, log } = options;
  const users = connection.collection('user');
  const sessions = connection.collection('session');
  // Any origin serves: requests are handed over under this one, after ours was checked.
  const library = createLibrary({ connection, secret, baseURL: publicOrigin ?? 'http://localhost', isSecure });
  const { authCookies } = await library.$context;
  const attempts = createAttempts(options.now, options.rateLimit);
  const directory = createDirectory({ users, isOpen: options.directory === 'open', attempts });
  await removeUnfinished(connection, log);

  const inTime = <T>(promise: Promise<T>) => createDeadline(ANSWER_MS).bound(promise);

  async function session(cookie: string | undefined): Promise<Session | null> {
    const { name } = authCookies.sessionToken;
    const value = readCookie(cookie, name);
    if (value === null || !/^[\x21-\x7e]+$/.test(value)) return null;
    const headers = new Headers({ cookie: `${name}=${value}` });
    // Not refreshed here: only an answer to the browser could carry the new cookie.
    const asking = withContexts(() => library.api.getSession({ headers, query: { disableRefresh: true } }));
    const found = await inTime(asking);
    if (found === null || !v.is(UserId, found.user.id)) return null;
    return { id: found.session.id, userId: found.user.id as UserId, expiresAt: found.session.expiresAt.getTime() };
  }

  const standing = async (ids: readonly string[]) => {
    const known = ids.filter((id) => /^[0-9a-f]{24}$/.test(id)).map((id) => new Types.ObjectId(id));
    const query = { _id: { $in: known }, expiresAt: { $gt: new Date() } };
    const found = await inTime(sessions.find(query, { projection: { _id: 1 }, maxTimeMS: ANSWER_MS }).toArray());
    return new Set(found.map(({ _id }) => _id.toHexString()));
  };

  const gate = createGate({
    library,
    connection,
    publicOrigin,
    attempts,
    devices: createKnownDevices(secret, isSecure),
    answerMs: ANSWER_MS,
    session,
    events,
  });

  return {
    people: { find: (ids) => inTime(directory.find(ids)) },
    users: (caller, query, clientAddress) => inTime(directory.users(caller, query, clientAddress)),
    session,
    standing,
    async handle(request, clientAddress) {
      try {
        return await gate(request, clientAddress);
      } catch (error) {
        if (isUnavailable(error)) return unavailable();
        // `err` is written without its message, which may hold an address. [SEC-52]
        log.error({ err: error }, 'an account request failed');
        return defect();
      }
    },
  };
}
