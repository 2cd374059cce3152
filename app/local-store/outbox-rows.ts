import { createConversation } from '#app/ops/conversations.ts';
import { fileQueue } from '#app/ops/file-queue.ts';
import { filesToUpload, withFile } from '#app/ops/files.ts';
import { rulesOf } from '#app/ops/registry.ts';
import { directPeer, isDirect, type ConversationId, type MediaId, type OpId, type UserId } from '#protocol/ids.ts';
import type { MessageSendOp, Op } from '#protocol/op.ts';
import { askedAgain, type Attachment, type MessageRecord } from '#protocol/record.ts';
import { showBlocked } from './show-blocked.ts';
import { endDraft, noteShared } from './drafts.ts';
import { ended, keepTries, withAttempt } from './attempts.ts';
import type { Attempt, OutboxRow } from './local-store.ts';
import { idAfter } from './op-ids.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';
import { withRead } from './unread.ts';

/**
 * Queues ops, with what they show at once. Runs inside its caller's transaction. [CL1] With `isAttempt`, an op that is the first one
 * of its stream and waits for no file is marked as attempted in the same write. So is the first message of a direct chat, which is
 * sent in one push with the op that creates the chat. Returns the new rows.
 */
export async function enqueueOps(
  rows: Rows,
  self: UserId,
  ops: readonly Op[],
  queuedAt: string,
  isAttempt: boolean,
): Promise<OutboxRow[]> {
  const made: OutboxRow[] = [];
  // The transaction has exclusive access to the outbox, across tabs, so no two ops get the same place.
  let order: number | undefined;
  const all = await withBeginnings(rows, self, ops);
  const waitsFor = fileQueue(all);
  for (const given of all) {
    // Requested together, because a packet waits for this transaction, and requests that wait for each other add up.
    const [known, waiting, lastOrder] = await Promise.all([
      rows.outbox.get(given.id),
      rows.outboxOf(given.stream),
      order ?? rows.lastOrder(),
    ]);
    order = lastOrder;
    // The write is retried if its confirmation was lost with the connection to the database.
    if (known !== undefined) continue;
    const { op, replaced } = merged(given, waiting);
    if (replaced.length > 0) await rows.outbox.bulkDelete(replaced);
    order += 1;
    const isReady = waitsFor(op) === undefined;
    const isBefore = (row: OutboxRow) => isToSend(row) && !replaced.includes(row.id) && !isStarted(row, made);
    const isFirst = isAttempt && isReady && !waiting.some(isBefore);
    const copied = op.kind === 'message.send' ? await copyOf(rows, op.forward) : {};
    const queued: OutboxRow = {
      id: op.id,
      stream: op.stream,
      order,
      op,
      queuedAt,
      attempts: 0,
      state: 'queued',
      ...copied,
    };
    const row = isFirst ? withAttempt(queued, queuedAt) : queued;
    const isMessage = op.kind === 'message.send' || op.kind === 'message.schedule';
    await Promise.all([rows.outbox.put(row), isMessage ? endDraft(rows, op) : undefined]);
    made.push(row);
    if (op.kind === 'receipt.mark') await showQueuedMark(rows, self, op.stream);
    if (op.kind === 'membership.update') await noteShared(rows, op);
    if (op.kind === 'membership.update' && op.blocked !== undefined)
      await showBlocked(rows, self, op.stream, op.blocked === true);
    if (op.kind === 'conversation.create') {
      const row = await rows.conversations.get(op.stream);
      const creation = { memberIds: op.memberIds, ...(op.title === undefined ? {} : { title: op.title }) };
      if (isNotCreated(row))
        await rows.conversations.put({ ...emptyConversation(op.stream, queuedAt), ...row, creation, isWhole: true });
    }
  }
  return made;
}

/** Whether the same write has marked it as attempted. */
function isStarted({ id }: OutboxRow, made: readonly OutboxRow[]): boolean {
  return made.some((row) => row.id === id && row.state === 'sending');
}

/** What a forward shows while it waits; nothing if the message is not on this device, because the server has it. */
async function copyOf(rows: Rows, forward: MessageSendOp['forward']): Promise<Pick<OutboxRow, 'copied'>> {
  const source = forward === undefined ? undefined : await rows.messageById(forward.stream, forward.messageId);
  if (source === undefined) return {};
  const { text, attachments, senderId, stream, poll } = source;
  const sender = await rows.members.get([stream as ConversationId, senderId]);
  const author = source.forwardedFrom ?? { senderName: sender?.name ?? '' };
  const asked = poll === undefined ? {} : { poll: askedAgain(poll) };
  return { copied: { text, attachments, forwardedFrom: author, ...asked } };
}

/** A direct chat is created with its first message; until then nobody else should see it. */
async function withBeginnings(rows: Rows, self: UserId, ops: readonly Op[]): Promise<Op[]> {
  const all: Op[] = [];
  const created = new Set<ConversationId>();
  for (const op of ops) {
    const { stream } = op;
    if (op.kind === 'conversation.create') created.add(stream);
    const isNew =
      op.kind === 'message.send' &&
      isDirect(stream) &&
      !created.has(stream) &&
      isNotCreated(await rows.conversations.get(stream));
    if (isNew) {
      created.add(stream);
      const peer = directPeer(stream, self);
      const creation = createConversation(stream, { memberIds: peer === self ? [] : [peer] });
      all.push({ id: idAfter(op.id, 1), ...creation });
    }
    all.push(op);
  }
  return all;
}

/** A direct chat in which there is nothing but a block does not exist yet either. [BL1] */
function isNotCreated(row: StoredConversation | undefined): boolean {
  if (row === undefined) return true;
  const isEnded = isDirect(row.stream) && row.membership?.leftAt !== undefined;
  return isEnded && row.record === undefined && row.creation === undefined;
}

/**
 * Replaces a local file with another one: the server's description once it is uploaded, or a file that was picked again. Nothing
 * waits for a file whose message was taken back.
 */
export async function replaceFile(rows: Rows, local: MediaId, by: Attachment): Promise<void> {
  for (const row of await rows.outboxOf()) {
    if (filesToUpload(row.op).includes(local)) await rows.outbox.put({ ...row, op: withFile(row.op, local, by) });
  }
}

/** Ops that are `sending` without a push in flight were sent by an earlier leader and may have arrived. */
export function isToSend(row: OutboxRow): boolean {
  return (row.state === 'queued' && row.isHeld === undefined) || row.state === 'sending';
}

/**
 * Replaces earlier ops that have not been sent and that this one can be merged with. They are replaced and not changed: a push that
 * has just read one sends that version, and the merged op is still sent after it.
 */
function merged(given: Op, waiting: readonly OutboxRow[]): { op: Op; replaced: OpId[] } {
  const { merged: merge } = rulesOf(given);
  const replaced: OpId[] = [];
  let op = given;
  for (const earlier of merge === undefined ? [] : waiting) {
    if (earlier.op.kind !== given.kind || earlier.state !== 'queued' || earlier.attempts > 0) continue;
    const both = merge?.(earlier.op, op);
    if (both === undefined) continue;
    replaced.push(earlier.id);
    op = both;
  }
  return { op, replaced };
}

/** The highest read seq of the queued marks. */
export async function queuedReadMark(rows: Rows, stream: ConversationId): Promise<number | undefined> {
  const marks = (await rows.outboxOf(stream)).map(({ op }) => (op.kind === 'receipt.mark' ? (op.readSeq ?? 0) : 0));
  const highest = Math.max(0, ...marks);
  return highest > 0 ? highest : undefined;
}

/** Shows the queued read marks, without those that were discarded or refused. */
export async function showQueuedMark(rows: Rows, self: UserId, stream: ConversationId): Promise<void> {
  const row = await rows.conversations.get(stream);
  if (row === undefined) return;
  const seq = await queuedReadMark(rows, stream);
  const { ownRead: _before, ...rest } = row;
  // A mark beyond the last seq means the last; later messages are unread. [RD1]
  const next = seq === undefined ? rest : { ...rest, ownRead: { seq: Math.min(seq, row.lastSeq) } };
  await rows.conversations.put(await withRead(rows, self, row, next));
}

/** Removes ops whose message has arrived, even if their answer has not, and accepted ones whose seq is below `start`. */
export async function removeSent(
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
  for (const row of gone) await keepTries(rows, row);
}

/**
 * Marks ops as in flight. Returns them as they are now: an op may have been changed or taken back since the push was planned, and
 * one that had been attempted before gets `retry: true`.
 */
export async function beginAttempt(rows: Rows, ids: readonly OpId[], at: string): Promise<Op[]> {
  const found = (await rows.outbox.bulkGet([...ids])).filter((row) => row !== undefined);
  const started = found.filter(isToSend);
  await rows.outbox.bulkPut(started.map((row) => withAttempt(row, at)));
  return started.map(({ op, attempts }) => (attempts > 0 ? { ...op, retry: true } : op));
}

/**
 * Queues ops in flight again. Accepted ones only wait for their record, and stay as they are. But if the cursor has passed that
 * record and it is not here, the answer came from an earlier epoch of the database, and the op is sent again to take effect in
 * this one.
 */
export async function requeueOps(
  rows: Rows,
  ids: readonly OpId[] | undefined,
  error: NonNullable<Attempt['error']> = 'no_answer',
): Promise<void> {
  const all = ids === undefined ? await rows.outboxOf() : await rows.outbox.bulkGet([...ids]);
  for (const row of all) {
    if (row === undefined) continue;
    const isDue =
      row.state === 'sent' && ids === undefined && ((await rows.cursors.get(row.stream))?.rev ?? 0) >= (row.rev ?? 0);
    if (row.state === 'sending' || isDue) await rows.outbox.put(asQueued(ended(row, error)));
    // The page that held it may be gone.
    else if (row.isHeld === true && ids === undefined) await rows.outbox.put(asQueued(row));
  }
}

/** The row as it was before it was sent, except for the number of attempts. */
export function asQueued({ seq: _seq, rev: _rev, isHeld: _held, ...row }: OutboxRow): OutboxRow {
  return { ...row, state: 'queued' };
}
