import { type SyncError, syncError } from '#protocol/errors.ts';
import type { Limiter, Rule } from '#server/auth/rate-limiter.ts';

/** The failure of a request that exceeds the rule; undefined if it may go on. Without a limiter nothing is limited. */
export function rateFailure(
  limiter: Limiter | undefined,
  key: string,
  rule: Rule,
  what = 'requests',
): SyncError | undefined {
  const retryAfterMs = limiter?.take(key, rule) ?? 0;
  return retryAfterMs > 0 ? syncError('rate_limited', `too many ${what}`, { retryAfterMs }) : undefined;
}
