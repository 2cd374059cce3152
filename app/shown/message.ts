import type { OutboxRow } from '#app/local-store/local-store.ts';
import { messageChangedBy } from '#app/ops/messages.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { failedOp, type FailedOp } from './failures.ts';

/** A message with the queued changes to it. */
export interface ShownMessage<M extends UnplacedMessage = UnplacedMessage & { seq?: number }> {
  record: M;
  /** A queued change that the message is marked with. */
  waits?: 'edit' | 'delete';
  /** A change of it that the server refused, or the sending itself. */
  failed?: FailedOp;
  /** Its own op, while that is in the outbox and the message has no record. */
  sending?: OutboxRow;
}

/** The messages held, by seq, then those that wait to be sent, in the order written. [ST3] */
export function shownMessages(
  held: readonly MessageRecord[],
  outbox: readonly OutboxRow[],
  self: UserId,
): ShownMessage[] {
  const changes = changesByMessage(outbox);
  const heldIds = new Set(held.map(({ id }) => id));
  const waiting = outbox.flatMap((row) => {
    const message = heldIds.has(row.id) ? undefined : rulesOf(row.op).message?.(row.op, self);
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

/** `outbox`: changes of other messages may be among it. */
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
    if (row.op.kind === 'message.delete') shown.waits = 'delete';
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
