import { locale } from './words.ts';

/** Cached, because creating a formatter takes about a millisecond and a list formats hundreds of times. */
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

/** The number of midnights between two instants in local time. */
export function daysBetween(earlier: Date, later: Date): number {
  const day = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day(later) - day(earlier)) / 86_400_000);
}

/** The time in a list: the clock time today, the weekday within a week, otherwise the date. */
export function shortTime(instant: Date, now: Date): string {
  const days = daysBetween(instant, now);
  if (days <= 0) return clockTime(instant);
  if (days < 7) return format(instant, 'weekday', { weekday: 'short' });
  if (instant.getFullYear() === now.getFullYear()) return format(instant, 'day', { day: 'numeric', month: 'short' });
  return format(instant, 'date', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The date of a day separator; the catalogues have texts for today and yesterday. */
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

/** A past month: "March" within the present year, otherwise with its year. */
export function monthWords(instant: Date, now: Date): string {
  return instant.getFullYear() === now.getFullYear()
    ? format(instant, 'month', { month: 'long' })
    : format(instant, 'monthAndYear', { month: 'long', year: 'numeric' });
}
