import { expect, it } from 'vitest';
import { fieldsOf, furthest, instantOf, isDue, isDueSoon, offeredTimes } from './schedule-times.ts';

const local = (text: string) => new Date(`2026-${text}`);

it.each([
  ['a Wednesday', '11-25T17:20:31', ['11-25T18:20', '11-26T09:00', '11-30T09:00']],
  ['a Sunday, when tomorrow is Monday', '11-29T08:00', ['11-29T09:00', '11-30T09:00']],
  ['a Monday, when the next one is in a week', '11-30T08:00', ['11-30T09:00', '12-01T09:00', '12-07T09:00']],
])('[SM1] the times that are offered on %s', (_what, now, times) => {
  expect(offeredTimes(local(now)).map(({ at }) => at)).toEqual(times.map(local));
});

it('[SM1] the fields give the time that they were filled with, and say what is wrong with invalid ones', () => {
  const now = local('11-25T17:20');
  const at = local('11-26T09:05');
  const { date, time } = fieldsOf(at);
  expect([date, time]).toEqual(['2026-11-26', '09:05']);
  expect(instantOf(date, time, now)).toEqual(at);
  expect(instantOf('', time, now)).toBe('missing');
  expect(instantOf('2026-11-25', '17:20', now)).toBe('past');
  expect(instantOf('2027-11-26', '09:00', now)).toBe('tooFar');
  expect(furthest(now).getTime() - now.getTime()).toBeLessThan(366 * 86_400_000);
});

it('[SM2] only a message that is sent soon leaves no time to undo its cancellation', () => {
  const now = local('11-25T17:20:00');
  const due = (time: string) => ({ dueAt: local(`11-25T${time}`).toISOString() });
  expect(['17:20:20', '17:20:10', '17:19:00'].map((time) => isDueSoon(due(time), now.getTime()))).toEqual([
    false,
    true,
    true,
  ]);
  expect(isDueSoon({ ...due('17:19:00'), failure: { code: 'forbidden' } }, now.getTime())).toBe(false);
});

it('[SM2] a message that is sent now is due at once, although the app’s clock ticks by the minute', () => {
  const ticked = local('11-25T17:20:00');
  const due = ['17:19:59', '17:20:00', '17:20:59', '17:21:00'].map((time) => isDue(local(`11-25T${time}`), ticked));
  expect(due).toEqual([true, true, true, false]);
});
