import { editMessage, deleteMessage, isChangeOf } from '#app/ops/messages.ts';
import { cancelScheduled } from '#app/ops/scheduled-overlay.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { MessageChange, OutboxRow } from './local-store.ts';
import { enqueueOps } from './outbox-rows.ts';
import { textShown } from './refused-edits.ts';
import { discardOp, retryOp } from './retry.ts';
import type { Rows } from './rows.ts';

/*
 * Changes of messages that may not have left the device. One that was never attempted is changed in the queue. After an attempt
 * the server may have it, so the change is an op that follows it. Everything here runs inside its caller's transaction. [CL11]
 */

export async function editText(rows: Rows, self: UserId, text: string, change: MessageChange): Promise<void> {
  const { stream, messageId, opId, at, mentions } = change;
  await rows.edits.delete(messageId);
  const row = await rows.outbox.get(messageId);
  // A forward has no text of its own: the server copies it, and the edit follows.
  const hasText = row?.op.kind === 'message.send' && row.op.forward === undefined;
  if (row !== undefined && hasText && row.state === 'failed') {
    // A refused message is sent again with its new text, in its old place.
    await retryOp(rows, messageId, opId);
    return putText(rows, opId, text, mentions);
  }
  if (row !== undefined && hasText && isUnattempted(row)) return putText(rows, messageId, text, mentions);
  const base = await textShown(rows, stream, messageId);
  await enqueueOps(rows, self, [{ id: opId, ...editMessage(stream, messageId, text, { mentions, base }) }], at, false);
}

/**
 * Takes back a message, including a scheduled one. Returns what `restoreOps` needs to undo that, or nothing if the message may
 * have left and is deleted for everybody. A chat that was started with this message is taken back too, because nobody should see
 * it empty.
 */
export async function cancelMessage(rows: Rows, self: UserId, change: MessageChange): Promise<OutboxRow[]> {
  const { stream, messageId, opId, at } = change;
  const row = await rows.outbox.get(messageId);
  if (row === undefined || (row.state !== 'failed' && !isUnattempted(row))) {
    const isScheduled = row?.op.kind === 'message.schedule';
    const op = isScheduled ? cancelScheduled(stream, messageId) : deleteMessage(stream, messageId);
    await enqueueOps(rows, self, [{ id: opId, ...op }], at, false);
    return [];
  }
  const ofStream = await rows.outboxOf(stream);
  await discardUnsent(rows, self, stream, messageId);
  const left = new Set((await rows.outboxOf(stream)).map(({ id }) => id));
  return ofStream.filter(({ id }) => !left.has(id));
}

/** Discards an op that has never left the device, and the direct chat that was to be created for this message alone. */
async function discardUnsent(rows: Rows, self: UserId, stream: ConversationId, id: OpId): Promise<void> {
  const others = (await rows.outboxOf(stream)).filter((other) => other.id !== id && !isChangeOf(other.op, id));
  const creation = others.find((other) => isUnsentDirectChat(other));
  const isAlone = creation !== undefined && others.every((other) => other.op.kind !== 'message.send');
  await discardOp(rows, self, isAlone ? creation.id : id);
}

/** Undoes `cancelMessage`: the ops are queued again in their old places. */
export async function restoreOps(rows: Rows, self: UserId, removed: readonly OutboxRow[]): Promise<void> {
  for (const row of removed) {
    // Queued first, so that what an op shows at once is shown again.
    await enqueueOps(rows, self, [row.op], row.queuedAt, false);
    await rows.outbox.put(row);
  }
}

/** Removes ops that have never left this device. False, without effect, if one of them may have left. [CL17] */
export async function takeBackOps(rows: Rows, self: UserId, ids: readonly OpId[]): Promise<boolean> {
  const found = await rows.outbox.bulkGet([...ids]);
  if (found.some((row) => row === undefined || row.state !== 'queued' || row.attempts > 0)) return false;
  for (const row of found) if (row !== undefined) await discardUnsent(rows, self, row.stream, row.id);
  return true;
}

function isUnattempted({ state, attempts }: OutboxRow): boolean {
  return state === 'queued' && attempts === 0;
}

/** A direct chat that exists only on this device. Creating a group is a separate decision, which is not taken back. */
function isUnsentDirectChat(row: OutboxRow): boolean {
  return row.op.kind === 'conversation.create' && row.stream.startsWith('d:') && isUnattempted(row);
}

async function putText(rows: Rows, id: OpId, text: string, mentions: UserId[] | undefined): Promise<void> {
  const row = await rows.outbox.get(id);
  if (row?.op.kind !== 'message.send') return;
  await rows.outbox.put({ ...row, op: { ...row.op, text, ...(mentions === undefined ? {} : { mentions }) } });
}
