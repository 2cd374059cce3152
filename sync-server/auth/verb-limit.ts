import type { UserId } from '#protocol/ids.ts';
import type { Limiter } from './rate-limiter.ts';

/** A person's verbs over all sockets and HTTP. Far above what a busy device needs: a push holds up to 100 ops. */
const CALLS = { windowMs: 10_000, max: 3_000 };

/** How long a person must wait before the next verb, milliseconds; 0 if they need not wait. */
export function createVerbLimit(limiter: Limiter | undefined): (userId: UserId) => number {
  return (userId) => limiter?.take(`verbs ${userId}`, CALLS) ?? 0;
}
