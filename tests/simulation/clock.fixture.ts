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
  /** To the next timer, and through everything that follows from it: nothing but timers takes time. */
  step(): Promise<void>;
  restore(): void;
}

/**
 * Time that passes only by its timers, for everything in this process that asks the usual globals. Vitest's own fake timers
 * look through every timer for the next one, which was half of the simulation's time. setImmediate stays what it is.
 */
export function installClock(beginMs: number): Clock {
  let nowMs = beginMs;
  let orders = 0;
  /** The next one last; cleared ones stay until their time. */
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
      order: orders++,
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
  const performanceNow = vi.spyOn(performance, 'now').mockImplementation(() => nowMs - beginMs);

  const happen = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    step() {
      let next = timers.pop();
      while (next?.isLive === false) next = timers.pop();
      // Without a timer something may still be on its way that takes no time.
      if (next === undefined) return happen();
      nowMs = next.atMs;
      if (next.everyMs === undefined) next.isLive = false;
      else add(Object.assign(next, { atMs: nowMs + Math.max(1, next.everyMs), order: orders++ }));
      next.fire();
      return happen();
    },
    restore() {
      performanceNow.mockRestore();
      vi.unstubAllGlobals();
    },
  };
}
