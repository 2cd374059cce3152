import type { UserId } from '#protocol/ids.ts';

/**
 * The name of the lock that the leading tab holds. In a file of its own, so that code which needs only the name does not fetch
 * the engine.
 */
export function engineLock(userId: UserId): string {
  return `teamlink-engine-${userId}`;
}
