import type { OutboxRow } from '#app/local-store/local-store.ts';
import { messageChangedBy } from '#app/ops/messages.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { failedOp, type FailedOp } from './failures.ts';
import { sentMessage } from './sent-message.ts';

/** A message with the queued changes to it. */
export interface ShownMessage<M extends UnplacedMessage = UnplacedMessage & { seq?: number }> {
  record: M;
  /** The queued change to mark the message with. */
  waits?: 'edit' | 'delete';
  /** Its queued deletion, while that can be taken back. */
  deletion?: OpId;
  /** The failed op: the message's own, or that of a change to it. */
  failed?: FailedOp;
  /** The message's own op, until its record arrives. */
  sending?: OutboxRow;
}

/** The messages held, by seq, then those in the outbox, in the order in which they were written. [ST3] */
export function shownMessages(
  held: readonly MessageRecord[],
  outbox: readonly OutboxRow[],
  self: UserId,
): ShownMessage[] {
  const changes = changesByMessage(outbox);
  const heldIds = new Set(held.map(({ id }) => id));
  const waiting = outbox.flatMap((row) => {
    const message = heldIds.has(row.id) ? undefined : sentMessage(row, self);
    return message === undefined ? [] : [{ message, row }];
  });
  return [
    ...held.map((message) => shownMessage(message, changes.get(message.id) ?? [], self)),
    ...waiting.map(({ message, row }) => {
      const failed = failedOp(row, 'message', self);
      const shown = shownMessage(message, changes.get(message.id) ?? [], self);
      return { ...shown, sending: row, ...(failed === undefined ? {} : { failed }) };
    }),
  ];
}

/** The outbox may contain changes of other messages too. */
export function shownMessage<M extends UnplacedMessage>(
  message: M,
  outbox: readonly OutboxRow[],
  self: UserId,
): ShownMessage<M> {
  const shown: ShownMessage<M> = { record: message };
  for (const row of outbox) {
    if (messageChangedBy(row.op) !== message.id) continue;
    const failed = failedOp(row, 'message', self);
    if (failed !== undefined) shown.failed = failed;
    if (row.state === 'failed') continue;
    const isDeleted = shown.record.deletedAt !== undefined;
    shown.record = rulesOf(row.op).overMessage?.(shown.record, row.op, { self, at: row.queuedAt }) ?? shown.record;
    if (row.op.kind === 'message.edit' && !isDeleted) shown.waits = 'edit';
    if (row.op.kind !== 'message.delete') continue;
    shown.waits = 'delete';
    if (row.state === 'queued' && row.attempts === 0) shown.deletion = row.id;
  }
  return shown;
}

function changesByMessage(outbox: readonly OutboxRow[]): Map<OpId, OutboxRow[]> {
  const changes = new Map<OpId, OutboxRow[]>();
  for (const row of outbox) {
    const id = messageChangedBy(row.op);
    if (id !== undefined) changes.set(id, [...(changes.get(id) ?? []), row]);
  }
  return changes;
}
