import { expect, it } from 'vitest';
import { coalesced } from './coalesced.ts';

it('items that come while a write runs are written together, and each call gets the outcome of its own write', async () => {
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
