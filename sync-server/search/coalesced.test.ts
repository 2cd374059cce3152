import { expect, it } from 'vitest';
import { coalesced } from './coalesced.ts';

it('writes together what is handed in while a write runs, and tells each call how its own write ended', async () => {
  const writes: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const put = coalesced<number>(
    (items) =>
      new Promise((resolve, reject) => {
        writes.push({ items, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const first = put([1, 2]);
  await turn();
  const second = put([3]);
  const third = put([4]);
  await turn();
  expect(writes.map(({ items }) => items)).toEqual([[1, 2]]);
  writes[0]?.end(new Error('lost'));
  await expect(first).rejects.toThrow('lost');
  await turn();
  expect(writes.map(({ items }) => items)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  writes[1]?.end();
  await expect(Promise.all([second, third])).resolves.toBeDefined();
});
