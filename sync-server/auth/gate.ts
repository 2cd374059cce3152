import { KEPT_ACCOUNT_COOKIE } from '#protocol/account.ts';
import {
  foreignOrigin,
  notFound,
  notFresh,
  signUpClosed,
  tooManyAttempts,
  unauthorized,
  unavailable,
} from './answers.ts';
import { type Attempt, unlimited } from './attempts.ts';
import type { AskBetterAuth } from './ask-better-auth.ts';
import type { KnownDevices } from './known-device.ts';
import { type Language, type AccountEmail, languageOf } from './account-emails.ts';
import type { RequestScope } from './request-scope.ts';
import { isForeign, readBody } from './requests.ts';
import type { AnswerParts, AccountRoute, Visit } from './routes/account-route.ts';
import type { FindRoute } from './routes/table.ts';
import type { AccountsEvents } from './session.ts';
import type { Sessions } from './sessions.ts';

const MAX_AGENT = 256;

interface GateParts extends Omit<AnswerParts, 'queueEmail'> {
  findRoute: FindRoute;
  /** Absent if no email can be sent. */
  queueEmail: AnswerParts['queueEmail'] | undefined;
  ask: AskBetterAuth;
  sessions: Sessions;
  publicOrigin: string | undefined;
  devices: KnownDevices;
  events: AccountsEvents;
}

/**
 * The checks of a request under `/api/auth/`: whether the route exists, the origin is ours, the body is well formed, the session
 * is there and the limit is not reached. Only then is the library asked, with a new request built from what passed, so no header,
 * query or path that a client has made up reaches it. Rejects if something is broken; refusals are answers.
 */
export function createGate(parts: GateParts): (request: Request, clientAddress: string) => Promise<Response> {
  const { sessions, publicOrigin, attempts, devices, events, queueEmail, findRoute, options, freshness } = parts;
  return async (request, clientAddress) => {
    const route = findRoute(request);
    if (route === undefined || (route.needsEmail && queueEmail === undefined)) return notFound();
    if (isForeign(request, publicOrigin)) return foreignOrigin();
    if (route.needsOpenSignUp && options.signUp === 'closed') return signUpClosed();
    const read = route.body === undefined ? { body: {} } : await readBody(route.body, request);
    if ('refused' in read) return read.refused;

    const cookie = request.headers.get('cookie');
    const agent = (request.headers.get('user-agent') ?? '').slice(0, MAX_AGENT);
    // If the database does not answer, the library reports a missing session; asking the database first rejects instead.
    const session = route.session === undefined ? null : await sessions.find(cookie ?? undefined);
    if (session === null && route.session === 'required') return unauthorized();
    const language = languageOf(request.headers.get('accept-language'));
    if (session !== null && route.needsFresh && !(await freshness.isFresh(session))) return notFresh();
    const origin = publicOrigin ?? new URL(request.url).origin;
    const visit: Visit = { body: read.body, session, cookie, agent, clientAddress, origin, language };

    const attempt = route.attempt?.(visit, { attempts, devices }) ?? unlimited;
    if (attempt.waitMs > 0) return tooManyAttempts(attempt.waitMs);
    const answer = await counted(attempt, route, () => perform(route, visit, parts));
    if (answer.ok) route.after?.(visit, events);
    return answer;
  };
}

/** A failure that the client has not caused was not a wrong guess, so the attempt is not counted. */
async function counted(attempt: Attempt, route: AccountRoute, work: () => Promise<Response>): Promise<Response> {
  try {
    const answer = await work();
    if (answer.ok ? route.countsFailuresOnly : answer.status >= 500) attempt.forgive();
    return answer;
  } catch (error) {
    attempt.forgive();
    throw error;
  }
}

async function perform(route: AccountRoute, visit: Visit, parts: GateParts): Promise<Response> {
  const { ask, sessions, users, devices } = parts;
  const { session, body, cookie, language } = visit;
  const queueEmail = parts.queueEmail ?? (() => Promise.resolve());
  const { options, claims, closing, freshness, passkeys, waysIn, administration, endSessions, attempts, takePicture } =
    parts;
  const answerParts = {
    users,
    queueEmail,
    options,
    claims,
    closing,
    freshness,
    passkeys,
    waysIn,
    administration,
    endSessions,
    attempts,
    takePicture,
  };
  if (route.answer !== undefined) return route.answer(visit, answerParts);
  const earlier = await route.before?.(visit, answerParts);
  if (earlier) return earlier;
  const startedAt = new Date();
  const { answer, scope } = await ask(route, visit);
  if (!answer.ok) await route.undo?.(visit, scope, answerParts);
  if (answer.status >= 500) {
    // The library hides the cause. If the database does not answer, asking it again rejects accordingly.
    await sessions.find(cookie ?? undefined);
    throw new Error(`the accounts’ library answered ${answer.status}`);
  }

  // The library treats a session that it could not look up as one that is gone, and answers `ok` to a sign-out or a revocation
  // that never reached the database. So check whether a session is left that should be gone. [SEC-23]
  if (answer.ok && session !== null && route.endsSessions !== undefined) {
    if (await sessions.hasAny(route.endsSessions, session, body, startedAt)) return unavailable();
  }
  // A provider’s callback answers with a redirect, and may have made an account whose address is to be confirmed.
  if (answer.status < 400) await queueEmails(scope, language, queueEmail);
  if (isAway(answer.headers.get('location'), parts.publicOrigin)) throw new Error('the library leads elsewhere');
  const text = await answer.text();
  const amended = await route.amend?.(text, visit, scope, answerParts);
  if (amended) return amended;
  const headers = new Headers(answer.headers);
  headers.set('cache-control', 'no-store');
  const known = answer.ok ? (route.remembersDeviceOf?.(body, options) ?? null) : null;
  if (known !== null) headers.append('set-cookie', devices.issue(known));
  const told = answer.status === 200 && scope.hasKeptAccount ? withKeptAccount(text) : text;
  // The page to which a provider’s callback redirects cannot read this answer. It reads the cookie instead, and removes it.
  if (answer.status === 302 && scope.hasKeptAccount)
    headers.append('set-cookie', `${KEPT_ACCOUNT_COOKIE}=1; Path=/; SameSite=Lax`);
  return new Response(told === '' ? null : told, { status: answer.status, headers });
}

/** The library's answer to a sign-in that has kept the account, which says so. [AC1] */
function withKeptAccount(text: string): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), keptAccount: true });
}

/** A new account exists even if its email could not be stored: another one can be asked for. */
async function queueEmails(scope: RequestScope, language: Language, queue: (email: AccountEmail) => Promise<void>) {
  try {
    for (const email of scope.emails) await queue({ ...email, language });
  } catch (error) {
    if (scope.signUp === undefined) throw error;
  }
}

/** Whether a redirect leaves the app: no parameter of a request may cause that. [SEC-21] */
function isAway(location: string | null, publicOrigin: string | undefined): boolean {
  if (location === null) return false;
  const here = publicOrigin ?? 'http://localhost';
  return new URL(location, here).origin !== here;
}
