import { expect, test } from 'vitest';
import { drawnWith, rovingTarget } from './roving.ts';

test('[A4] arrows, Home, End and Page keys move within the list, and other keys do nothing', () => {
  const from = (key: string, at: number) => rovingTarget({ key }, at, 30);
  expect(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'a'].map((key) => from(key, 15))).toEqual([
    16,
    14,
    25,
    5,
    0,
    29,
    undefined,
  ]);
  expect([from('ArrowUp', 0), from('ArrowDown', 29), from('PageDown', 28)]).toEqual([0, 29, 29]);
  expect(rovingTarget({ key: 'End' }, 0, 0)).toBeUndefined();
});

test('[A4] the tab stop is always rendered, wherever the list is scrolled, and only once', () => {
  const range = { startIndex: 10, endIndex: 12, overscan: 1, count: 20 };
  expect(drawnWith([2], range)).toEqual([2, 9, 10, 11, 12, 13]);
  expect(drawnWith([11], range)).toEqual([9, 10, 11, 12, 13]);
  expect(drawnWith([19], range)).toEqual([9, 10, 11, 12, 13, 19]);
  expect(drawnWith([20], range)).toEqual([9, 10, 11, 12, 13]);
  expect(drawnWith([-1], { startIndex: 0, endIndex: 0, overscan: 1, count: 0 })).toEqual([]);
});
