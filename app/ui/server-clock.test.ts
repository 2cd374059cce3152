import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { correctedNow, noteServerAhead } from './server-clock.ts';

const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-11-30T10:00:00Z') }));
afterEach(() => {
  noteServerAhead(undefined);
  vi.useRealTimers();
});

it('is the server’s time while the device’s clock is known to be wrong', () => {
  expect(correctedNow().toISOString()).toBe('2026-11-30T10:00:00.000Z');
  noteServerAhead(5 * HOUR_MS);
  vi.advanceTimersByTime(2 * HOUR_MS);
  expect(correctedNow().toISOString()).toBe('2026-11-30T17:00:00.000Z');
  noteServerAhead(undefined);
  expect(correctedNow().toISOString()).toBe('2026-11-30T12:00:00.000Z');
});

it('is the device’s time again once its clock has been set, until the server tells the time again', () => {
  noteServerAhead(5 * HOUR_MS);
  vi.setSystemTime(Date.parse('2026-11-30T15:00:00Z'));
  expect(correctedNow().toISOString()).toBe('2026-11-30T15:00:00.000Z');
  // The same status is reported again and again.
  noteServerAhead(5 * HOUR_MS);
  expect(correctedNow().toISOString()).toBe('2026-11-30T15:00:00.000Z');
});
