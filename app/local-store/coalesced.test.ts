import { expect, it } from 'vitest';
import { coalesced } from './coalesced.ts';

it('[ask 12] items that come while the work runs are processed together, in order, and each gets its result', async () => {
  const done: number[][] = [];
  const ends: (() => void)[] = [];
  const double = coalesced(async (items: readonly number[]) => {
    done.push([...items]);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((item) => item * 2);
  });
  const answers = [1, 2, 3].map((item) => double(item));
  expect(done).toEqual([[1]]);
  ends.shift()?.();
  expect(await answers[0]).toBe(2);
  expect(done).toEqual([[1], [2, 3]]);
  const last = double(4);
  ends.shift()?.();
  expect(await Promise.all(answers)).toEqual([2, 4, 6]);
  await Promise.resolve();
  ends.shift()?.();
  expect(await last).toBe(8);
  expect(done).toEqual([[1], [2, 3], [4]]);
});

it('a failure reaches everybody who waited for it, and nobody else', async () => {
  let isBroken = true;
  const echo = coalesced(async (items: readonly number[]) => {
    await Promise.resolve();
    if (isBroken) throw new Error('the disk is full');
    return items;
  });
  await expect(echo(1)).rejects.toThrow('full');
  isBroken = false;
  expect(await echo(2)).toBe(2);
});
