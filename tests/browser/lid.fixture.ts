import type { BrowserContext } from 'playwright-core';

/** What a page under a lid offers to whoever holds its debugger. */
export const SLEEP = 'sleepUnderTheLid';

/**
 * Gives the pages of a context clocks that can jump, as those of a sleeping device do: until then both clocks and all
 * timers are the browser's own. With the jump each timer that came due meanwhile fires once, late, and in its order; the
 * others go on waiting for their time. (Playwright's clock does so too, but replaces frames, `performance` and the order
 * of tasks from the first moment on.)
 */
export async function putUnderLid(context: BrowserContext): Promise<void> {
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
    const begin =
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
    const end = (id?: number) => {
      stop(timers.get(id ?? 0)?.real);
      timers.delete(id ?? 0);
    };
    const sleep = (ms: number) => {
      sleptMs += ms;
      for (const timer of [...timers.values()].toSorted((a, b) => a.dueMs - b.dueMs)) {
        stop(timer.real);
        timer.real = wait(timer.dueMs, timer.fire);
      }
    };
    Object.assign(globalThis, {
      setTimeout: begin(false),
      setInterval: begin(true),
      clearTimeout: end,
      clearInterval: end,
      [name]: sleep,
    });
  }, SLEEP);
}
