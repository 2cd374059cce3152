import { isRetryable, type SyncError } from '#protocol/errors.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { OpAccepted, OpResult } from '#protocol/verbs.ts';
import { tidy } from './drop.ts';
import type { OutboxRow } from './local-store.ts';
import { showMark } from './outbox-rows.ts';
import type { Rows } from './rows.ts';
import { withRead } from './unread.ts';
import { placeMessages, startWith } from './window.ts';

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
  if (isFinal && row.op.kind === 'receipt.mark') {
    // Nobody's words: what it showed is taken back, which is all that there is to show.
    await rows.outbox.delete(row.id);
    await showMark(rows, self, row.stream);
    return tidy(rows, row.stream);
  }
  const counted = internals > 0 ? { internals } : {};
  await rows.outbox.put({ ...row, ...counted, state: isFinal ? 'failed' : 'queued', error });
}

async function accept(rows: Rows, self: UserId, row: OutboxRow, result: OpAccepted): Promise<void> {
  const { op } = row;
  if (op.kind === 'message.send' && result.seq !== undefined)
    return acceptMessage(rows, self, row, op, result.seq, result.rev);
  await rows.outbox.delete(row.id);
  if (op.kind === 'message.edit' || op.kind === 'message.delete')
    await showChange(rows, self, op, row.queuedAt, result.rev);
  if (op.kind === 'receipt.mark') await acceptMark(rows, self, op, result.rev);
  await tidy(rows, row.stream);
}

/**
 * The message takes its place where that is known: beside what is held. Else others' before it are still on their way, and it
 * stays in the outbox, seen, not to be sent again, until its own record comes.
 */
async function acceptMessage(
  rows: Rows,
  self: UserId,
  row: OutboxRow,
  op: OpOf<'message.send'>,
  seq: number,
  rev: number,
): Promise<void> {
  const { stream } = op;
  const conversation = await rows.conversations.get(stream);
  const isOver = conversation === undefined || conversation.membership?.leftAt !== undefined;
  const isBelow = conversation !== undefined && conversation.historyStart > 0 && seq < conversation.historyStart;
  if (isOver || isBelow || (await rows.messageById(stream, op.id)) !== undefined) {
    await rows.outbox.delete(row.id);
    return tidy(rows, stream);
  }
  // Text alone is known as the server holds it; files and forwards are the server's to describe. [RC1]
  const isWholeHere = op.forward === undefined && (op.attachments ?? []).length === 0;
  const isBeside = seq <= conversation.lastSeq + 1 && (conversation.historyStart > 0 || seq === 1);
  // The place of another: the server has begun another life, which the next pull tells.
  const isTaken = isBeside && (await rows.messages.get([stream, seq])) !== undefined;
  if (!isWholeHere || !isBeside || isTaken) {
    const { error: _error, ...rest } = row;
    await rows.outbox.put({ ...rest, state: 'sent', seq, rev });
    return undefined;
  }
  const message = sentMessage(self, op, seq);
  await rows.outbox.delete(row.id);
  const start = startWith(conversation, [message]);
  await rows.conversations.put(await placeMessages(rows, self, conversation, [message], start));
  return undefined;
}

/** What the server holds now, as far as is known here; rev 0, so that its own record replaces this. */
function sentMessage(self: UserId, op: OpOf<'message.send'>, seq: number): MessageRecord {
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

/**
 * An accepted change shows until its record comes; the rev held stays, so that the record wins. Where the record is here
 * already (`rev` is the lowest that it can have), somebody's later change may be in it: it is left alone.
 */
async function showChange(
  rows: Rows,
  self: UserId,
  op: OpOf<'message.edit'> | OpOf<'message.delete'>,
  at: string,
  rev: number,
): Promise<void> {
  const message = await rows.messageById(op.stream, op.messageId);
  const row = await rows.conversations.get(op.stream);
  if (message === undefined || row === undefined || message.deletedAt !== undefined || message.rev >= rev) return;
  const changed: MessageRecord =
    op.kind === 'message.edit'
      ? { ...message, text: op.text, editedAt: at }
      : { ...withoutReferences(message), text: '', attachments: [], mentions: [], reactions: {}, deletedAt: at };
  await rows.conversations.put(await placeMessages(rows, self, row, [changed], row.historyStart, 'replace'));
}

function withoutReferences(message: MessageRecord): MessageRecord {
  const { replyTo: _reply, forwardedFrom: _forward, ...rest } = message;
  return rest;
}

/** The mark shows until the membership that holds it is here. */
async function acceptMark(rows: Rows, self: UserId, op: OpOf<'receipt.mark'>, rev: number): Promise<void> {
  const row = await rows.conversations.get(op.stream);
  if (row?.ownRead === undefined) return;
  const waits = (await rows.outboxOf(op.stream)).some((other) => other.op.kind === 'receipt.mark');
  if (waits) return;
  const { ownRead, ...rest } = row;
  const isHeld = (row.membership?.rev ?? 0) >= rev;
  const next = isHeld ? rest : { ...rest, ownRead: { ...ownRead, untilRev: rev } };
  await rows.conversations.put(await withRead(rows, self, row, next));
}
