import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { clockTime, daysBetween, fullTime, futureTime, longDay, regionalLocale, shortTime } from './instants.ts';
import { activateLanguage } from './words.ts';

beforeAll(() => activateLanguage('en'));
const browserSpeaks = (...languages: string[]) => vi.stubGlobal('navigator', { languages });
beforeEach(() => browserSpeaks('en-GB'));
afterEach(() => vi.unstubAllGlobals());

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
  expect(shortTime(new Date(2026, 10, 10, 9, 0), now)).toBe('10 Nov');
  expect(shortTime(new Date(2025, 10, 10, 9, 0), now)).toBe('10 Nov 2025');
});

test('a time in the future is shown as a clock time', () => {
  expect(shortTime(new Date(2026, 10, 25, 9, 30), now)).toBe('09:30');
  expect(longDay(new Date(2026, 10, 20), now)).toBe('Friday');
});

test("the browser's region decides how a clock time and a date are written", () => {
  const instant = new Date(2026, 1, 3, 16, 5);
  expect([clockTime(instant), longDay(instant, now)]).toEqual(['16:05', 'Tuesday 3 February']);
  browserSpeaks('de-DE', 'en-US');
  expect([clockTime(instant).replace(/\s/u, ' '), longDay(instant, now)]).toEqual(['4:05 PM', 'Tuesday, February 3']);
  expect(fullTime(instant)).toMatch(/February 3, 2026/);
});

test('a language that the browser does not list is written as in the browser’s region', () => {
  expect(regionalLocale('en', ['de-AT', 'en-US'])).toBe('en-US');
  expect(regionalLocale('de', ['DE-AT'])).toBe('DE-AT');
  expect(regionalLocale('en', ['de', 'fr-CH'])).toBe('en-CH');
  expect(regionalLocale('de', [])).toBe('de');
});

test('a future time has its day, unless it is today', () => {
  expect(futureTime(new Date(2026, 10, 24, 8, 5), now)).toBe('08:05');
  expect(futureTime(new Date(2026, 11, 24, 20, 30), now)).toBe('24 December, 20:30');
  expect(futureTime(new Date(2027, 0, 2, 20, 30), now)).toBe('2 January 2027, 20:30');
});

test('a device that travels shows the times of its new zone', () => {
  const zone = process.env['TZ'];
  const instant = new Date('2026-07-01T12:00:00Z');
  const shown = ['Europe/Berlin', 'Europe/London', 'Asia/Kolkata'].map((next) => {
    process.env['TZ'] = next;
    return clockTime(instant);
  });
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  expect(shown).toEqual(['14:00', '13:00', '17:30']);
});
