import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type SyncError, syncError } from '#protocol/errors.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import type { Push } from '#server/push/open-push.ts';
import { safeError } from '#server/logging.ts';
import { sendFailure } from './failures.ts';
import { rateFailure } from './rate-limit.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** A subscription has less than 3 kB. */
const MAX_BODY_BYTES = 8 * 1024;
/** For one person: each registration is a write, and each test a request to a push service. */
const REGISTRATIONS = { windowMs: 60_000, max: 60 };
const TESTS = { windowMs: 60_000, max: 10 };

interface PushRouteParts {
  sessions: Pick<Sessions, 'find'>;
  push: Push;
  /** Absent: nothing is limited. */
  limiter: Limiter | undefined;
  publicOrigin: string | undefined;
}

/** `/api/push`: the installation's key, the endpoint of this person's device, and their settings. [PU1] */
export function registerPushRoutes(app: FastifyInstance, parts: PushRouteParts): void {
  const { sessions, push, limiter, publicOrigin } = parts;
  const options = { bodyLimit: MAX_BODY_BYTES, preHandler: requireSession(sessions) };

  app.get('/api/push/key', options, () => ({ publicKey: push.publicKey }));
  app.put('/api/push/subscription', options, (request, reply) =>
    answer(request, reply, REGISTRATIONS, () =>
      push.register(sessionOf(request), request.body, publicOrigin ?? `${request.protocol}://${request.host}`),
    ),
  );
  app.delete('/api/push/subscription', options, (request, reply) =>
    answer(request, reply, REGISTRATIONS, () => push.unregister(sessionOf(request), request.body)),
  );
  app.get('/api/push/settings', options, (request, reply) =>
    answer(request, reply, REGISTRATIONS, () => push.settings(sessionOf(request))),
  );
  app.put('/api/push/settings', options, (request, reply) =>
    answer(request, reply, REGISTRATIONS, () => push.changeSettings(sessionOf(request), request.body)),
  );
  app.post('/api/push/test', options, (request, reply) =>
    answer(request, reply, TESTS, () => push.test(sessionOf(request), request.body)),
  );

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    rate: typeof TESTS,
    work: () => Promise<object | { error: SyncError }>,
  ): Promise<object> {
    const excess = rateFailure(limiter, `push ${rate.max} ${sessionOf(request).userId}`, rate, 'registrations');
    if (excess !== undefined) return sendFailure(reply, excess);
    try {
      const result = await work();
      return 'error' in result ? await sendFailure(reply, result.error) : result;
    } catch (error) {
      request.log.warn({ error: safeError(error) }, 'the subscriptions cannot be reached');
      return sendFailure(reply, syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 }));
    }
  }
}
