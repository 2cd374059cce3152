import { expect, it } from 'vitest';
import { isTimeZone, quietUntil } from './quiet-hours.ts';

const until = (now: string, from: string, to: string, timeZone = 'Europe/Berlin') => {
  const end = quietUntil({ from, to, timeZone }, Date.parse(now));
  return end === undefined ? undefined : new Date(end).toISOString();
};

it('[PU8] quiet hours follow the clock of the person’s time zone, and may pass midnight', () => {
  const night = ['22:00', '07:00'] as const;
  expect(until('2026-01-10T20:59:59.999Z', ...night)).toBeUndefined();
  expect(until('2026-01-10T21:00:00.000Z', ...night)).toBe('2026-01-11T06:00:00.000Z');
  expect(until('2026-01-11T05:59:30.500Z', ...night)).toBe('2026-01-11T06:00:00.000Z');
  expect(until('2026-01-11T06:00:00.000Z', ...night)).toBeUndefined();
  expect(until('2026-07-10T20:00:00.000Z', ...night)).toBe('2026-07-11T05:00:00.000Z');
  expect(until('2026-01-10T20:59:00.000Z', ...night, 'Asia/Kathmandu')).toBe('2026-01-11T01:15:00.000Z');
});

it('[PU8] quiet hours may lie within one day', () => {
  expect(until('2026-01-10T11:30:00.000Z', '12:00', '14:00')).toBe('2026-01-10T13:00:00.000Z');
  expect(until('2026-01-10T10:59:00.000Z', '12:00', '14:00')).toBeUndefined();
  expect(until('2026-01-10T13:00:00.000Z', '12:00', '14:00')).toBeUndefined();
});

it('[PU8] an unknown time zone is recognised', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Europe/Atlantis')).toBe(false);
});
