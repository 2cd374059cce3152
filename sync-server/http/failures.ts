import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { type Failure, type SyncError, httpStatus, syncError } from '#protocol/errors.ts';
import { safeError } from '#server/logging.ts';

/** Answers an expected failure with the matching status and `{error}`. [VB2] */
export function sendFailure(reply: FastifyReply, error: SyncError): FastifyReply {
  if (error.retryAfterMs !== undefined) void reply.header('retry-after', Math.ceil(error.retryAfterMs / 1_000));
  return reply.code(httpStatus(error.code)).send({ error } satisfies Failure);
}

export function sendUnreadable(reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).send({ error: syncError('invalid', 'the request cannot be read') } satisfies Failure);
}

/** Answers Fastify's own refusals and defects in the protocol's format, without a stack or any part of the request. [SEC-52] */
export function registerFailures(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413) return sendFailure(reply, syncError('too_large', 'the body is too long'));
    if (status === 415)
      return reply.code(415).send({ error: syncError('invalid', 'send application/json', { path: 'content-type' }) });
    if (status >= 400 && status < 500) return sendUnreadable(reply, status);
    request.log.error({ error: safeError(error), route: request.routeOptions.url }, 'a request failed with a defect');
    return sendFailure(reply, syncError('internal', 'something went wrong here'));
  });
}
