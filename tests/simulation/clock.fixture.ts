import { vi } from 'vitest';

interface Timer {
  atMs: number;
  order: number;
  everyMs: number | undefined;
  isLive: boolean;
  fire: () => void;
  unref(): Timer;
}

export interface Clock {
  /** Advances to the next timer and lets everything run that follows from it. Only timers take time. */
  step(): Promise<void>;
  restore(): void;
}

/**
 * Replaces the global clock and timers of this process; time passes only from timer to timer. Vitest's own fake timers
 * search all timers for the next one, which took half of the simulation's time. setImmediate is left alone.
 */
export function installClock(startMs: number): Clock {
  let nowMs = startMs;
  let nextOrder = 0;
  /** Sorted, the next one last. Cleared timers stay until they are due. */
  const timers: Timer[] = [];
  const isBefore = (a: Timer, b: Timer) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

  function add(timer: Timer): void {
    let [low, high] = [0, timers.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(timer, timers[middle] as Timer)) low = middle + 1;
      else high = middle;
    }
    timers.splice(low, 0, timer);
  }
  function set(fire: () => void, ms: number, everyMs?: number): Timer {
    const timer: Timer = {
      atMs: nowMs + Math.max(1, ms),
      order: nextOrder++,
      everyMs,
      isLive: true,
      fire,
      unref: () => timer,
    };
    add(timer);
    return timer;
  }
  const clear = (timer: Timer | undefined) => {
    if (timer !== undefined) timer.isLive = false;
  };

  class SimulatedDate extends Date {
    constructor(...given: [] | [number | string]) {
      super(given.length === 0 ? nowMs : given[0]);
    }
    static override now(): number {
      return nowMs;
    }
  }

  vi.stubGlobal('setTimeout', (fire: () => void, ms = 0) => set(fire, ms));
  vi.stubGlobal('setInterval', (fire: () => void, ms = 0) => set(fire, ms, ms));
  vi.stubGlobal('clearTimeout', clear);
  vi.stubGlobal('clearInterval', clear);
  vi.stubGlobal('Date', SimulatedDate);
  const performanceNow = vi.spyOn(performance, 'now').mockImplementation(() => nowMs - startMs);

  const runPending = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    step() {
      let next = timers.pop();
      while (next?.isLive === false) next = timers.pop();
      // Work that takes no time may still be pending.
      if (next === undefined) return runPending();
      nowMs = next.atMs;
      if (next.everyMs === undefined) next.isLive = false;
      else add(Object.assign(next, { atMs: nowMs + Math.max(1, next.everyMs), order: nextOrder++ }));
      next.fire();
      return runPending();
    },
    restore() {
      performanceNow.mockRestore();
      vi.unstubAllGlobals();
    },
  };
}
