import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import { isRetryable, syncError } from '#protocol/errors.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { outcomeOf, restCode, type Refused, type Wait } from './outcome.ts';
import type { Ask } from './transport.ts';

export type Pushed =
  /** Every op has its answer; streams with a failure that retrying may change must wait. */
  | { kind: 'answered'; waits: Map<ConversationId, Wait> }
  /** No answer came, or the push was refused as a whole in a way that a smaller one may not be. */
  | { kind: 'silence' }
  /** `isBroken`: the server met a defect, and should be left alone for a while. */
  | { kind: 'unfit'; isBroken: boolean }
  /** This tab may not send. */
  | { kind: 'stopped' }
  | Wait
  | Refused;

interface PushParts {
  store: LocalStore;
  ask: Ask;
  /** Looked up at the last moment: a leader that was frozen may have been replaced while it slept. [CL5] */
  mayLead: () => Promise<boolean>;
}

/** One push of `rows`, from its mark on the device to its answers on the device. [CL2] [ER2] */
export async function pushBatch({ store, ask, mayLead }: PushParts, rows: readonly OutboxRow[]): Promise<Pushed> {
  const ids = rows.map((row) => row.id);
  // Asked before too: a tab that no longer leads should leave no marks in the outbox.
  if (!(await mayLead())) return { kind: 'stopped' };
  const attempted = await store.beginAttempt(ids);
  if (!(await mayLead())) {
    await store.requeue(ids);
    return { kind: 'stopped' };
  }
  const ops: Op[] = rows.map(({ op }) => (attempted.has(op.id) ? { ...op, retry: true } : op));
  const answer = await ask('push', { ops });
  if (answer === undefined || 'error' in answer) {
    const error = answer?.error;
    const isOfAnOp = error !== undefined && (!isRetryable(error.code) || error.code === 'internal');
    if (isOfAnOp && rows.length > 1) {
      await store.requeue(ids);
      return { kind: 'unfit', isBroken: error.code === 'internal' };
    }
    if (isOfAnOp) {
      // It can't be made smaller: the refusal is this op's.
      const results = rows.map(({ id }) => ({ id, ok: false as const, error }));
      await store.settle(results);
      return { kind: 'answered', waits: waitsOf(rows, results) };
    }
    await store.requeue(ids);
    return error === undefined ? { kind: 'silence' } : outcomeOf(error);
  }
  const results = complete(rows, answer.results);
  await store.settle(results);
  const refused = results.flatMap((result) => (result.ok ? [] : (restCode(result.error.code) ?? [])))[0];
  if (refused !== undefined) return { kind: 'refused', code: refused };
  return { kind: 'answered', waits: waitsOf(rows, results) };
}

/** A result for each op: one that the server left out counts as not answered yet. */
function complete(rows: readonly OutboxRow[], results: readonly OpResult[]): OpResult[] {
  const given = new Map(results.map((result) => [result.id, result]));
  const missing = syncError('unavailable', 'the server gave no answer for this');
  return rows.map(({ id }) => given.get(id) ?? { id, ok: false, error: missing });
}

/** By its first failure: the later ops of that stream were not tried. [AP7] */
function waitsOf(rows: readonly OutboxRow[], results: readonly OpResult[]): Map<ConversationId, Wait> {
  const waits = new Map<ConversationId, Wait>();
  for (const [at, result] of results.entries()) {
    const stream = rows[at]?.stream;
    if (stream === undefined || result.ok || !isRetryable(result.error.code) || waits.has(stream)) continue;
    const { retryAfterMs: ms } = result.error;
    waits.set(stream, ms === undefined ? { kind: 'wait' } : { kind: 'wait', ms });
  }
  return waits;
}
