import { messageChangedBy } from '#app/ops/messages.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { keepTries } from './attempts.ts';
import { removeIfEmpty } from './drop.ts';
import type { OutboxRow } from './local-store.ts';
import type { Rows } from './rows.ts';
import { withRead } from './unread.ts';
import { placeMessages, startWith } from './window.ts';

/**
 * Moves the message from the outbox to its place among the messages held, if it is adjacent to them. Otherwise messages before it
 * have not arrived yet, and it stays in the outbox, visible and never sent again, until its record arrives.
 */
export async function acceptMessage(
  rows: Rows,
  self: UserId,
  row: OutboxRow,
  message: MessageRecord,
  rev: number,
): Promise<void> {
  const { op, stream } = row;
  const { seq } = message;
  const conversation = await rows.conversations.get(stream);
  const isOver = conversation === undefined || conversation.membership?.leftAt !== undefined;
  const isBelow = conversation !== undefined && conversation.historyStart > 0 && seq < conversation.historyStart;
  if (isOver || isBelow || (await rows.messageById(stream, op.id)) !== undefined) {
    await rows.outbox.delete(row.id);
    await keepTries(rows, row);
    return removeIfEmpty(rows, stream);
  }
  const isKnownWhole = rulesOf(op).knowsWholeMessage?.(op) === true;
  const isAdjacent = seq <= conversation.lastSeq + 1 && (conversation.historyStart > 0 || seq === 1);
  // Another message has this seq: the database is in another epoch, which the next pull reports.
  const isTaken = isAdjacent && (await rows.messages.get([stream, seq])) !== undefined;
  if (!isKnownWhole || !isAdjacent || isTaken) {
    const { error: _error, ...rest } = row;
    await rows.outbox.put({ ...rest, state: 'sent', seq, rev });
    return undefined;
  }
  await rows.outbox.delete(row.id);
  await keepTries(rows, row);
  const start = startWith(conversation, [message]);
  await rows.conversations.put(await placeMessages(rows, self, conversation, [message], start));
  return undefined;
}

/**
 * Writes an accepted op's overlays into the records that it changed, which keep their revs until the server's records arrive: see
 * `ops/rules.ts`. `rev` is the lowest rev that the server's records can have. A record with that rev or a higher one is left as
 * it is, because it may contain somebody's later change.
 */
export async function writeOverlays(rows: Rows, self: UserId, { op, queuedAt }: OutboxRow, rev: number): Promise<void> {
  const before = await rows.conversations.get(op.stream);
  if (before === undefined) return;
  const rules = rulesOf(op);
  const made = { self, at: queuedAt };
  let row = before;
  if (rules.answeredIn === 'personal') {
    const { membership } = row;
    if (rules.overMembership !== undefined && membership !== undefined && membership.rev < rev)
      row = { ...row, membership: rules.overMembership(membership, op, made) };
  } else {
    const messageId = rules.overMessage === undefined ? undefined : messageChangedBy(op);
    const message = messageId === undefined ? undefined : await rows.messageById(op.stream, messageId);
    if (rules.overMessage !== undefined && message !== undefined && message.rev < rev) {
      const changed = rules.overMessage(message, op, made);
      row = await placeMessages(rows, self, row, [changed], row.historyStart, 'replace');
    }
    const { record } = row;
    if (rules.overConversation !== undefined && record !== undefined && record.rev < rev)
      row = { ...row, record: rules.overConversation(record, op, made) };
  }
  if (row !== before) await rows.conversations.put(row);
}

/** Shows an accepted mark until the membership that contains it arrives. */
export async function acceptMark(rows: Rows, self: UserId, op: OpOf<'receipt.mark'>, rev: number): Promise<void> {
  const row = await rows.conversations.get(op.stream);
  if (row?.ownRead === undefined) return;
  const waits = (await rows.outboxOf(op.stream)).some((other) => other.op.kind === 'receipt.mark');
  if (waits) return;
  const { ownRead, ...rest } = row;
  const isHeld = (row.membership?.rev ?? 0) >= rev;
  const next = isHeld ? rest : { ...rest, ownRead: { ...ownRead, untilRev: rev } };
  await rows.conversations.put(await withRead(rows, self, row, next));
}
