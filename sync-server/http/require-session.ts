import type { FastifyReply, FastifyRequest } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import type { Session } from '#server/auth/session.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { safeError } from '#server/logging.ts';
import { sendFailure } from './failures.ts';

declare module 'fastify' {
  interface FastifyRequest {
    session: Session | null;
  }
}

/** A hook that refuses a request of somebody who is not signed in. */
export function requireSession(sessions: Pick<Sessions, 'find'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      request.session = await sessions.find(request.headers.cookie);
    } catch (error) {
      request.log.warn({ error: safeError(error) }, 'a session could not be checked');
      await sendFailure(reply, syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 }));
      return;
    }
    if (request.session === null) await sendFailure(reply, syncError('unauthorized', 'sign in first'));
  };
}

/** For routes behind the hook. */
export function sessionOf(request: FastifyRequest): Session {
  if (request.session === null) throw new Error('the route lacks its session hook');
  return request.session;
}
