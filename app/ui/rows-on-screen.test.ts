import { expect, test } from 'vitest';
import { drawnWith } from './roving.ts';
import { rowsOnScreen, topToShow } from './rows-on-screen.ts';

test('the rows that the screen touches are found, and those near it are drawn', () => {
  const range = rowsOnScreen({ top: 1_000, height: 600 }, 50, 3_000);
  expect(range).toMatchObject({ startIndex: 20, endIndex: 31 });
  expect(drawnWith([2_000], range)).toEqual([...Array.from({ length: 28 }, (_, at) => 12 + at), 2_000]);
});

test('a list that ends on the screen, or has become shorter than the scroll position, is drawn to its end', () => {
  expect(drawnWith([], rowsOnScreen({ top: 0, height: 600 }, 50, 3))).toEqual([0, 1, 2]);
  expect(drawnWith([], rowsOnScreen({ top: 5_000, height: 600 }, 50, 3))).toEqual([0, 1, 2]);
  expect(drawnWith([], rowsOnScreen({ top: 0, height: 600 }, 50, 0))).toEqual([]);
});

test('a pull beyond the top shows the first rows', () => {
  expect(rowsOnScreen({ top: -80, height: 600 }, 50, 100)).toMatchObject({ startIndex: 0, endIndex: 10 });
});

test('a row is scrolled into view by the shortest distance, and a visible row moves nothing', () => {
  const screen = { top: 1_000, height: 600 };
  expect(topToShow(19, screen, 50)).toBe(950);
  expect(topToShow(20, screen, 50)).toBe(1_000);
  expect(topToShow(31, screen, 50)).toBe(1_000);
  expect(topToShow(32, screen, 50)).toBe(1_050);
  expect(topToShow(0, screen, 50)).toBe(0);
});
