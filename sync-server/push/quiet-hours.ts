import type { QuietHours } from '#protocol/push.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Cached, because creating one takes some hundred microseconds. */
const clocks = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(timeZone: string): boolean {
  try {
    clockOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

/**
 * When the current quiet hours end, milliseconds since 1970; undefined outside them. The clock may be changed meanwhile, so a
 * caller that waits for the end must ask again then. [PU8]
 */
export function quietUntil({ from, to, timeZone }: QuietHours, nowMs: number): number | undefined {
  const minute = minutesIn(clockOf(timeZone).format(nowMs));
  const left = (minutesIn(to) - minute + DAY_MINUTES) % DAY_MINUTES;
  const length = (minutesIn(to) - minutesIn(from) + DAY_MINUTES) % DAY_MINUTES;
  if (left === 0 || left > length) return undefined;
  return Math.floor(nowMs / MINUTE_MS) * MINUTE_MS + left * MINUTE_MS;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  clocks.set(timeZone, made);
  return made;
}

function minutesIn(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
