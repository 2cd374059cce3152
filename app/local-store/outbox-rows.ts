import { isRetryable } from '#protocol/errors.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { applyMessages, emptyConversation, recount } from './apply.ts';
import type { OutboxRow } from './local-store.ts';
import type { Tables } from './tables.ts';

/** An op that breaks the server each time is set aside visibly after this many tries, and blocks its chat no longer. [ER1] */
const INTERNAL_TRIES = 8;

/** Queues ops with what they show at once. Runs inside its caller's transaction. [CL1] */
export async function enqueueOps(tables: Tables, self: UserId, ops: readonly Op[], queuedAt: string): Promise<void> {
  let order = (await tables.outbox.orderBy('order').last())?.order ?? 0;
  for (const op of ops) {
    if (op.kind === 'receipt.mark' && (await mergeMark(tables, op))) {
      await showMark(tables, self, op.stream, op.readSeq ?? 0);
      continue;
    }
    order += 1;
    await tables.outbox.put({ id: op.id, stream: op.stream, order, op, queuedAt, attempts: 0, state: 'queued' });
    if (op.kind === 'conversation.create' && (await tables.conversations.get(op.stream)) === undefined) {
      const begun = { memberIds: op.memberIds, ...(op.title === undefined ? {} : { title: op.title }) };
      await tables.conversations.put({ ...emptyConversation(op.stream, queuedAt), begun, isWhole: true });
    }
    if (op.kind === 'receipt.mark') await showMark(tables, self, op.stream, op.readSeq ?? 0);
  }
}

/** Marks only go forward: one that has not left yet is moved instead of followed by a second one. */
async function mergeMark(tables: Tables, op: Extract<Op, { kind: 'receipt.mark' }>): Promise<boolean> {
  const waiting = await tables.outbox
    .where({ stream: op.stream })
    .filter((row) => row.op.kind === 'receipt.mark' && row.attempts === 0 && row.state === 'queued')
    .first();
  if (waiting?.op.kind !== 'receipt.mark') return false;
  const readSeq = Math.max(waiting.op.readSeq ?? 0, op.readSeq ?? 0);
  const deliveredSeq = Math.max(waiting.op.deliveredSeq ?? 0, op.deliveredSeq ?? 0);
  const merged: Op = {
    ...waiting.op,
    ...(readSeq > 0 ? { readSeq } : {}),
    ...(deliveredSeq > 0 ? { deliveredSeq } : {}),
  };
  await tables.outbox.put({ ...waiting, op: merged });
  return true;
}

async function showMark(tables: Tables, self: UserId, stream: OutboxRow['stream'], readSeq: number): Promise<void> {
  const row = await tables.conversations.get(stream);
  if (row === undefined || readSeq <= (row.ownReadSeq ?? 0)) return;
  await tables.conversations.put(await recount(tables, self, { ...row, ownReadSeq: readSeq }));
}

/** Takes the server's answers in. Runs inside its caller's transaction. [ER2] */
export async function settleResults(tables: Tables, self: UserId, results: readonly OpResult[]): Promise<void> {
  for (const result of results) {
    const row = await tables.outbox.get(result.id as OpId);
    if (row === undefined) continue;
    if (result.ok) {
      await accept(tables, self, row, result.seq);
      continue;
    }
    const { error } = result;
    const isFinal = !isRetryable(error.code) || (error.code === 'internal' && row.attempts >= INTERNAL_TRIES);
    await tables.outbox.put({ ...row, state: isFinal ? 'failed' : 'queued', error });
  }
}

async function accept(tables: Tables, self: UserId, row: OutboxRow, seq: number | undefined): Promise<void> {
  const { op } = row;
  if (op.kind === 'message.send' && seq !== undefined) {
    const conversation = (await tables.conversations.get(op.stream)) ?? emptyConversation(op.stream, op.sentAt);
    // Others' messages before this one are still on their way: it stays where it is until its own record comes.
    if (conversation.lastSeq + 1 < seq && conversation.historyStart > 0) return;
    const message = sentMessage(self, op, seq);
    await tables.conversations.put(await applyMessages(tables, self, conversation, [message]));
  }
  if (op.kind === 'message.edit' || op.kind === 'message.delete') await showChange(tables, op);
  await tables.outbox.delete(row.id);
}

/** What the server holds now, as far as is known here; rev 0, so that its own record replaces this. */
function sentMessage(self: UserId, op: Extract<Op, { kind: 'message.send' }>, seq: number): MessageRecord {
  return {
    type: 'message',
    stream: op.stream,
    id: op.id,
    rev: 0,
    seq,
    senderId: self,
    sentAt: op.sentAt,
    createdAt: op.sentAt,
    text: op.text ?? '',
    attachments: [],
    mentions: op.mentions ?? [],
    reactions: {},
    ...(op.replyTo === undefined ? {} : { replyTo: op.replyTo }),
  };
}

/** An accepted change shows until its record comes; the rev held stays, so that the record wins. */
async function showChange(tables: Tables, op: Extract<Op, { kind: 'message.edit' | 'message.delete' }>): Promise<void> {
  const message = await tables.messages.get({ stream: op.stream, id: op.messageId });
  if (message === undefined || message.deletedAt !== undefined) return;
  const now = new Date().toISOString();
  const changed: MessageRecord =
    op.kind === 'message.edit'
      ? { ...message, text: op.text, editedAt: now }
      : { ...message, text: '', attachments: [], mentions: [], reactions: {}, deletedAt: now };
  await tables.messages.put(changed);
  const row = await tables.conversations.get(op.stream);
  if (row?.lastMessage?.id === message.id) await tables.conversations.put({ ...row, lastMessage: changed });
}
