import type { ConversationId, OpId } from '#protocol/ids.ts';
import { textIdOf } from '#protocol/record.ts';
import type { OutboxRow } from './local-store.ts';
import type { Rows } from './rows.ts';

/*
 * An edit says which text it was made of, and the server refuses it if that is no longer the message's. It then stays in the outbox as
 * the person's version, until they apply it to the new text or discard it. [OP19]
 */

/** Names the text that is shown of a message: that of the last edit queued before `order`, or what is held. Undefined if nothing is. */
export async function textShown(
  rows: Rows,
  stream: ConversationId,
  messageId: OpId,
  order = Number.MAX_SAFE_INTEGER,
): Promise<OpId | undefined> {
  const waiting = await rows.outboxOf(stream);
  const edit = waiting.findLast(
    (row) =>
      row.op.kind === 'message.edit' && row.op.messageId === messageId && row.state !== 'failed' && row.order < order,
  );
  if (edit !== undefined) return edit.id;
  const message = await rows.messageById(stream, messageId);
  if (message !== undefined) return textIdOf(message);
  return waiting.some(({ id }) => id === messageId) ? messageId : undefined;
}

/** If several edits of a message were refused, the last one is the person's version, because each was based on the one before. */
export async function keepLastVersion(rows: Rows, refused: OutboxRow): Promise<void> {
  const { op, stream, order } = refused;
  if (op.kind !== 'message.edit') return;
  const earlier = (await rows.outboxOf(stream)).filter(
    (row) =>
      row.op.kind === 'message.edit' &&
      row.op.messageId === op.messageId &&
      row.order < order &&
      row.error?.path === 'base',
  );
  await rows.outbox.bulkDelete(earlier.map(({ id }) => id));
}
