import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchDiskSpace } from './disk-space.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('[REL-20] says once that the disk is full, and once that it has room: then small and large writes succeed again', async () => {
  const said: string[] = [];
  let takesWrites = false;
  let freeBytes = 0;
  const space = watchDiskSpace({
    folder: '/data',
    freeBytes: () => Promise.resolve(freeBytes),
    log: (sentence) => said.push(sentence),
  });
  const probe = () => (takesWrites ? Promise.resolve() : Promise.reject(new Error('full')));
  expect(space.isFull()).toBe(false);
  for (let nth = 0; nth < 3; nth++) space.failed(probe);
  expect([space.isFull(), said]).toEqual([true, [expect.stringContaining('is full')]]);
  takesWrites = true;
  await vi.advanceTimersByTimeAsync(20_000);
  expect([space.isFull(), said.length]).toEqual([true, 1]);
  freeBytes = 1e9;
  takesWrites = false;
  await vi.advanceTimersByTimeAsync(20_000);
  expect([space.isFull(), said.length]).toEqual([true, 1]);
  takesWrites = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect([space.isFull(), said]).toEqual([false, [expect.anything(), expect.stringContaining('has room again')]]);
  space.failed(probe);
  expect([space.isFull(), said.length]).toEqual([true, 3]);
});
