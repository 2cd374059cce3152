import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type SyncError, syncError } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import { USER_HEADER } from '#protocol/version.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import { isUnavailable } from '#server/auth/deadline.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { sendFailure } from './failures.ts';

/** Why an upload is not accepted from this session: somebody else has signed in in that browser. [HT5] */
export function strangeSession({ headers }: FastifyRequest, userId: UserId): SyncError | undefined {
  return (headers[USER_HEADER] ?? userId) === userId
    ? undefined
    : syncError('unauthorized', 'this is the session of somebody else');
}

export function tooManyUploads(retryAfterMs = 1_000): SyncError {
  return syncError('rate_limited', 'too many uploads at once', { retryAfterMs });
}

/** How many uploads a person may start: more than anybody picks, and a limit on the work of checking and refusing them. [SEC-62] */
const STARTED_UPLOADS = { windowMs: 60_000, max: 240 };

/** How long this person must wait before the next one, milliseconds; 0 if they need not wait. */
export function takeUpload(limiter: Limiter | undefined, userId: UserId): number {
  return limiter?.take(`uploads ${userId}`, STARTED_UPLOADS) ?? 0;
}

/** The rest of the body is read and dropped, because a client that is still sending would miss the answer. */
export function refuse(request: FastifyRequest, reply: FastifyReply, error: SyncError): FastifyReply {
  request.raw.unpipe();
  request.raw.resume();
  const status = statusByPath.get(error.path);
  return status === undefined ? sendFailure(reply, error) : reply.code(status).send({ error });
}

/** Paths for which HTTP has a more precise status than the code's own. */
const statusByPath = new Map<string | undefined, number>([
  ['disk', 507],
  ['content-type', 415],
]);

/** Rethrows a defect, which the handler for all routes answers. */
export function reasonOf(error: FastifyError): SyncError {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return syncError('unavailable', 'the disk of the server is full', { path: 'disk', retryAfterMs: 30_000 });
  if (error instanceof StoreUnavailable || isUnavailable(error))
    return syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 });
  if (error.statusCode === 413) return syncError('too_large', 'the form is too large');
  if (error.statusCode === 415 || error.code === 'FST_INVALID_MULTIPART_CONTENT_TYPE')
    return syncError('invalid', 'send multipart/form-data', { path: 'content-type' });
  if (error.statusCode !== undefined && error.statusCode < 500 && error.statusCode >= 400)
    return syncError('invalid', 'the form cannot be read');
  // A client that has disconnected does not get this.
  if (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return syncError('invalid', 'the form is incomplete');
  // A form that ends too early, or is malformed.
  if (/^(?:Unexpected end|Part terminated|Malformed|Multipart)/.test(error.message))
    return syncError('invalid', 'the form cannot be read');
  throw error;
}
