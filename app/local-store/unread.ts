import type { ConversationId, UserId } from '#protocol/ids.ts';
import { countsAsUnread } from '#protocol/record.ts';
import type { Rows, StoredConversation } from './rows.ts';

/*
 * The unread number is updated by what changes it and never counted from all messages: a message that arrives adds one, a mark
 * that moves subtracts the messages that it passed. [RD4]
 */

export function readSeqOf(row: StoredConversation): number {
  return Math.max(row.membership?.readSeq ?? 0, row.ownRead?.seq ?? 0);
}

/** The row with its unread number: exact if all messages after the mark are held, otherwise an upper bound. */
export function withUnread(row: StoredConversation): StoredConversation {
  const read = readSeqOf(row);
  const isBound = row.historyStart > read + 1 && !row.isWhole;
  return { ...row, unread: read >= row.lastSeq ? 0 : isBound ? row.lastSeq - read : row.counted };
}

/** The row after a change of its marks. Reads either the messages that the mark passed or the ones after it, whichever are fewer. */
export async function withRead(
  rows: Rows,
  self: UserId,
  before: StoredConversation,
  after: StoredConversation,
): Promise<StoredConversation> {
  const [was, is] = [readSeqOf(before), readSeqOf(after)];
  if (was === is) return withUnread(after);
  const { stream, lastSeq, historyStart } = after;
  const count = (from: number, to: number) => countHeld(rows, self, stream, Math.max(from, historyStart), to);
  let { counted } = after;
  if (is < was) counted += await count(is + 1, Math.min(was, lastSeq));
  else if (is >= lastSeq) counted = 0;
  else if (is - was <= lastSeq - is) counted -= await count(was + 1, is);
  else counted = await count(is + 1, lastSeq);
  return withUnread({ ...after, counted });
}

async function countHeld(rows: Rows, self: UserId, stream: ConversationId, from: number, to: number): Promise<number> {
  if (from > to) return 0;
  const held = await rows.messagesOf(stream, from, to);
  return held.filter((message) => countsAsUnread(message, self)).length;
}
