import type { ScheduledMessage } from '#protocol/record.ts';

/** A time that is offered for a message, and its words in the catalogue. */
export interface OfferedTime {
  words: 'inAnHour' | 'tomorrow' | 'monday';
  at: Date;
}

const MORNING = 9;
const MONDAY = 1;

/** By the clock of this device: in an hour, and the next two mornings of working days. */
export function offeredTimes(now: Date): OfferedTime[] {
  const inAnHour = new Date(now.getTime() + 3_600_000);
  inAnHour.setSeconds(0, 0);
  const tomorrow = morningAfter(now, 1);
  const untilMonday = (7 + MONDAY - now.getDay()) % 7 || 7;
  const monday = morningAfter(now, untilMonday);
  return [
    { words: 'inAnHour', at: inAnHour },
    { words: 'tomorrow', at: tomorrow },
    ...(untilMonday > 1 ? [{ words: 'monday' as const, at: monday }] : []),
  ];
}

/** By the calendar, so that a clock change in between does not shift the time. */
function morningAfter(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
}

const MINUTE_MS = 60_000;

/** By the minute, like the app's clock: a message that is sent now is due at once, not when the next minute starts. */
export function isDue(at: Date, now: Date): boolean {
  return Math.floor(at.getTime() / MINUTE_MS) <= Math.floor(now.getTime() / MINUTE_MS);
}

/** Longer than a cancellation can be undone, because clocks differ. */
const SOON_MS = 15_000;

/** Whether it may be sent before its cancellation, which can still be undone, is sent. */
export function isDueSoon({ dueAt, failure }: Pick<ScheduledMessage, 'dueAt' | 'failure'>, nowMs: number): boolean {
  return failure === undefined && Date.parse(dueAt) - nowMs < SOON_MS;
}

/** The values of the fields for a day and a time, by the clock of this device. */
export interface DayAndTime {
  date: string;
  time: string;
}

export function fieldsOf(at: Date): DayAndTime {
  const two = (number: number) => String(number).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return { date, time: `${two(at.getHours())}:${two(at.getMinutes())}` };
}

export type TimeProblem = 'missing' | 'past' | 'tooFar';

/** The time that the fields give, or why it is invalid. */
export function instantOf(date: string, time: string, now: Date): Date | TimeProblem {
  const at = new Date(`${date}T${time}`);
  if (Number.isNaN(at.getTime())) return 'missing';
  if (at <= now) return 'past';
  return at > furthest(now) ? 'tooFar' : at;
}

/** A year from now, which is less than the server's limit, because clocks differ. */
export function furthest(now: Date): Date {
  return new Date(now.getFullYear() + 1, now.getMonth(), now.getDate());
}
