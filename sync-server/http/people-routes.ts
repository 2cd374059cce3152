import type { FastifyInstance } from 'fastify';
import type { Accounts } from '#server/auth/accounts.ts';
import { sendFailure } from './failures.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** `GET /api/users`: people to start a chat with. [HT3] */
export function registerPeopleRoutes(app: FastifyInstance, accounts: Accounts): void {
  app.get('/api/users', { preHandler: requireSession(accounts.sessions) }, async (request, reply) => {
    const answer = await accounts.users({ userId: sessionOf(request).userId }, request.query, request.ip);
    return 'error' in answer ? sendFailure(reply, answer.error) : answer;
  });
}
