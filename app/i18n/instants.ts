import { locale } from './words.ts';

/**
 * The locale of times and dates: the first of the browser's languages that is the app's language, because it also has a region,
 * which decides between 4:05 PM and 16:05. If there is none, the app's language with the browser's region.
 */
export function regionalLocale(language: string, preferred: readonly string[]): string {
  const fitting = preferred.find((tag) => tag.split('-')[0]?.toLowerCase() === language);
  if (fitting !== undefined) return fitting;
  const region = preferred.map((tag) => new Intl.Locale(tag).region).find((each) => each !== undefined);
  return region === undefined ? language : `${language}-${region}`;
}

/** Cached, because creating a formatter takes about a millisecond and a list formats hundreds of times. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function format(instant: Date, name: string, options: Intl.DateTimeFormatOptions): string {
  const preferred = globalThis.navigator?.languages ?? [];
  // A formatter keeps the time zone in which it was made, and a device may travel.
  const key = `${locale()} ${preferred.join()} ${zoneKey()} ${name}`;
  let formatter = formatters.get(key);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(regionalLocale(locale(), preferred), options);
    formatters.set(key, formatter);
  }
  return formatter.format(instant);
}

/** Detects a change of the time zone; finding out the zone's name takes longer than formatting a time. */
function zoneKey(): string {
  return [0, 6].map((month) => new Date(2026, month, 1).getTimezoneOffset()).join();
}

export function clockTime(instant: Date): string {
  return format(instant, 'time', { timeStyle: 'short' });
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

/** When something will happen: the clock time today, otherwise with the date. */
export function futureTime(instant: Date, now: Date): string {
  if (daysBetween(now, instant) <= 0) return clockTime(instant);
  const day =
    instant.getFullYear() === now.getFullYear()
      ? format(instant, 'dayAndMonth', { day: 'numeric', month: 'long' })
      : format(instant, 'longDate', { day: 'numeric', month: 'long', year: 'numeric' });
  return `${day}, ${clockTime(instant)}`;
}

export function fullTime(instant: Date): string {
  return format(instant, 'full', { dateStyle: 'full', timeStyle: 'short' });
}

/** A time with seconds, for events that may be seconds apart. */
export function exactTime(instant: Date, now: Date): string {
  if (daysBetween(instant, now) <= 0) return format(instant, 'exact', { timeStyle: 'medium' });
  return format(instant, 'exactWithDay', { dateStyle: 'short', timeStyle: 'medium' });
}

/** A past month: "March" in the current year, otherwise with its year. */
export function monthWords(instant: Date, now: Date): string {
  return instant.getFullYear() === now.getFullYear()
    ? format(instant, 'month', { month: 'long' })
    : format(instant, 'monthAndYear', { month: 'long', year: 'numeric' });
}
