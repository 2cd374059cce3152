import { expect, it } from 'vitest';
import type { PullAnswer } from '#protocol/verbs.ts';
import { createUnwrittenPages } from './unwritten-pages.ts';

const page = (epoch: string): PullAnswer => ({ epoch, streams: [], more: true });
const asked = { epoch: undefined };
/** Whether the promise has settled by now. */
const isSettled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false)))]);

/** Pages whose writes end when the test says so. */
function writing() {
  const ends: ((isApplied: boolean) => void)[] = [];
  const durable: string[] = [];
  const pages = createUnwrittenPages(
    { applyPage: () => new Promise((resolve) => ends.push(resolve)) },
    ({ epoch }) => void durable.push(epoch),
  );
  return { pages, ends, durable };
}

it('[ask 12] the next page may be asked for while a few pages are being written, and not while many are', async () => {
  const { pages, ends, durable } = writing();
  expect(await isSettled(pages.write(page('1'), asked))).toBe(true);
  expect(await isSettled(pages.write(page('2'), asked))).toBe(true);
  const third = pages.write(page('3'), asked);
  expect(await isSettled(third)).toBe(false);
  ends[0]?.(true);
  expect(await isSettled(third)).toBe(true);
  expect(durable).toEqual(['1']);
  const all = pages.written();
  expect(await isSettled(all)).toBe(false);
  for (const end of ends) end(true);
  expect(await all).toEqual({ isWhole: true, isGain: false });
  expect(durable).toEqual(['1', '2', '3']);
});

it('[DG3] it is reported that a page was ignored, even if later ones were not', async () => {
  const { pages, ends } = writing();
  await pages.write(page('1'), asked);
  await pages.write(page('2'), asked);
  ends[0]?.(false);
  ends[1]?.(true);
  expect(await pages.written()).toEqual({ isWhole: false, isGain: false });
});

it('a page that cannot be written is reported to the pull', async () => {
  const pages = createUnwrittenPages(
    { applyPage: () => Promise.reject(new Error('the disk is full')) },
    () => undefined,
  );
  await pages.write(page('1'), asked);
  await expect(pages.written()).rejects.toThrow('full');
});
