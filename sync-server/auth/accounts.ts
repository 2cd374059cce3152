import type { Connection } from 'mongoose';
import type { Failure } from '#protocol/errors.ts';
import type { UsersAnswer } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Log } from '#server/logging.ts';

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
  log: Log;
}

export declare function createAccounts(options: AccountsOptions): Promise<Accounts>;
