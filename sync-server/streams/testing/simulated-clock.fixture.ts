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
  /** Advances to the next timer and runs everything that follows from it. Only timers take time. */
  step(): Promise<void>;
  /** Advances until the promise is settled, and awaits it. */
  stepUntilSettled<T>(promise: Promise<T>): Promise<T>;
  /** The same, but every turn of the event loop takes this long, for work that waits for both turns and timers. */
  turnUntilSettled<T>(promise: Promise<T>, turnMs: number): Promise<T>;
  restore(): void;
}

/**
 * Replaces the global clock, the timers and the random bytes of this process; time passes only from timer to timer. Vitest's own fake timers
 * search all timers for the next one, which took half of the simulation's time. setImmediate is left alone.
 */
export function installClock(startMs: number, random: () => number): Clock {
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
      return Math.floor(nowMs);
    }
  }

  vi.stubGlobal('setTimeout', (fire: () => void, ms = 0) => set(fire, ms));
  vi.stubGlobal('setInterval', (fire: () => void, ms = 0) => set(fire, ms, ms));
  vi.stubGlobal('clearTimeout', clear);
  vi.stubGlobal('clearInterval', clear);
  vi.stubGlobal('Date', SimulatedDate);
  const performanceNow = vi.spyOn(performance, 'now').mockImplementation(() => nowMs - startMs);

  const randomBytes = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (const at of bytes.keys()) bytes[at] = random() * 256;
    return array;
  });

  const runPending = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** The next timer, if it is due by then. */
  function take(byMs: number): Timer | undefined {
    while (timers.at(-1)?.isLive === false) timers.pop();
    return (timers.at(-1)?.atMs ?? Infinity) <= byMs ? timers.pop() : undefined;
  }
  function fire(timer: Timer): Promise<void> {
    if (timer.everyMs === undefined) timer.isLive = false;
    else add(Object.assign(timer, { atMs: nowMs + Math.max(1, timer.everyMs), order: nextOrder++ }));
    timer.fire();
    return runPending();
  }
  function step(): Promise<void> {
    const next = take(Infinity);
    // Work that takes no time may still be pending.
    if (next === undefined) return runPending();
    nowMs = next.atMs;
    return fire(next);
  }
  async function turn(turnMs: number): Promise<void> {
    nowMs += turnMs;
    await runPending();
    for (let due = take(nowMs); due !== undefined; due = take(nowMs)) await fire(due);
  }
  async function untilSettled<T>(promise: Promise<T>, advance: () => Promise<void>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    promise.then(over, over);
    while (!isOver) await advance();
    return promise;
  }
  return {
    step,
    stepUntilSettled: (promise) => untilSettled(promise, step),
    turnUntilSettled: (promise, turnMs) => untilSettled(promise, () => turn(turnMs)),
    restore() {
      performanceNow.mockRestore();
      randomBytes.mockRestore();
      vi.unstubAllGlobals();
    },
  };
}
