import { rulesOf } from '#app/ops/registry.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { OutboxRow } from './local-store.ts';
import { emptyConversation, type Rows } from './rows.ts';
import { withRead } from './unread.ts';

/** Queues ops with what they show at once. Runs inside its caller's transaction. [CL1] */
export async function enqueueOps(rows: Rows, self: UserId, ops: readonly Op[], queuedAt: string): Promise<void> {
  // The transaction is alone on the outbox, in whichever tab: no two ops get one place.
  let order = await rows.lastOrder();
  for (const given of ops) {
    // A write whose answer was lost with the connection is made again.
    if ((await rows.outbox.get(given.id)) !== undefined) continue;
    const op = await merged(rows, given);
    order += 1;
    await rows.outbox.put({ id: op.id, stream: op.stream, order, op, queuedAt, attempts: 0, state: 'queued' });
    if (op.kind === 'receipt.mark') await showMark(rows, self, op.stream);
    if (op.kind === 'conversation.create' && (await rows.conversations.get(op.stream)) === undefined) {
      const begun = { memberIds: op.memberIds, ...(op.title === undefined ? {} : { title: op.title }) };
      await rows.conversations.put({ ...emptyConversation(op.stream, queuedAt), begun, isWhole: true });
    }
  }
}

/**
 * An op that says what earlier ones say that have not been sent takes their place. They are replaced and not changed: a push
 * that has just read one sends it as it was, and the new op is still sent after it.
 */
async function merged(rows: Rows, given: Op): Promise<Op> {
  const { merged: merge } = rulesOf(given);
  if (merge === undefined) return given;
  let op = given;
  for (const earlier of await rows.outboxOf(given.stream)) {
    if (earlier.op.kind !== given.kind || earlier.state !== 'queued' || earlier.attempts > 0) continue;
    const both = merge(earlier.op, op);
    if (both === undefined) continue;
    await rows.outbox.delete(earlier.id);
    op = both;
  }
  return op;
}

/** The highest seq that marks still waiting here call read. */
export async function ownMarkOf(rows: Rows, stream: ConversationId): Promise<number | undefined> {
  const marks = (await rows.outboxOf(stream)).map(({ op }) => (op.kind === 'receipt.mark' ? (op.readSeq ?? 0) : 0));
  const highest = Math.max(0, ...marks);
  return highest > 0 ? highest : undefined;
}

/** Shows the marks that wait, and no other: one that was taken back or refused shows no longer. */
export async function showMark(rows: Rows, self: UserId, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row === undefined) return;
  const seq = await ownMarkOf(rows, stream);
  const { ownRead: _before, ...rest } = row;
  // Beyond the last seq means the last. [RD1] What comes after it is unread.
  const next = seq === undefined ? rest : { ...rest, ownRead: { seq: Math.min(seq, row.lastSeq) } };
  await rows.conversations.put(await withRead(rows, self, row, next));
}

/** A message that is here has left the outbox, whether or not its answer came; so has one accepted below `start`. */
export async function sentHere(
  rows: Rows,
  self: UserId,
  stream: ConversationId,
  messages: readonly MessageRecord[],
  start: number,
): Promise<void> {
  const own = new Set(messages.flatMap((message) => (message.senderId === self ? [message.id] : [])));
  if (own.size === 0 && start === 0) return;
  const gone = (await rows.outboxOf(stream)).filter(
    (row) => own.has(row.id) || (row.state === 'sent' && (row.seq ?? 0) < start),
  );
  await rows.outbox.bulkDelete(gone.map((row) => row.id));
}

/** Marks ops as under way; answers which had been attempted before. */
export async function beginAttempt(rows: Rows, ids: readonly OpId[]): Promise<Set<OpId>> {
  const found = (await rows.outbox.bulkGet([...ids])).filter((row) => row !== undefined);
  const begun = found.filter((row) => row.state === 'queued' || row.state === 'sending');
  await rows.outbox.bulkPut(begun.map((row) => ({ ...row, attempts: row.attempts + 1, state: 'sending' as const })));
  return new Set(begun.filter((row) => row.attempts > 0).map((row) => row.id));
}

/**
 * What was under way waits again. What is accepted does not: it only waits for its record. Where the cursor has passed that
 * and it is not here, the answer was of a life of the database that is over: asked again, it takes effect in this one.
 */
export async function requeueOps(rows: Rows, ids: readonly OpId[] | undefined): Promise<void> {
  const all = ids === undefined ? await rows.outboxOf() : await rows.outbox.bulkGet([...ids]);
  for (const row of all) {
    if (row === undefined) continue;
    const isDue =
      row.state === 'sent' && ids === undefined && ((await rows.cursors.get(row.stream))?.rev ?? 0) >= (row.rev ?? 0);
    if (row.state === 'sending' || isDue) await rows.outbox.put(waitingAgain(row));
  }
}

/** The row as it was before it was sent; that it was tried stays known. */
export function waitingAgain({ seq: _seq, rev: _rev, ...row }: OutboxRow): OutboxRow {
  return { ...row, state: 'queued' };
}
