import { afterEach, beforeEach, vi } from 'vitest';

/** The time at which every test starts. */
export const AT = '2026-11-24T12:00:00.000Z';

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

/** Lets everything run that does not wait for the clock. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Advances the clock in steps, and lets what each step starts run before the next one. */
export async function pass(ms: number, stepMs = 100): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    vi.advanceTimersByTime(Math.min(stepMs, left));
    await settled();
  }
}

/** For the top of a test file: every test starts at the same fake time. */
export function fakeClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    vi.setSystemTime(new Date(AT));
  });
  afterEach(() => void vi.useRealTimers());
}
