import type { FastifyInstance } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import { PRIVACY_PATH, Privacy } from '#protocol/privacy.ts';
import { parse } from '#protocol/shape.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { safeError } from '#server/logging.ts';
import type { PrivacyOfPeople } from '#server/privacy/privacy.ts';
import { sendFailure } from './failures.ts';
import { rateFailure } from './rate-limit.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** For one person: each change is a write, and a notice to everybody who watches them. */
const CHANGES = { windowMs: 60_000, max: 30 };

/** `/api/privacy`: what the person lets others see; it applies to all their devices. [PV1] */
export function registerPrivacyRoutes(
  app: FastifyInstance,
  sessions: Pick<Sessions, 'find'>,
  privacy: PrivacyOfPeople,
  limiter: Limiter | undefined,
): void {
  const options = { bodyLimit: 1_024, preHandler: requireSession(sessions) };
  app.get(PRIVACY_PATH, options, (request) => privacy.of(sessionOf(request).userId));
  app.put(PRIVACY_PATH, options, async (request, reply) => {
    const { userId } = sessionOf(request);
    const excess = rateFailure(limiter, `privacy ${userId}`, CHANGES, 'changes');
    if (excess !== undefined) return sendFailure(reply, excess);
    const parsed = parse(Privacy, request.body);
    if (!parsed.ok) return sendFailure(reply, parsed.error);
    try {
      await privacy.change(userId, parsed.value);
      return parsed.value;
    } catch (error) {
      request.log.warn({ error: safeError(error) }, 'a choice of privacy could not be written');
      return sendFailure(reply, syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 }));
    }
  });
}
