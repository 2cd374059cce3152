import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { firstCode } from './first-code.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const here = Promise.resolve();
const later = <T>(ms: number, value: T) => new Promise<T>((resolve) => setTimeout(() => resolve(value), ms));

/** After how many milliseconds the first screen is drawn, and whether the code for a signed-in person was requested. */
async function drawnAfter(screenMs: number, answerMs: number, has: boolean) {
  const fetchPerson = vi.fn<() => Promise<void>>(() => here);
  const started = Date.now();
  const drawn = firstCode(later(screenMs, undefined), later(answerMs, has), fetchPerson).then(
    () => Date.now() - started,
  );
  await vi.runAllTimersAsync();
  return [await drawn, fetchPerson.mock.calls.length];
}

test('a person with a session does not see the sign-in screen if the server answers soon', async () => {
  expect(await drawnAfter(50, 200, true)).toEqual([200, 1]);
  expect(await drawnAfter(200, 50, true)).toEqual([50, 1]);
});

test('nobody waits for the sign-in screen longer than for its code and an answer, or for a short time without an answer', async () => {
  expect(await drawnAfter(200, 50, false)).toEqual([200, 0]);
  expect(await drawnAfter(50, 200, false)).toEqual([200, 0]);
  // The answer comes after the screen, which is replaced then.
  expect(await drawnAfter(50, 5_000, true)).toEqual([350, 1]);
});
