import { expect, it } from 'vitest';
import { readThrottled } from './throttled-reads.ts';

/** Reads of a number that the test changes, on a clock that the test moves. A read takes `readMs`. */
function reading(readMs: number, settleMs = 0) {
  let [time, number] = [0, 0];
  const listeners = new Set<() => void>();
  const timers = new Set<{ at: number; run: () => void }>();
  const later = (run: () => void, ms: number) => {
    const timer = { at: time + ms, run };
    timers.add(timer);
    return () => void timers.delete(timer);
  };
  const values: number[] = [];
  const errors: unknown[] = [];
  let reads = 0;
  let failure: Error | undefined;
  const stop = readThrottled({
    read: () => {
      reads += 1;
      const read = number;
      return new Promise<number>((resolve, reject) => {
        later(() => (failure === undefined ? resolve(read) : reject(failure)), readMs);
      });
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onValue: (value) => values.push(value),
    onError: (error) => errors.push(error),
    settleMs,
    now: () => time,
    later,
  });
  return {
    values,
    errors,
    stop,
    reads: () => reads,
    isIdle: () => timers.size === 0 && listeners.size === 0,
    fail: (error: Error | undefined) => {
      failure = error;
    },
    change() {
      number += 1;
      for (const listener of listeners) listener();
    },
    async pass(ms: number) {
      for (const end = time + ms; time < end; time += 1) {
        for (const timer of timers) {
          if (timer.at > time) continue;
          timers.delete(timer);
          timer.run();
        }
        // Lets the promises settle that need no further time.
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      }
    },
  };
}

it('[ask 12] while pages keep arriving, reading takes a quarter of the time, and each read is shown', async () => {
  const list = reading(100);
  for (let page = 0; page < 400; page++) {
    list.change();
    await list.pass(10);
  }
  // 4,000 ms of changes: a read of 100 ms, a pause of 300 ms, and so on.
  expect(list.reads()).toBeGreaterThanOrEqual(9);
  expect(list.reads()).toBeLessThanOrEqual(11);
  expect(list.values.length).toBeGreaterThanOrEqual(9);
  await list.pass(1_000);
  expect(list.values.at(-1)).toBe(400);
});

it('reads at once after a pause, and again for a change during a read', async () => {
  const list = reading(10);
  await list.pass(200);
  expect(list.values).toEqual([0]);
  list.change();
  expect(list.reads()).toBe(2);
  list.change();
  await list.pass(100);
  expect(list.values).toEqual([0, 1]);
  await list.pass(100);
  expect(list.values).toEqual([0, 1, 2]);
});

it('reads once for changes that follow each other closely, and endless changes do not delay it forever', async () => {
  const chat = reading(10, 100);
  await chat.pass(300);
  for (let change = 0; change < 9; change++) {
    chat.change();
    await chat.pass(10);
  }
  expect(chat.reads()).toBe(1);
  await chat.pass(30);
  expect([chat.reads(), chat.values]).toEqual([2, [0, 9]]);
  for (let change = 0; change < 100; change++) {
    chat.change();
    await chat.pass(10);
  }
  expect(chat.reads()).toBeGreaterThan(8);
});

it('pauses for at most a second, however slow a read is', async () => {
  const list = reading(5_000);
  await list.pass(100);
  list.change();
  await list.pass(6_050);
  expect(list.reads()).toBe(2);
});

it('continues after a failed read, and ends when it is stopped', async () => {
  const list = reading(10);
  const failure = new Error('The device cannot read.');
  list.fail(failure);
  await list.pass(100);
  expect(list.errors).toEqual([failure]);
  list.fail(undefined);
  list.change();
  await list.pass(50);
  expect(list.values).toEqual([1]);
  list.change();
  list.stop();
  await list.pass(100);
  expect(list.values).toEqual([1]);
  expect(list.isIdle()).toBe(true);
});
