import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import { isRetryable, syncError } from '#protocol/errors.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { outcomeOf, refusalCode, type Refused, type Wait } from './outcome.ts';
import type { Ask } from './transport.ts';

export type Pushed =
  /** Every op is answered; streams with a retryable failure must wait. */
  | { kind: 'answered'; waits: Map<ConversationId, Wait> }
  /** No answer came. */
  | { kind: 'silence' }
  /** Refused as a whole; a smaller push may be accepted. `isBroken`: the server has a defect, so wait before retrying. */
  | { kind: 'unfit'; isBroken: boolean }
  /** This tab no longer leads. */
  | { kind: 'stopped' }
  | Wait
  | Refused;

interface PushParts {
  store: LocalStore;
  ask: Ask;
  /** Asked right before sending: a leader that was frozen may have been replaced meanwhile. [CL5] */
  mayLead: () => Promise<boolean>;
  /** Called when the push has been handed to the connection. */
  onSent: () => void;
}

/**
 * Sends `rows` as one push: marks them as attempted, unless they were marked when they were queued, sends them, and stores the answers.
 * [CL2] [ER2]
 */
export async function pushBatch(
  { store, ask, mayLead, onSent }: PushParts,
  rows: readonly OutboxRow[],
  isMarked: boolean,
): Promise<Pushed> {
  const ids = rows.map((row) => row.id);
  // Asked here too, because a tab that no longer leads should not mark anything in the outbox.
  if (!isMarked && !(await mayLead())) return { kind: 'stopped' };
  const ops = isMarked ? rows.map(({ op }) => op) : await store.beginAttempt(ids);
  // All of them were taken back.
  if (ops.length === 0) return { kind: 'answered', waits: new Map() };
  if (!(await mayLead())) {
    await store.requeue(ids);
    return { kind: 'stopped' };
  }
  const asked = ask('push', { ops });
  onSent();
  const answer = await asked;
  if (answer === undefined || 'error' in answer) {
    const error = answer?.error;
    const isOfAnOp = error !== undefined && (!isRetryable(error.code) || error.code === 'internal');
    if (isOfAnOp && ops.length > 1) {
      await store.requeue(ids, error.code);
      return { kind: 'unfit', isBroken: error.code === 'internal' };
    }
    if (isOfAnOp) {
      // A push of one op can't be made smaller: the refusal applies to this op.
      const results = ops.map(({ id }) => ({ id, ok: false as const, error }));
      await store.settle(results);
      return { kind: 'answered', waits: waitsOf(ops, results) };
    }
    await store.requeue(ids, error?.code);
    return error === undefined ? { kind: 'silence' } : outcomeOf(error);
  }
  const results = complete(ops, answer.results);
  await store.settle(results);
  const refused = results.flatMap((result) => (result.ok ? [] : (refusalCode(result.error.code) ?? [])))[0];
  if (refused !== undefined) return { kind: 'refused', code: refused };
  return { kind: 'answered', waits: waitsOf(ops, results) };
}

/** One result per op; an op without a result in the answer counts as not answered yet. */
function complete(ops: readonly Op[], results: readonly OpResult[]): OpResult[] {
  const given = new Map(results.map((result) => [result.id, result]));
  const missing = syncError('unavailable', 'the server did not answer this op');
  return ops.map(({ id }) => given.get(id) ?? { id, ok: false, error: missing });
}

/** The wait of each stream, by its first failure: later ops of that stream were not tried. [AP7] */
function waitsOf(ops: readonly Op[], results: readonly OpResult[]): Map<ConversationId, Wait> {
  const waits = new Map<ConversationId, Wait>();
  for (const [at, result] of results.entries()) {
    const stream = ops[at]?.stream;
    if (stream === undefined || result.ok || !isRetryable(result.error.code) || waits.has(stream)) continue;
    const { retryAfterMs: ms } = result.error;
    waits.set(stream, ms === undefined ? { kind: 'wait' } : { kind: 'wait', ms });
  }
  return waits;
}
