import { expect, test } from 'vitest';
import { hueOf, initialsOf } from './hue.ts';

test('initials are the whole first letters of the first and the last word', () => {
  expect(initialsOf('Maya Lindqvist')).toBe('ML');
  expect(initialsOf('ana')).toBe('A');
  expect(initialsOf('Juan  de la Cruz ')).toBe('JC');
  expect(initialsOf('e\u0301lise (work)')).toBe('E\u0301');
  expect(initialsOf('Ida Brandt (3F9A)')).toBe('IB');
  expect(initialsOf('(a) b')).toBe('AB');
  expect(initialsOf('👩‍👧 Family')).toBe('👩‍👧F');
  expect(initialsOf('(Łucja')).toBe('Ł');
  expect(initialsOf('x\u0301y 1st')).toBe('X\u03011');
  expect(initialsOf('   ')).toBe('');
  expect(initialsOf('... !!!')).toBe('.');
});

test('a hue depends only on the id, is between 0 and 359, and is evenly distributed', () => {
  const hues = Array.from({ length: 200 }, (_, at) => hueOf(`user-${at}`));
  expect(hues).toEqual(Array.from({ length: 200 }, (_, at) => hueOf(`user-${at}`)));
  expect(hues.every((hue) => Number.isInteger(hue) && hue >= 0 && hue < 360)).toBe(true);
  expect(new Set(hues.map((hue) => Math.floor(hue / 45))).size).toBe(8);
});
