import type { UserId } from '#protocol/ids.ts';

export interface FairTurns {
  /**
   * Runs the work when its turn comes, and charges its person with its cost. Resolves with the work's result, with
   * `'too many'` if too much of this person's work is waiting already, or with `'too late'` if no turn came in time.
   */
  run<T>(userId: UserId, work: () => Promise<T>, costOf: (result: T) => number): Promise<T | 'too many' | 'too late'>;
}

interface FairTurnsOptions {
  /** How much work runs at the same time, over all people. */
  maxRunning?: number;
  /** How much work of one person may wait. */
  maxWaiting?: number;
  /** How long work may wait for its turn. */
  waitMs: number;
}

interface Share {
  /** What the person's work has cost, in units that count from a common start. */
  spent: number;
  isRunning: boolean;
  waiting: (() => void)[];
}

/** Enough to keep busy a database that answers over a network. */
const MAX_RUNNING = 8;

/**
 * Start-time fair queueing: one piece of work runs per person, and the person who has spent least comes next. So people
 * share the server by what their requests cost, and not by how many of them they send. Each person's order is kept.
 */
export function createFairTurns({ maxRunning = MAX_RUNNING, maxWaiting, waitMs }: FairTurnsOptions): FairTurns {
  const shares = new Map<UserId, Share>();
  let running = 0;
  /** How much the person whose work started last had spent. A person who was idle starts with this, so nobody can save up turns. */
  let level = 0;

  function shareOf(userId: UserId): Share {
    let share = shares.get(userId);
    if (share === undefined) shares.set(userId, (share = { spent: level, isRunning: false, waiting: [] }));
    return share;
  }

  function next(): Share | undefined {
    let found: Share | undefined;
    for (const share of shares.values()) {
      if (share.isRunning || share.waiting.length === 0) continue;
      if (found === undefined || share.spent < found.spent) found = share;
    }
    return found;
  }

  function startNext(): void {
    while (running < maxRunning) {
      const share = next();
      if (share === undefined) return;
      level = Math.max(level, share.spent);
      share.spent = Math.max(share.spent, level);
      share.waiting.shift()?.();
    }
  }

  function forgetIdle(): void {
    for (const [userId, { isRunning, waiting, spent }] of shares) {
      if (!isRunning && waiting.length === 0 && (running === 0 || spent <= level)) shares.delete(userId);
    }
  }

  return {
    run(userId, work, costOf) {
      const share = shareOf(userId);
      if (maxWaiting !== undefined && share.waiting.length >= maxWaiting) return Promise.resolve('too many' as const);
      const finish = async () => {
        try {
          const result = await work();
          share.spent += costOf(result);
          return result;
        } finally {
          share.isRunning = false;
          running--;
          startNext();
          forgetIdle();
        }
      };
      return new Promise((resolve) => {
        const turn = () => {
          clearTimeout(tooLate);
          share.isRunning = true;
          running++;
          resolve(finish());
        };
        const tooLate = setTimeout(() => {
          share.waiting.splice(share.waiting.indexOf(turn), 1);
          resolve('too late');
        }, waitMs);
        tooLate.unref();
        share.waiting.push(turn);
        startNext();
      });
    },
  };
}
