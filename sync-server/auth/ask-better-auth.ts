import { ADDRESS_HEADER, type BetterAuth } from './better-auth.ts';
import { withContexts } from './contexts.ts';
import { ANSWER_MS, createDeadline } from './deadline.ts';
import { type RequestScope, scopes } from './request-scope.ts';
import type { AccountRoute, Visit } from './routes/account-route.ts';
import type { AccountsEvents } from './session.ts';

export type AskBetterAuth = (route: AccountRoute, visit: Visit) => Promise<{ answer: Response; scope: RequestScope }>;

interface AskParts {
  auth: BetterAuth;
  publicOrigin: string | undefined;
  events: AccountsEvents;
}

/** The library's answer, or a rejection with NoAnswer after ANSWER_MS. Sessions that it ended are announced in any case. */
export function createAsk({ auth, publicOrigin, events }: AskParts): AskBetterAuth {
  return async (route, visit) => {
    const deadline = createDeadline(ANSWER_MS);
    const scope: RequestScope = { deadline, ended: [], emails: [], ...route.scope?.(visit) };
    const answering = withContexts(() =>
      scopes.run(scope, async () => {
        try {
          return await auth.handler(requestOf(route, visit, publicOrigin ?? 'http://localhost'));
        } finally {
          if (scope.ended.length > 0) events.sessionsEnded(scope.ended, route.endReason ?? 'revoked');
        }
      }),
    );
    return { answer: await deadline.bound(answering), scope };
  };
}

function requestOf(route: AccountRoute, visit: Visit, origin: string): Request {
  const { cookie, agent, clientAddress, body } = visit;
  const { method, path } = route;
  const headers = new Headers({ origin, [ADDRESS_HEADER]: clientAddress });
  if (cookie !== null) headers.set('cookie', cookie);
  if (agent !== '') headers.set('user-agent', agent);
  if (route.query !== undefined) {
    const query = new URLSearchParams(route.query(body)).toString();
    return new Request(`${origin}/api/auth${path}?${query}`, { headers });
  }
  const url = `${origin}/api/auth${path}`;
  if (method === 'GET') return new Request(url, { headers });
  headers.set('content-type', 'application/json');
  return new Request(url, { method, headers, body: JSON.stringify(route.forward?.(body) ?? body) });
}
