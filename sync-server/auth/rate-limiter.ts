export interface Rule {
  windowMs: number;
  max: number;
}

export interface Limiter {
  /** Counts one attempt and answers 0, or answers how long to wait, milliseconds, without counting. */
  take(key: string, rule: Rule): number;
  /** The result that `take` would have, without counting. */
  wait(key: string, rule: Rule): number;
  /** Undoes one count. */
  release(key: string): void;
}

const MAX_KEYS = 50_000;

/**
 * Counts attempts per key in fixed windows, in memory. The number of keys is bounded, and the least recently used one is
 * dropped first: a flood of keys costs no memory, and an active key keeps its count.
 */
export function createLimiter(now: () => number, maxKeys = MAX_KEYS): Limiter {
  const windows = new Map<string, { since: number; count: number }>();

  function current(key: string, rule: Rule): { since: number; count: number } {
    const window = windows.get(key);
    const time = now();
    // After the clock was set back, a window would start in the future and last too long, so it is dropped.
    if (window !== undefined && time >= window.since && time < window.since + rule.windowMs) return window;
    return { since: time, count: 0 };
  }

  return {
    take(key, rule) {
      const window = current(key, rule);
      windows.delete(key);
      windows.set(key, window);
      if (windows.size > maxKeys) windows.delete(windows.keys().next().value as string);
      if (window.count >= rule.max) return window.since + rule.windowMs - now();
      window.count += 1;
      return 0;
    },
    wait(key, rule) {
      const window = current(key, rule);
      return window.count >= rule.max ? window.since + rule.windowMs - now() : 0;
    },
    release(key) {
      const window = windows.get(key);
      if (window !== undefined && window.count > 0) window.count -= 1;
    },
  };
}
