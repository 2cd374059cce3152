import { expect, test } from 'vitest';
import { FITTED, MAX_SCALE, bounded, swipeOf, zoomed } from './view-transform.ts';

const stage = { width: 400, height: 800 };

test('the point under the fingers stays in place when the picture is scaled, between fitted and eightfold', () => {
  const at = { x: 100, y: -50 };
  const twice = zoomed(FITTED, 2, at);
  expect(twice).toEqual({ scale: 2, x: -100, y: 50 });
  // The same point of the picture is at the same place: offset + scale × point.
  expect(twice.x + twice.scale * 100).toBe(100);
  expect(zoomed(twice, 100, at).scale).toBe(MAX_SCALE);
  expect(zoomed(twice, 0.1, at)).toEqual(FITTED);
});

test('a picture can be moved up to its edges, and not at all if it fits', () => {
  const picture = { width: 400, height: 300 };
  expect(bounded({ scale: 2, x: 900, y: 90 }, picture, stage)).toEqual({ scale: 2, x: 200, y: 0 });
  expect(bounded({ scale: 4, x: -900, y: -900 }, picture, stage)).toEqual({ scale: 4, x: -600, y: -200 });
});

test('a long swipe or a flick goes to the next picture, a pull down closes, and small movements do nothing', () => {
  expect(swipeOf({ x: -120, y: 20, ms: 900 }, stage)).toBe('next');
  expect(swipeOf({ x: 50, y: 5, ms: 80 }, stage)).toBe('previous');
  expect(swipeOf({ x: 50, y: 5, ms: 900 }, stage)).toBeUndefined();
  expect(swipeOf({ x: 30, y: 150, ms: 300 }, stage)).toBe('close');
  expect(swipeOf({ x: 30, y: -150, ms: 300 }, stage)).toBeUndefined();
});
