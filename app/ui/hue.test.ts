import { expect, test } from 'vitest';
import { hueOf, initialsOf } from './hue.ts';

test('initials take the first and the last word, whole letters only', () => {
  expect(initialsOf('Maya Lindqvist')).toBe('ML');
  expect(initialsOf('ana')).toBe('A');
  expect(initialsOf('Juan  de la Cruz ')).toBe('JC');
  expect(initialsOf('e\u0301lise (work)')).toBe('E\u0301W');
  expect(initialsOf('👩‍👧 Family')).toBe('👩‍👧F');
  expect(initialsOf('   ')).toBe('');
});

test('the hue is of the id alone, within the circle, and spreads', () => {
  const hues = Array.from({ length: 200 }, (_, at) => hueOf(`user-${at}`));
  expect(hues).toEqual(Array.from({ length: 200 }, (_, at) => hueOf(`user-${at}`)));
  expect(hues.every((hue) => Number.isInteger(hue) && hue >= 0 && hue < 360)).toBe(true);
  expect(new Set(hues.map((hue) => Math.floor(hue / 45))).size).toBe(8);
});
