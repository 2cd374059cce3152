import { locale } from './words.ts';

/** How long something will still take, roughly: 10 sec, 4 min, 2 hr. */
export function secondsWords(seconds: number): string {
  const [unit, count] = rough(seconds);
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}

/** Seconds are rounded to fives, because the estimate is not more precise. */
function rough(seconds: number): ['second' | 'minute' | 'hour', number] {
  if (seconds < 58) return ['second', Math.max(5, 5 * Math.ceil(seconds / 5))];
  if (seconds < 3_570) return ['minute', Math.max(1, Math.round(seconds / 60))];
  return ['hour', Math.max(1, Math.round(seconds / 3_600))];
}
