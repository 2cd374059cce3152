import type { ConversationId, UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';
import { blockedPeople } from './blocked.ts';
import type { Rows, StoredConversation } from './rows.ts';

/*
 * The unread count is updated with each change and never counted from all messages: a message that arrives adds one, a mark that
 * moves subtracts the messages that it passed. [RD4] Unread mentions are kept by their seqs, so that people can jump to them.
 * [RD5]
 */

/** So many unread messages are read in order to count them again. */
export const MOST_COUNTED = 500;

export function readSeqOf(row: StoredConversation): number {
  return Math.max(row.membership?.readSeq ?? 0, row.ownRead?.seq ?? 0);
}

/** The row with its unread count: exact if all messages after the mark are held, otherwise an upper bound. */
export function withUnread(row: StoredConversation): StoredConversation {
  const read = readSeqOf(row);
  const isBound = row.historyStart > read + 1 && !row.isWhole;
  const counted = { ...row, unread: read >= row.lastSeq ? 0 : isBound ? row.lastSeq - read : row.counted };
  return withMentions(
    counted,
    (row.mentioned ?? []).filter((seq) => seq > read),
  );
}

/** Absent instead of empty, so that most rows stay as small as they were. */
export function withMentions(row: StoredConversation, seqs: readonly number[]): StoredConversation {
  const { mentioned: _before, ...rest } = row;
  return seqs.length === 0 ? rest : { ...rest, mentioned: [...seqs].sort((a, b) => a - b) };
}

/** Whether a message counts as unread; one from a blocked sender does not. [RD4] [BL5] */
export function isCounted(message: MessageRecord, self: UserId, blocked: readonly UserId[]): boolean {
  return countsAsUnread(message, self) && !blocked.includes(message.senderId);
}

/** Whether a message, while it is unread, counts as a mention of its reader. [RD5] */
export function countsAsMention(message: MessageRecord, self: UserId, blocked: readonly UserId[]): boolean {
  return message.mentions.includes(self) && isCounted(message, self, blocked);
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
  const blocked = await blockedPeople(rows);
  const held = (from: number, to: number) => unreadHeld(rows, self, blocked, stream, Math.max(from, historyStart), to);
  let { counted } = after;
  if (is < was) {
    const again = await held(is + 1, Math.min(was, lastSeq));
    const mentions = again.filter((message) => countsAsMention(message, self, blocked)).map(({ seq }) => seq);
    return withUnread({
      ...withMentions(after, [...new Set([...(after.mentioned ?? []), ...mentions])]),
      counted: counted + again.length,
    });
  }
  if (is >= lastSeq) counted = 0;
  else if (is - was <= lastSeq - is) counted -= (await held(was + 1, is)).length;
  else counted = (await held(is + 1, lastSeq)).length;
  return withUnread({ ...after, counted });
}

/** The unread messages among those that are held from one seq to another. */
export async function unreadHeld(
  rows: Rows,
  self: UserId,
  blocked: readonly UserId[],
  stream: ConversationId,
  from: number,
  to: number,
): Promise<MessageRecord[]> {
  if (from > to) return [];
  const held = await rows.messagesOf(stream, from, to);
  return held.filter((message) => isCounted(message, self, blocked));
}
