import { expect, test, vi } from 'vitest';
import { importWithRetry } from './lazy-component.ts';

test.each([
  ['a module that throws while it is evaluated', new TypeError("Cannot read properties of undefined (reading 'of')")],
  ['a module that throws something that is not an Error', 'broken'],
])('[S5] %s is a defect: the import is rejected at once and not retried', async (_what, thrown) => {
  const load = vi.fn<() => Promise<unknown>>().mockRejectedValue(thrown);
  await expect(importWithRetry(load)).rejects.toBe(thrown);
  expect(load).toHaveBeenCalledTimes(1);
});
