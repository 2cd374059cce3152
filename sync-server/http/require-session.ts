import type { FastifyReply, FastifyRequest } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import type { Accounts } from '#server/auth/accounts.ts';
import type { Session } from '#server/auth/session.ts';
import { safeError } from '#server/logging.ts';
import { sendFailure } from './failures.ts';

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null;
  }
}

/** Hook: refuses who is not signed in. */
export function requireSession(accounts: Accounts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      request.session = await accounts.sessions.find(request.headers.cookie);
    } catch (error) {
      request.log.warn({ error: safeError(error) }, 'a session could not be checked');
      await sendFailure(reply, syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 }));
      return;
    }
    if (request.session === null) await sendFailure(reply, syncError('unauthorized', 'sign in first'));
  };
}

/** After the hook there is one. */
export function sessionOf(request: FastifyRequest): Session {
  if (request.session === null) throw new Error('a route without its session hook');
  return request.session;
}
