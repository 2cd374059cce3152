import { locale } from './words.ts';

/** Formatters cost a millisecond each to make, and a list needs hundreds of them. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(instant: Date, name: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale()} ${name}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale(), options);
    formatters.set(key, formatter);
  }
  return formatter.format(instant);
}

export function clockTime(instant: Date): string {
  return format(instant, 'time', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

/** Whole days between two instants by the local calendar, whatever the hours. */
export function daysBetween(earlier: Date, later: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(later) - day(earlier)) / 86_400_000);
}

/** A list's time: the clock today, the weekday within a week, else the date. */
export function shortTime(instant: Date, now: Date): string {
  const days = daysBetween(instant, now);
  if (days <= 0) return clockTime(instant);
  if (days < 7) return format(instant, 'weekday', { weekday: 'short' });
  if (instant.getFullYear() === now.getFullYear()) return format(instant, 'day', { day: 'numeric', month: 'short' });
  return format(instant, 'date', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A day separator's date; today and yesterday have words of their own. */
export function longDay(instant: Date, now: Date): string {
  const days = daysBetween(instant, now);
  if (days > 0 && days < 7) return format(instant, 'longWeekday', { weekday: 'long' });
  if (instant.getFullYear() === now.getFullYear()) {
    return format(instant, 'longDay', { weekday: 'long', day: 'numeric', month: 'long' });
  }
  return format(instant, 'longDate', { day: 'numeric', month: 'long', year: 'numeric' });
}

export function fullTime(instant: Date): string {
  return format(instant, 'full', { dateStyle: 'full', timeStyle: 'short' });
}

/** A month that has passed: "March" within the year, else with it. */
export function monthWords(instant: Date, now: Date): string {
  return instant.getFullYear() === now.getFullYear()
    ? format(instant, 'month', { month: 'long' })
    : format(instant, 'monthAndYear', { month: 'long', year: 'numeric' });
}
