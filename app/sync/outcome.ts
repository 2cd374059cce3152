import type { SyncError } from '#protocol/errors.ts';

/** Errors that only the person can resolve; until then the engine stays disconnected and keeps everything. */
export type RefusalCode = 'unauthorized' | 'upgrade_required';

export type Refused = { kind: 'refused'; code: RefusalCode };
/** Try again later: after `ms` if the server asked for that, else after the backoff. */
export type Wait = { kind: 'wait'; ms?: number };

export function refusalCode(code: SyncError['code']): RefusalCode | undefined {
  return code === 'unauthorized' || code === 'upgrade_required' ? code : undefined;
}

/** How to handle a verb that failed as a whole. [VB2] [ER1] */
export function outcomeOf({ code, retryAfterMs }: Pick<SyncError, 'code' | 'retryAfterMs'>): Refused | Wait {
  const refusal = refusalCode(code);
  if (refusal !== undefined) return { kind: 'refused', code: refusal };
  return retryAfterMs === undefined ? { kind: 'wait' } : { kind: 'wait', ms: retryAfterMs };
}
