import { usualBackAfterMs, waysBefore, type Way } from './ways.ts';

/** The tries to come back to a better way while another one is in use. */
export interface BetterWays {
  /** Tries each better way after a while, the best one first, and all of them again later if none works. */
  tryLater(): void;
  stop(): void;
}

/** `attempt` tries one way and reports if it fails. `afterMs` is for tests. [CL9] */
export function createBetterWays(
  way: Way,
  attempt: (better: Way, onFailed: () => void) => void,
  afterMs: number | undefined,
): BetterWays {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;

  function tryLater(): void {
    const rest = waysBefore(way);
    if (rest.length === 0) return;
    const tryNext = (): void => {
      const next = rest.shift();
      if (next === undefined) tryLater();
      else attempt(next, tryNext);
    };
    clearTimeout(timer);
    timer = setTimeout(tryNext, afterMs ?? usualBackAfterMs(way, tries));
    tries += 1;
  }

  return { tryLater, stop: () => clearTimeout(timer) };
}
