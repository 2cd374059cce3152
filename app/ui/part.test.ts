import { expect, test, vi } from 'vitest';
import { fetched } from './part.ts';

test.each([
  ['a module that throws when it is first run', new TypeError("Cannot read properties of undefined (reading 'of')")],
  ['a module that throws what is no error', 'broken'],
])('[S5] %s is a defect: it is told at once, and not asked for again', async (_what, thrown) => {
  const load = vi.fn<() => Promise<unknown>>().mockRejectedValue(thrown);
  await expect(fetched(load)).rejects.toBe(thrown);
  expect(load).toHaveBeenCalledTimes(1);
});
