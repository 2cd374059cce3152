import { expect, it } from 'vitest';
import { gatheredReads } from './gathered-reads.ts';

it('keys that are requested together, or while a query runs, are read together, and each caller gets its value or the error', async () => {
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  const read = gatheredReads<string, string>(async (keys) => {
    asked.push([...keys]);
    await new Promise<void>((resolve) => answers.push(resolve));
    if (keys.includes('bad')) throw new Error('refused');
    return keys.map((key) => key.toUpperCase());
  });
  const first = Promise.all([read('a'), read('b')]);
  await expect.poll(() => asked).toEqual([['a', 'b']]);
  const later = Promise.allSettled([read('c'), read('bad')]);
  answers.shift()?.();
  expect(await first).toEqual(['A', 'B']);
  await expect.poll(() => asked.length).toBe(2);
  answers.shift()?.();
  expect((await later).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const last = read('d');
  await expect.poll(() => answers.length).toBe(1);
  answers.shift()?.();
  expect(await last).toBe('D');
  expect(asked).toEqual([['a', 'b'], ['c', 'bad'], ['d']]);
});
