import type { SyncError } from '#protocol/errors.ts';

/** Errors that only the person can resolve; until then the engine rests and keeps everything. */
export type RestCode = 'unauthorized' | 'upgrade_required';

export type Refused = { kind: 'refused'; code: RestCode };
/** Try again later: after `ms` if the server asked for that, else after the backoff. */
export type Wait = { kind: 'wait'; ms?: number };

export function restCode(code: SyncError['code']): RestCode | undefined {
  return code === 'unauthorized' || code === 'upgrade_required' ? code : undefined;
}

/** How to handle a verb that failed as a whole. [VB2] [ER1] */
export function outcomeOf({ code, retryAfterMs }: Pick<SyncError, 'code' | 'retryAfterMs'>): Refused | Wait {
  const rest = restCode(code);
  if (rest !== undefined) return { kind: 'refused', code: rest };
  return retryAfterMs === undefined ? { kind: 'wait' } : { kind: 'wait', ms: retryAfterMs };
}
