import { rulesOf } from '#app/ops/registry.ts';
import { isRetryable, type SyncError } from '#protocol/errors.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { OpAccepted, OpResult } from '#protocol/verbs.ts';
import { acceptMark, acceptMessage, writeOverlays } from './accepted.ts';
import { tidy } from './drop.ts';
import type { OutboxRow } from './local-store.ts';
import { showMark } from './outbox-rows.ts';
import type { Rows } from './rows.ts';

/** An op that breaks the server each time is set aside visibly after this many answers, and blocks its chat no longer. [REL-18] */
const INTERNAL_TRIES = 8;

/** Takes the server's answers in. Runs inside its caller's transaction. [ER2] */
export async function settleResults(rows: Rows, self: UserId, results: readonly OpResult[]): Promise<void> {
  for (const result of results) {
    const row = await rows.outbox.get(result.id as OpId);
    if (row === undefined || row.state === 'sent') continue;
    if (result.ok) await accept(rows, self, row, result);
    else await refuse(rows, self, row, result.error);
  }
}

async function refuse(rows: Rows, self: UserId, row: OutboxRow, error: SyncError): Promise<void> {
  const internals = (row.internals ?? 0) + Number(error.code === 'internal');
  const isFinal = !isRetryable(error.code) || internals >= INTERNAL_TRIES;
  // Late, from an attempt before: what was refused for good stays refused.
  if (!isFinal && row.state === 'failed') return;
  if (isFinal && rulesOf(row.op).failure(row.op, self) === 'quiet') {
    await rows.outbox.delete(row.id);
    // The unread number that the mark gave is taken back with it.
    if (row.op.kind === 'receipt.mark') await showMark(rows, self, row.stream);
    return tidy(rows, row.stream);
  }
  const counted = internals > 0 ? { internals } : {};
  await rows.outbox.put({ ...row, ...counted, state: isFinal ? 'failed' : 'queued', error });
}

async function accept(rows: Rows, self: UserId, row: OutboxRow, result: OpAccepted): Promise<void> {
  const { op } = row;
  const message = rulesOf(op).message?.(op, self);
  if (message !== undefined && result.seq !== undefined)
    return acceptMessage(rows, self, row, { ...message, seq: result.seq }, result.rev);
  await rows.outbox.delete(row.id);
  await writeOverlays(rows, self, row, result.rev);
  if (op.kind === 'receipt.mark') await acceptMark(rows, self, op, result.rev);
  await tidy(rows, row.stream);
}
