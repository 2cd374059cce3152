import { expect, test } from 'vitest';
import { keepSame } from './keep-same.ts';

test('a value of the same content is the one that was given before, so nothing is drawn again for it', () => {
  const keep = keepSame<[string, { name: string }][]>();
  const first = keep([['ann', { name: 'Ann' }]]);
  expect(keep([['ann', { name: 'Ann' }]])).toBe(first);
  expect(keep([['ann', { name: 'Ann Berg' }]])).toEqual([['ann', { name: 'Ann Berg' }]]);
});
