import type * as v from 'valibot';
import type { Attempt, Attempts } from '#server/auth/attempts.ts';
import type { AddressClaims } from '#server/auth/address-claims.ts';
import type { Administration } from '#server/auth/administration/open-administration.ts';
import type { Closing } from '#server/auth/closing.ts';
import type { EndSessions } from '#server/auth/end-sessions.ts';
import type { Freshness } from '#server/auth/freshness.ts';
import type { Passkeys } from '#server/auth/passkeys.ts';
import type { OwnWaysIn } from '#server/auth/ways-in.ts';
import type { KnownDevices } from '#server/auth/known-device.ts';
import type { RequestScope } from '#server/auth/request-scope.ts';
import type { Language, AccountEmail } from '#server/auth/account-emails.ts';
import type { AccountsEvents, Session } from '#server/auth/session.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import type { SignInOptions } from '#protocol/account.ts';
import type { Users } from '#server/auth/users.ts';

type Fields = Record<string, unknown>;

/** A request to an account route after its checks. */
export interface Visit<Body = Fields> {
  /** Parsed; `{}` if the route takes no body. */
  body: Body;
  /** Null if the route requires none, or if it is optional and missing. */
  session: Session | null;
  cookie: string | null;
  agent: string;
  clientAddress: string;
  /** The origin of the page, by the server's settings or, without them, by the address of the request. */
  origin: string;
  /** For emails. */
  language: Language;
}

/** The parts that routes use to answer by themselves. */
export interface AnswerParts {
  users: Users;
  queueEmail(email: AccountEmail): Promise<void>;
  options: SignInOptions;
  claims: AddressClaims;
  closing: Closing;
  freshness: Freshness;
  passkeys: Passkeys;
  waysIn: OwnWaysIn;
  administration: Administration;
  endSessions: EndSessions;
  attempts: Attempts;
  /** Whether this person may show that file as their picture; if so, the file is kept. */
  takePicture(user: UserId, id: MediaId): Promise<boolean>;
}

/**
 * Everything that is specific to one route under `/api/auth/`. The gate walks these fields in this order; the accounts'
 * library does the work between `attempt` and `amend`.
 */
export interface AccountRoute<Body = Fields> {
  method: 'GET' | 'POST';
  /** Exact, below `/api/auth`. */
  path: string;
  /** 403 if the server accepts no new accounts. */
  needsOpenSignUp?: true;
  /** 404 if no emails can be sent. */
  needsEmail?: true;
  /** The schema of the body or, for a GET, of the query. Absent: neither is read. */
  body?: v.GenericSchema<unknown, Body>;
  /** `required`: 401 without one. `optional`: looked up, and may be missing. Absent: not looked up. */
  session?: 'required' | 'optional';
  /** 403 `SESSION_NOT_FRESH` unless the person signed in, or proved their identity, within ten minutes. [SEC-32] */
  needsFresh?: true;
  /** Counts an attempt before it is made. Absent: unlimited. */
  attempt?(visit: Visit<Body>, limits: { attempts: Attempts; devices: KnownDevices }): Attempt;
  /** A success undoes the counted attempt. */
  countsFailuresOnly?: true;
  /** Data for the library's hooks while this request runs. */
  scope?(visit: Visit<Body>): Partial<RequestScope>;
  /** A refusal, or an answer instead of the library's; null calls the library. */
  before?(visit: Visit<Body>, parts: AnswerParts): Promise<Response | null>;
  /** Undoes what `before` did if the library then refused. */
  undo?(visit: Visit<Body>, scope: RequestScope, parts: AnswerParts): Promise<void>;
  /** Answers instead of the library. */
  answer?(visit: Visit<Body>, parts: AnswerParts): Promise<Response>;
  /** Present if the library has a GET with these parameters. A link that changes something must not take effect just by being opened. */
  query?(body: Body): Record<string, string>;
  /** The body for the library, if it differs from the one that was sent. */
  forward?(body: Body): Fields;
  /** The reason that the sockets of sessions receive that this route ends; `revoked` if absent. [LV6] */
  endReason?: string;
  /** Which sessions must be gone after a success; `named` is the one whose token the body holds. [SEC-23] */
  endsSessions?: 'own' | 'others' | 'all' | 'named';
  /** The person's device is remembered after a success, as one that signed in to this address; null: it is not. [SEC-22] */
  remembersDeviceOf?(body: Body, options: SignInOptions): string | null;
  /** Replaces the library's answer; null keeps it. */
  amend?(text: string, visit: Visit<Body>, scope: RequestScope, parts: AnswerParts): Promise<Response | null>;
  /** Runs after a success. */
  after?(visit: Visit<Body>, events: AccountsEvents): void;
}

/** Types a record's functions by its own body. */
export function accountRoute<Body>(route: AccountRoute<Body>): AccountRoute {
  return route as AccountRoute<never>;
}

/** For records with `session: 'required'`: the gate has refused a request without one. */
export function userOf({ session }: Visit<unknown>): string {
  if (session === null) throw new Error('the route does not require a session');
  return session.userId;
}
