import { rulesOf } from '#app/ops/registry.ts';
import { isRetryable, type SyncError } from '#protocol/errors.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { OpAccepted, OpResult } from '#protocol/verbs.ts';
import { ended } from './attempts.ts';
import { acceptMark, acceptMessage, writeOverlays } from './accepted.ts';
import { settleBlocked } from './note-blocked.ts';
import { removeIfEmpty } from './drop.ts';
import type { OutboxRow } from './local-store.ts';
import { acceptScheduled } from './scheduled.ts';
import { showQueuedMark } from './outbox-rows.ts';
import { keepLastVersion } from './refused-edits.ts';
import type { Rows } from './rows.ts';

/** After this many `internal` answers an op is shown as failed, so that it no longer blocks its conversation. [REL-18] */
const INTERNAL_TRIES = 8;

/** Applies the server's answers. Runs inside its caller's transaction. [ER2] */
export async function settleResults(rows: Rows, self: UserId, results: readonly OpResult[]): Promise<void> {
  for (const result of results) {
    const row = await rows.outbox.get(result.id as OpId);
    if (row === undefined || row.state === 'sent') continue;
    if (result.ok) await accept(rows, self, row, result);
    else await refuse(rows, self, row, result.error);
  }
}

async function refuse(rows: Rows, self: UserId, waiting: OutboxRow, error: SyncError): Promise<void> {
  const row = ended(waiting, error.code);
  const internals = (row.internals ?? 0) + Number(error.code === 'internal');
  const isFinal = !isRetryable(error.code) || internals >= INTERNAL_TRIES;
  // A late answer to an earlier attempt: a final refusal stays final.
  if (!isFinal && row.state === 'failed') return;
  if (isFinal && rulesOf(row.op).failure(row.op, self) === 'quiet') {
    await rows.outbox.delete(row.id);
    // The unread count that resulted from the mark is reverted.
    if (row.op.kind === 'receipt.mark') await showQueuedMark(rows, self, row.stream);
    return removeIfEmpty(rows, row.stream);
  }
  if (isFinal && error.path === 'base') await keepLastVersion(rows, row);
  const counted = internals > 0 ? { internals } : {};
  await rows.outbox.put({ ...row, ...counted, state: isFinal ? 'failed' : 'queued', error });
  if (isFinal && isBlock(row)) await settleBlocked(rows, self, row.stream, false);
}

async function accept(rows: Rows, self: UserId, row: OutboxRow, result: OpAccepted): Promise<void> {
  const { op } = row;
  const message = rulesOf(op).message?.(op, self);
  if (message !== undefined && result.seq !== undefined)
    return acceptMessage(rows, self, row, { ...message, seq: result.seq }, result.rev);
  await rows.outbox.delete(row.id);
  await writeOverlays(rows, self, row, result.rev);
  if (isBlock(row)) await settleBlocked(rows, self, row.stream, true);
  if (op.kind === 'receipt.mark') await acceptMark(rows, self, op, result.rev);
  await acceptScheduled(rows, self, row, result.rev);
  await removeIfEmpty(rows, row.stream);
}

function isBlock({ op }: OutboxRow): boolean {
  return op.kind === 'membership.update' && op.blocked !== undefined;
}
