import type { SyncError } from '#protocol/errors.ts';

/** What the server wants something of the person for; until then the engine rests and keeps everything. */
export type RestCode = 'unauthorized' | 'upgrade_required';

export type Refused = { kind: 'refused'; code: RestCode };
/** Later again: after `ms` where the server named a time, else after a back-off. */
export type Wait = { kind: 'wait'; ms?: number };

export function restCode(code: SyncError['code']): RestCode | undefined {
  return code === 'unauthorized' || code === 'upgrade_required' ? code : undefined;
}

/** What to do about a verb that failed as a whole. [VB2] [ER1] */
export function outcomeOf({ code, retryAfterMs }: Pick<SyncError, 'code' | 'retryAfterMs'>): Refused | Wait {
  const rest = restCode(code);
  if (rest !== undefined) return { kind: 'refused', code: rest };
  return retryAfterMs === undefined ? { kind: 'wait' } : { kind: 'wait', ms: retryAfterMs };
}
