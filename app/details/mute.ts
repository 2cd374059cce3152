/** Until the person turns it on again: the last instant that the contract can write. */
export const FOR_EVER = '9999-12-31T23:59:59.999Z';

const HOUR_MS = 3_600_000;

export type MuteFor = 'hour' | 'eight-hours' | 'for-ever';

export function mutedUntil(choice: MuteFor, now: Date): string {
  if (choice === 'for-ever') return FOR_EVER;
  return new Date(now.getTime() + (choice === 'hour' ? 1 : 8) * HOUR_MS).toISOString();
}

export function isMuted(until: string | undefined, now: Date): boolean {
  return until !== undefined && Date.parse(until) > now.getTime();
}
