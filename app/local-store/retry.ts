import { messageChangedBy, withNewReferences } from '#app/ops/messages.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import { tidy } from './drop.ts';
import type { OutboxRow } from './local-store.ts';
import { showMark } from './outbox-rows.ts';
import type { Rows } from './rows.ts';

/**
 * A failed op again under a new id, in its old place: a refusal may stand for every copy of the old one. [AP8] In a chat that
 * was never made, its making goes again too, and with it everything that failed because there was no chat.
 */
export async function retryOp(rows: Rows, id: OpId, newId: OpId): Promise<void> {
  const asked = await rows.outbox.get(id);
  if (asked?.state !== 'failed') return;
  const ofStream = await rows.outboxOf(asked.stream);
  const making = ofStream.find((row) => row.op.kind === 'conversation.create' && row.state === 'failed');
  const isAlong = (row: OutboxRow) =>
    row.id === id ||
    row.id === making?.id ||
    (making !== undefined && row.state === 'failed' && row.order > making.order && row.error?.code === 'not_found');
  const again = ofStream.filter(isAlong);
  const others = again.filter((row) => row.id !== id);
  const ids = new Map<OpId, OpId>([
    [id, newId],
    ...others.map((row, at): [OpId, OpId] => [row.id, after(newId, at + 1)]),
  ]);
  await rows.outbox.bulkDelete(again.map((row) => row.id));
  await rows.outbox.bulkPut(
    again.map(({ error: _refusal, internals: _internals, ...row }) => {
      const to = ids.get(row.id) ?? row.id;
      return {
        ...row,
        id: to,
        op: { ...withNewReferences(row.op, ids), id: to },
        attempts: 0,
        state: 'queued' as const,
      };
    }),
  );
  const referring = ofStream
    .filter((row) => !ids.has(row.id))
    .map((row) => ({ ...row, op: withNewReferences(row.op, ids) }));
  await rows.outbox.bulkPut(referring);
}

/** The id `by` places on: ids made in one millisecond may count up. */
function after(id: OpId, by: number): OpId {
  const tail = (Number.parseInt(id.slice(-12), 16) + by) % 2 ** 48;
  return `${id.slice(0, -12)}${tail.toString(16).padStart(12, '0')}` as OpId;
}

/** Takes an op back, and what makes no sense without it: changes of its message, or everything in a chat never made. */
export async function discardOp(rows: Rows, self: UserId, id: OpId): Promise<void> {
  const row = await rows.outbox.get(id);
  if (row === undefined) return;
  const { stream, op } = row;
  await rows.outbox.delete(id);
  const ofStream = await rows.outboxOf(stream);
  const changes = ofStream.filter((other) => messageChangedBy(other.op) === id);
  await rows.outbox.bulkDelete(changes.map((change) => change.id));
  if (op.kind === 'receipt.mark') await showMark(rows, self, stream);
  if (op.kind === 'conversation.create') {
    const conversation = await rows.conversations.get(stream);
    if (conversation?.record === undefined && conversation?.membership === undefined) {
      await rows.outbox.bulkDelete(ofStream.map((other) => other.id));
      await rows.drafts.delete(stream);
      await rows.conversations.delete(stream);
    }
  }
  await tidy(rows, stream);
}
