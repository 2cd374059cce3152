import * as v from 'valibot';

/** Every code that an error can carry, and what a client does about it. [ER1] */
export const ErrorCode = v.picklist([
  'invalid', //          the client has a bug: show it as failed
  'unauthorized', //     no session: sign in again, keep everything
  'forbidden', //        a member who lacks the role: show it as failed
  'not_found', //        missing, or hidden from the caller: show it as failed
  'conflict', //         the state has moved on: show it as failed
  'too_large', //        a limit is exceeded: show it as failed
  'rate_limited', //     wait for `retryAfterMs`, then send the same again
  'unavailable', //      retry later; nothing is lost
  'upgrade_required', // another protocol version: offer the update, keep everything
  'internal', //         a bug in the server: retry with backoff, then set the op aside, visibly
]);
export type ErrorCode = v.InferOutput<typeof ErrorCode>;

/** `path` is dotted from the op (`attachments.0.mediaId`) or from the request (`cursors.<stream>`). */
export const SyncError = v.object({
  code: ErrorCode,
  message: v.string(),
  path: v.optional(v.string()),
  retryAfterMs: v.optional(v.number()),
});
export type SyncError = { code: ErrorCode; message: string; path?: string; retryAfterMs?: number };

export const Failure = v.object({ error: SyncError });
export type Failure = { error: SyncError };

export function syncError(
  code: ErrorCode,
  message: string,
  more: { path?: string; retryAfterMs?: number } = {},
): SyncError {
  return { code, message, ...more };
}

/** Whether retrying the same op may change the answer. Only these codes keep an op in the outbox; all others are final. [ER2] */
export function isRetryable(code: ErrorCode): boolean {
  switch (code) {
    case 'unauthorized':
    case 'rate_limited':
    case 'unavailable':
    case 'upgrade_required':
    case 'internal':
      return true;
    case 'invalid':
    case 'forbidden':
    case 'not_found':
    case 'conflict':
    case 'too_large':
      return false;
  }
}

export function httpStatus(code: ErrorCode): number {
  switch (code) {
    case 'invalid':
      return 400;
    case 'unauthorized':
      return 401;
    case 'forbidden':
      return 403;
    case 'not_found':
      return 404;
    case 'conflict':
      return 409;
    case 'too_large':
      return 413;
    case 'upgrade_required':
      return 426;
    case 'rate_limited':
      return 429;
    case 'internal':
      return 500;
    case 'unavailable':
      return 503;
  }
}
