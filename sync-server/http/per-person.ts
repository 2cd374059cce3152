import type { UserId } from '#protocol/ids.ts';

/** Bounds how many requests of one person run at the same time. Undefined instead of an answer if there are too many. */
export function createPerPerson(most: number): {
  hold<T>(user: UserId, work: () => Promise<T>): Promise<T | undefined>;
} {
  const running = new Map<UserId, number>();
  return {
    async hold(user, work) {
      const count = running.get(user) ?? 0;
      if (count >= most) return undefined;
      running.set(user, count + 1);
      try {
        return await work();
      } finally {
        const left = (running.get(user) ?? 1) - 1;
        if (left === 0) running.delete(user);
        else running.set(user, left);
      }
    },
  };
}
