import type { BrowserContext } from 'playwright-core';

/** The function that advances the clocks of a page, by its name in the page's global scope. */
export const SLEEP = 'sleepFor';

/**
 * Gives the pages of a context clocks that can jump, like those of a device that wakes up. Until then both clocks and all timers
 * are the browser's own. After the jump each timer that is due fires once, late and in order; the others keep their due time.
 * (Playwright's clock can do this too, but it replaces frames, `performance` and the order of tasks from the start.)
 */
export async function installSleepingClock(context: BrowserContext): Promise<void> {
  await context.addInitScript((name) => {
    interface Timer {
      dueMs: number;
      fire: () => void;
      real: ReturnType<typeof setTimeout>;
    }
    const timers = new Map<number, Timer>();
    let sleptMs = 0;
    const monotonicMs = performance.now.bind(performance);
    performance.now = () => monotonicMs() + sleptMs;
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...given: [] | [number | string | Date]) {
        if (given.length === 0) super(RealDate.now() + sleptMs);
        else super(...given);
      }
      static override now() {
        return RealDate.now() + sleptMs;
      }
    } as DateConstructor;
    const [start, stop] = [setTimeout.bind(globalThis), clearTimeout.bind(globalThis)];
    const wait = (dueMs: number, fire: () => void) => start(fire, Math.max(0, dueMs - performance.now()));
    let lastId = 0;
    const startTimer =
      (isRepeated: boolean) =>
      (call: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => {
        const id = ++lastId;
        const everyMs = Math.max(isRepeated ? 1 : 0, Number(ms) || 0);
        const arm = () => {
          const dueMs = performance.now() + everyMs;
          timers.set(id, { dueMs, fire, real: start(fire, everyMs) });
        };
        const fire = () => {
          timers.delete(id);
          if (isRepeated) arm();
          call(...given);
        };
        arm();
        return id;
      };
    const clearTimer = (id?: number) => {
      stop(timers.get(id ?? 0)?.real);
      timers.delete(id ?? 0);
    };
    const advance = (ms: number) => {
      sleptMs += ms;
      for (const timer of [...timers.values()].toSorted((a, b) => a.dueMs - b.dueMs)) {
        stop(timer.real);
        timer.real = wait(timer.dueMs, timer.fire);
      }
    };
    Object.assign(globalThis, {
      setTimeout: startTimer(false),
      setInterval: startTimer(true),
      clearTimeout: clearTimer,
      clearInterval: clearTimer,
      [name]: advance,
    });
  }, SLEEP);
}
