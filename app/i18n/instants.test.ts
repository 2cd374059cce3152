import { beforeAll, expect, test } from 'vitest';
import { daysBetween, longDay, shortTime } from './instants.ts';
import { activateLanguage } from './words.ts';

beforeAll(() => activateLanguage('en'));

const now = new Date(2026, 10, 24, 0, 5);

test('a message sent ten minutes ago, before midnight, is from yesterday', () => {
  expect(daysBetween(new Date(2026, 10, 23, 23, 55), now)).toBe(1);
});

test('a day on which the clocks change counts as one day', () => {
  expect(daysBetween(new Date(2026, 9, 25, 0, 0), new Date(2026, 9, 26, 0, 0))).toBe(1);
});

test('the list shows the clock time today, the weekday within a week, and the date before that', () => {
  expect(shortTime(new Date(2026, 10, 24, 0, 1), now)).toBe('00:01');
  expect(shortTime(new Date(2026, 10, 22, 9, 0), now)).toBe('Sun');
  expect(shortTime(new Date(2026, 10, 10, 9, 0), now)).toBe('Nov 10');
  expect(shortTime(new Date(2025, 10, 10, 9, 0), now)).toBe('Nov 10, 2025');
});

test('an instant in the future is shown as a clock time', () => {
  expect(shortTime(new Date(2026, 10, 25, 9, 30), now)).toBe('09:30');
  expect(longDay(new Date(2026, 10, 20), now)).toBe('Friday');
});
