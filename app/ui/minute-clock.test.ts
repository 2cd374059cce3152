import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { minuteClock } from './minute-clock.ts';

beforeEach(() => vi.useFakeTimers({ now: new Date(2026, 10, 24, 23, 59, 40) }));
afterEach(() => vi.useRealTimers());

function openClock() {
  let wake = () => {};
  const clock = minuteClock((look) => {
    wake = look;
    return () => {
      wake = () => {};
    };
  });
  const days: number[] = [];
  const close = clock.subscribe(() => days.push(clock.present().getDate()));
  return { clock, days, close, wake: () => wake() };
}

test('at midnight all listeners are called, and not up to a minute later', () => {
  const { clock, days, close } = openClock();
  const before = clock.present();
  vi.advanceTimersByTime(19_000);
  expect(clock.present()).toBe(before);
  vi.advanceTimersByTime(1_000);
  expect(days).toEqual([25]);
  close();
  expect(vi.getTimerCount()).toBe(0);
});

test('after a sleep all listeners are called at once, and only once', () => {
  const { days, wake } = openClock();
  vi.setSystemTime(new Date(2026, 10, 27, 8, 0));
  wake();
  wake();
  expect(days).toEqual([27]);
});

test('in another time zone all listeners are called, although no minute has passed', () => {
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
  const { days, wake } = openClock();
  process.env['TZ'] = 'Asia/Tokyo';
  wake();
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
  expect(days).toHaveLength(1);
});

test('a clock without listeners still tells the time', () => {
  const { clock, close } = openClock();
  close();
  vi.setSystemTime(new Date(2026, 10, 26, 8, 0));
  expect(clock.present().getDate()).toBe(26);
});
