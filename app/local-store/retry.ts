import { isChangeOf, withNewReferences, withoutRefusedMentions } from '#app/ops/messages.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import { removeIfEmpty } from './drop.ts';
import type { OutboxRow } from './local-store.ts';
import { idAfter } from './op-ids.ts';
import { showQueuedMark } from './outbox-rows.ts';
import { textShown } from './refused-edits.ts';
import type { Rows } from './rows.ts';

/**
 * Queues a failed op again in its old place, under a new id, because the server may remember the refusal of the old one. [AP8] If its
 * conversation could not be created, that op is queued again too, and every op that failed because there was no conversation.
 */
export async function retryOp(rows: Rows, id: OpId, newId: OpId): Promise<void> {
  const asked = await rows.outbox.get(id);
  if (asked?.state !== 'failed') return;
  const ofStream = await rows.outboxOf(asked.stream);
  const creation = ofStream.find((row) => row.op.kind === 'conversation.create' && row.state === 'failed');
  const isRetried = (row: OutboxRow) =>
    row.id === id ||
    row.id === creation?.id ||
    (creation !== undefined && row.state === 'failed' && row.order > creation.order && row.error?.code === 'not_found');
  const again = ofStream.filter(isRetried);
  const others = again.filter((row) => row.id !== id);
  const ids = new Map<OpId, OpId>([
    [id, newId],
    ...others.map((row, at): [OpId, OpId] => [row.id, idAfter(newId, at + 1)]),
  ]);
  const base = await baseOf(rows, asked);
  await rows.outbox.bulkDelete(again.map((row) => row.id));
  await rows.outbox.bulkPut(
    again.map(({ error: refusal, internals: _internals, ...row }) => {
      const to = ids.get(row.id) ?? row.id;
      return {
        ...row,
        id: to,
        op: {
          ...withNewReferences(withoutRefusedMentions(row.op, refusal?.path), ids),
          id: to,
          ...(row.id === id ? base : {}),
        },
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

/** An edit is applied to the text that the person sees now. [OP19] */
async function baseOf(rows: Rows, { op, stream, order }: OutboxRow): Promise<{ base?: OpId }> {
  const isBased = op.kind === 'message.edit' && op.base !== undefined;
  const base = isBased ? await textShown(rows, stream, op.messageId, order) : undefined;
  return base === undefined ? {} : { base };
}

/** An edit that was based on a discarded edit is now based on the text before that. [OP19] */
function rebased(row: OutboxRow, discarded: OpOf<'message.edit'>): OutboxRow | undefined {
  if (row.op.kind !== 'message.edit' || row.op.base !== discarded.id || discarded.base === undefined) return undefined;
  return { ...row, op: { ...row.op, base: discarded.base } };
}

/** Removes an op, and everything that depends on it: changes of its message, or all ops of a conversation that was never created. */
export async function discardOp(rows: Rows, self: UserId, id: OpId): Promise<void> {
  const row = await rows.outbox.get(id);
  if (row === undefined) return;
  const { stream, op } = row;
  await rows.outbox.delete(id);
  const ofStream = await rows.outboxOf(stream);
  const changes = ofStream.filter((other) => isChangeOf(other.op, id));
  await rows.outbox.bulkDelete(changes.map((change) => change.id));
  if (op.kind === 'message.edit') await rows.outbox.bulkPut(ofStream.flatMap((other) => rebased(other, op) ?? []));
  if (op.kind === 'receipt.mark') await showQueuedMark(rows, self, stream);
  if (op.kind === 'conversation.create') {
    const conversation = await rows.conversations.get(stream);
    if (conversation?.record === undefined && conversation?.membership === undefined) {
      await rows.outbox.bulkDelete(ofStream.map((other) => other.id));
      await rows.drafts.delete(stream);
      await rows.conversations.delete(stream);
    }
  }
  await removeIfEmpty(rows, stream);
}
