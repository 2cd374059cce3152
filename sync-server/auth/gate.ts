import type { Connection } from 'mongoose';
import { Types } from 'mongoose';
import type { AccountsEvents, Session } from './accounts.ts';
import { addressTaken, foreignOrigin, limited, notFound, unauthorized, unavailable } from './answers.ts';
import type { Attempt, Attempts } from './attempts.ts';
import { withContexts } from './contexts.ts';
import { createDeadline } from './deadline.ts';
import type { KnownDevices } from './known-device.ts';
import { ADDRESS_HEADER, type Library } from './better-auth.ts';
import { type Route, isForeign, readBody, routeOf } from './requests.ts';
import { type Scope, scopes } from './request-scope.ts';

const MAX_AGENT = 256;

export interface GateOptions {
  library: Library;
  connection: Connection;
  publicOrigin: string | undefined;
  attempts: Attempts;
  devices: KnownDevices;
  answerMs: number;
  session(cookie: string | undefined): Promise<Session | null>;
  events: AccountsEvents;
}

/** What is known of a request when the library's turn comes. */
interface Visit {
  route: Route;
  body: Record<string, unknown> | null;
  session: Session | null;
  cookie: string | null;
  agent: string;
  clientAddress: string;
}

/**
 * The way of a request under `/api/auth/`: does the route exist, is it from here, is it well formed, who asks, how often —
 * and only then the library, with a request made anew of what was found good. So no header, query or path that somebody
 * thought of reaches it. Rejects where something is broken; refusals are answers.
 */
export function createGate(options: GateOptions): (request: Request, clientAddress: string) => Promise<Response> {
  const { publicOrigin, events } = options;
  return async (request, clientAddress) => {
    const route = routeOf(request);
    if (route === null) return notFound();
    if (isForeign(request, publicOrigin)) return foreignOrigin();
    const read = await readBody(route, request);
    if ('refused' in read) return read.refused;

    const cookie = request.headers.get('cookie');
    const agent = (request.headers.get('user-agent') ?? '').slice(0, MAX_AGENT);
    // The library takes a database that doesn't answer for a missing session; asking first rejects instead.
    const session = needsSession.has(route) ? await options.session(cookie ?? undefined) : null;
    if (session === null && needsSession.has(route) && route !== 'POST /sign-out') return unauthorized();
    const visit: Visit = { route, body: read.body, session, cookie, agent, clientAddress };

    const attempt = attemptOf(visit, options);
    if (attempt.waitMs > 0) return limited(attempt.waitMs);
    const answer = await ask(visit, options).catch((error: unknown) => {
      // What broke was no wrong guess.
      attempt.forgive();
      throw error;
    });
    if (answer.ok ? countsFailuresOnly.has(route) : answer.status >= 500) attempt.forgive();

    if (
      answer.ok &&
      route === 'POST /update-user' &&
      read.body !== null &&
      ('name' in read.body || 'image' in read.body)
    )
      if (session !== null) events.profileChanged(session.userId);
    return answer;
  };
}

const needsSession = new Set<Route>([
  'GET /list-sessions',
  'POST /sign-out',
  'POST /update-user',
  'POST /change-password',
  'POST /revoke-session',
  'POST /revoke-sessions',
  'POST /revoke-other-sessions',
]);

const countsFailuresOnly = new Set<Route>(['POST /sign-in/email', 'POST /change-password']);

function attemptOf(
  { route, body, session, cookie, clientAddress }: Visit,
  { attempts, devices }: GateOptions,
): Attempt {
  const email = addressIn(body);
  if (route === 'POST /sign-in/email') return attempts.signIn(email, devices.read(cookie, email), clientAddress);
  if (route === 'POST /sign-up/email') return attempts.signUp(clientAddress);
  if (session !== null && route === 'POST /change-password') return attempts.password(session.userId);
  if (session !== null && route === 'POST /update-user') return attempts.profileChange(session.userId);
  return { waitMs: 0, forgive: () => undefined };
}

/** The library's answer, within its time; sessions that it ended are announced however it went on. */
async function ask(visit: Visit, options: GateOptions): Promise<Response> {
  const { route, body } = visit;
  const startedAt = new Date();
  const deadline = createDeadline(options.answerMs);
  const scope: Scope = { deadline, ended: [], ...(route === 'POST /sign-up/email' ? { signUp: {} } : {}) };
  const answering = withContexts(() =>
    scopes.run(scope, async () => {
      try {
        return await options.library.handler(innerRequest(visit, options.publicOrigin));
      } finally {
        if (scope.ended.length > 0) options.events.sessionsEnded(scope.ended, reasons[route] ?? 'revoked');
      }
    }),
  );
  const answer = await deadline.bound(answering);
  if (answer.status >= 500) {
    // The library hides why. Where the database is away, asking it again rejects as such.
    await options.session(visit.cookie ?? undefined);
    throw new Error(`the accounts’ library answered ${answer.status}`);
  }

  const headers = new Headers(answer.headers);
  headers.set('cache-control', 'no-store');
  const email = addressIn(body);
  if (answer.ok && email !== '') headers.append('set-cookie', options.devices.issue(email));
  if (answer.ok && (await leftStanding(visit, startedAt, options))) return unavailable();
  const text = await answer.text();
  if (scope.signUp !== undefined && text.includes('FAILED_TO_CREATE_USER')) return failedSignUp(visit, scope, options);
  return new Response(text === '' ? null : text, { status: answer.status, headers });
}

/**
 * The library takes a session that it could not look up for one that is gone, and says yes to a sign-out or a revocation
 * that the database did not hear. So it is looked whether one still stands that should not. [SEC-23]
 */
async function leftStanding(visit: Visit, startedAt: Date, { connection, answerMs }: GateOptions): Promise<boolean> {
  const { route, session, body } = visit;
  if (session === null) return false;
  const [_id, userId] = [new Types.ObjectId(session.id), new Types.ObjectId(session.userId)];
  const meant: Partial<Record<Route, object>> = {
    'POST /sign-out': { _id },
    'POST /revoke-sessions': { userId },
    'POST /revoke-other-sessions': { userId, _id: { $ne: _id } },
    'POST /revoke-session': { userId, token: body?.['token'] },
  };
  const which = meant[route];
  if (which === undefined) return false;
  const standing = { ...which, createdAt: { $lt: startedAt }, expiresAt: { $gt: startedAt } };
  const looking = connection.collection('session').findOne(standing, { projection: { _id: 1 }, maxTimeMS: answerMs });
  return (await createDeadline(answerMs).bound(looking)) !== null;
}

const reasons: Partial<Record<Route, string>> = {
  'GET /get-session': 'expired',
  'POST /sign-out': 'signed_out',
  'POST /change-password': 'password_changed',
};

function innerRequest({ route, body, cookie, agent, clientAddress }: Visit, publicOrigin: string | undefined): Request {
  const origin = publicOrigin ?? 'http://localhost';
  const [method = 'GET', path = ''] = route.split(' ');
  const headers = new Headers({ origin, [ADDRESS_HEADER]: clientAddress });
  if (cookie !== null) headers.set('cookie', cookie);
  if (agent !== '') headers.set('user-agent', agent);
  if (method === 'GET') return new Request(`${origin}/api/auth${path}`, { headers });
  headers.set('content-type', 'application/json');
  // A new password ends every other session, whatever was asked for. [SEC-23]
  const sent = route === 'POST /change-password' ? { ...body, revokeOtherSessions: true } : withoutNull(body);
  return new Request(`${origin}/api/auth${path}`, { method, headers, body: JSON.stringify(sent) });
}

/** At sign-up the library knows a missing picture, but no null. */
function withoutNull(body: Record<string, unknown> | null): Record<string, unknown> {
  const { email, image, ...rest } = body ?? {};
  return {
    ...rest,
    ...(email === undefined ? {} : { email }),
    ...(image === undefined || (image === null && email !== undefined) ? {} : { image }),
  };
}

/**
 * The user was not written: either somebody else had the address a moment earlier, or the database failed. Only in the first
 * case can this sign-up's write never arrive later, so only then are its credentials removed; else the next start does it.
 */
async function failedSignUp(visit: Visit, scope: Scope, { connection, answerMs }: GateOptions): Promise<Response> {
  const email = addressIn(visit.body).toLowerCase();
  const looking = connection.collection('user').findOne({ email }, { projection: { _id: 1 }, maxTimeMS: answerMs });
  const owner = await createDeadline(answerMs).bound(looking);
  if (owner === null) return unavailable();
  const userId = scope.signUp?.userId;
  if (userId !== undefined && owner._id.toHexString() !== userId)
    await connection.collection('account').deleteMany({ userId: new Types.ObjectId(userId) });
  return addressTaken();
}

function addressIn(body: Record<string, unknown> | null): string {
  const email = body?.['email'];
  return typeof email === 'string' ? email : '';
}
