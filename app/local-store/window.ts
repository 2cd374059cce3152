import type { UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';
import type { HistoryAnswer } from '#protocol/verbs.ts';
import type { Rows, StoredConversation } from './rows.ts';
import { readSeqOf, withUnread } from './unread.ts';

/*
 * A conversation's messages on the device are a window: all from `historyStart` on, none shown below it. Pages and changes
 * bring them in the order of their revs, so one that was changed comes later than its neighbours; history moves the start
 * down. By whichever way a message comes, the higher rev stays. [LV4]
 */

/**
 * Puts messages and answers the row with what is derived from them. `start`: where the window begins afterwards. With
 * `replace` one of the same rev is put too: what this device knows before the record says it.
 */
export async function placeMessages(
  rows: Rows,
  self: UserId,
  row: StoredConversation,
  messages: readonly MessageRecord[],
  start: number,
  sameRev: 'keep' | 'replace' = 'keep',
): Promise<StoredConversation> {
  if (messages.length === 0) return withUnread(row);
  const { stream, historyStart } = row;
  // Above the newest held nothing can be held: a page of what was missed costs its own writes and no reads.
  const known = messages.filter(({ seq }) => seq <= row.lastSeq);
  const held = new Map<number, MessageRecord>();
  const found = known.length === 0 ? [] : await rows.messages.bulkGet(known.map(({ seq }) => [stream, seq]));
  for (const message of found) if (message !== undefined) held.set(message.seq, message);

  const newer = new Map<number, MessageRecord>();
  for (const message of messages) {
    const present = newer.get(message.seq) ?? held.get(message.seq);
    const isNewer = present === undefined || message.rev > present.rev;
    if (isNewer || (sameRev === 'replace' && message.rev === present.rev)) newer.set(message.seq, message);
  }
  await rows.messages.bulkPut([...newer.values()]);

  const read = readSeqOf(row);
  let { counted, lastMessage, lastSeq } = row;
  for (const seq of new Set(messages.map((message) => message.seq))) {
    const before = historyStart > 0 && seq >= historyStart ? held.get(seq) : undefined;
    const after = newer.get(seq) ?? held.get(seq);
    if (after === undefined || seq < start) continue;
    if (seq > read) counted += Number(countsAsUnread(after, self)) - Number(isUnread(before, self));
    if (seq >= (lastMessage?.seq ?? 0)) lastMessage = after;
    lastSeq = Math.max(lastSeq, seq);
  }
  return withUnread({ ...row, historyStart: start, counted, lastSeq, ...newestOf(row, lastMessage) });
}

function isUnread(message: MessageRecord | undefined, self: UserId): boolean {
  return message !== undefined && countsAsUnread(message, self);
}

/** A message that is accepted and whose record is still to come has only its writer's clock, which orders nothing back. */
function newestOf(row: StoredConversation, lastMessage: MessageRecord | undefined): Partial<StoredConversation> {
  if (lastMessage === undefined) return {};
  const { rev, createdAt } = lastMessage;
  return { lastMessage, activityAt: rev === 0 && createdAt < row.activityAt ? row.activityAt : createdAt };
}

/** Where the window begins once these came by page or change. */
export function startWith(row: StoredConversation, messages: readonly MessageRecord[]): number {
  const { historyStart, isWhole } = row;
  const first = lowestSeq(messages);
  if (first === undefined) return historyStart;
  if (historyStart === 0) return first;
  // Where nothing lies before, a first one that comes late (it was changed meanwhile) belongs to the window too. Otherwise
  // one from before the window would leave a hole behind it: it waits, unshown, for history, which may be older than it.
  return isWhole ? Math.min(first, historyStart) : historyStart;
}

/** A stream's first records hold its newest messages without a hole. [VB5] Below, what is held may have changed unseen. */
export async function beginWindow(
  rows: Rows,
  self: UserId,
  row: StoredConversation,
  messages: readonly MessageRecord[],
): Promise<StoredConversation> {
  const first = lowestSeq(messages);
  // None at all: whatever is held came into being here, since.
  if (first === undefined) return { ...row, isWhole: true };
  const fromSeq = (await rows.members.get([row.stream, self]))?.fromSeq ?? 1;
  const isWhole = first <= fromSeq;
  if (row.historyStart === 0 || row.historyStart >= first) return { ...row, isWhole };
  await rows.dropMessages(row.stream, first);
  // Counted anew from what stays above the first; the page itself is placed after this.
  const kept = await rows.messagesOf(row.stream, first, Number.MAX_SAFE_INTEGER);
  const read = readSeqOf(row);
  const counted = kept.filter((message) => message.seq > read && countsAsUnread(message, self)).length;
  return { ...row, isWhole, historyStart: first, counted };
}

/** History is a run without a hole; it is taken in where it touches the window, and moves its start down. [VB8] */
export async function placeHistory(
  rows: Rows,
  self: UserId,
  row: StoredConversation,
  before: number | undefined,
  { records, more }: HistoryAnswer,
): Promise<StoredConversation> {
  const { historyStart, lastSeq } = row;
  const [first, last] = [records[0]?.seq, records.at(-1)?.seq];
  if (first === undefined || last === undefined) {
    const isAtStart = historyStart === 0 ? before === undefined : before === historyStart;
    return isAtStart ? withUnread({ ...row, isWhole: row.isWhole || !more }) : row;
  }
  // A reset came between asking and answer: these would leave a hole behind them, or before them.
  if (historyStart > 0 && (last < historyStart - 1 || first > lastSeq + 1)) return row;
  const start = historyStart === 0 ? first : Math.min(historyStart, first);
  const isWhole = row.isWhole || (start === first && !more);
  return placeMessages(rows, self, { ...row, isWhole }, records, start);
}

export function lowestSeq(messages: readonly MessageRecord[]): number | undefined {
  return messages.length === 0 ? undefined : messages.reduce((low, { seq }) => Math.min(low, seq), Infinity);
}
