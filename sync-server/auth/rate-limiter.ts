export interface Rule {
  windowMs: number;
  max: number;
}

export interface Limiter {
  /** Counts one attempt. 0: allowed; otherwise how long to wait, in milliseconds. */
  take(key: string, rule: Rule): number;
  /** What `take` would say, without counting. */
  wait(key: string, rule: Rule): number;
  /** Gives one counted attempt back: it turned out not to be one. */
  release(key: string): void;
}

const MAX_KEYS = 50_000;

/**
 * Attempts per key in fixed windows, in memory. Bounded: the key that was touched longest ago goes first, so a flood of
 * keys costs no memory, and one address in use keeps its count.
 */
export function createLimiter(now: () => number, maxKeys = MAX_KEYS): Limiter {
  const windows = new Map<string, { since: number; count: number }>();

  function current(key: string, rule: Rule): { since: number; count: number } {
    const window = windows.get(key);
    const time = now();
    // A window from the future means that the clock was set back: it would otherwise last until the clock is there again.
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
