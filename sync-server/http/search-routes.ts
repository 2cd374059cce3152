import type { FastifyInstance } from 'fastify';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import type { Search } from '#server/search/search.ts';
import { sendFailure } from './failures.ts';
import { rateFailure } from './rate-limit.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** More than somebody needs who types and pages. */
const SEARCHES = { windowMs: 60_000, max: 240 };

/** `GET /api/search`: messages that hold every word. [SR1] */
export function registerSearchRoutes(
  app: FastifyInstance,
  sessions: Pick<Sessions, 'find'>,
  search: Search,
  limiter: Limiter | undefined,
): void {
  app.get('/api/search', { preHandler: requireSession(sessions) }, async (request, reply) => {
    const { userId } = sessionOf(request);
    const excess = rateFailure(limiter, `message searches ${userId}`, SEARCHES, 'searches');
    if (excess !== undefined) return sendFailure(reply, excess);
    const answer = await search({ userId }, request.query);
    return 'error' in answer ? sendFailure(reply, answer.error) : answer;
  });
}
