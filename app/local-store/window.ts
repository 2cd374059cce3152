import type { UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { HistoryAnswer } from '#protocol/verbs.ts';
import type { HistoryAsked } from './local-store.ts';
import { blockedPeople } from './blocked.ts';
import type { Rows, StoredConversation } from './rows.ts';
import { isInside, type Runs, withRun } from './runs.ts';
import { countsAsMention, isCounted, MOST_COUNTED, readSeqOf, unreadHeld, withMentions, withUnread } from './unread.ts';

/*
 * A conversation's messages on the device form a window, all from `historyStart` on, and below it runs that were fetched for
 * somebody who went there (`older`). Pages and changes bring them in the order of their revs, so a changed message arrives later
 * than its neighbours; history moves the start down, or creates or extends a run. Adjacent runs are merged. However a message
 * arrives, the higher rev is kept. [LV4]
 */

/**
 * Stores messages and returns the row with what is derived from them. `start` is where the window starts afterwards. With `replace`
 * a message of the same rev is stored too: an accepted change, before its record arrives.
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
  // No message is held above the newest one, so a page of new messages costs only writes and no reads.
  const known = messages.filter(({ seq }) => seq <= row.lastSeq);
  const held = new Map<number, MessageRecord>();
  const [blocked, found] = await Promise.all([
    blockedPeople(rows),
    known.length === 0 ? [] : rows.messages.bulkGet(known.map(({ seq }) => [stream, seq])),
  ]);
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
  const mentioned = new Set(row.mentioned);
  for (const seq of new Set(messages.map((message) => message.seq))) {
    const before = historyStart > 0 && seq >= historyStart ? held.get(seq) : undefined;
    const after = newer.get(seq) ?? held.get(seq);
    if (after === undefined || (seq < start && !isInside(row.older ?? [], seq))) continue;
    if (seq >= start && seq > read) counted += Number(isCounted(after, self, blocked)) - Number(wasCounted(before));
    if (countsAsMention(after, self, blocked)) mentioned.add(seq);
    else mentioned.delete(seq);
    // A message that is not shown does not move its chat up the list. [BL5]
    if (seq >= (lastMessage?.seq ?? 0) && (!isHidden(after) || lastMessage?.id === after.id)) lastMessage = after;
    lastSeq = Math.max(lastSeq, seq);
  }
  // If a message of the window is not held, it comes late because it was changed, or its row was lost. A lost one was counted before.
  const mayBeLost = historyStart > 0 && known.some(({ seq }) => seq >= historyStart && !held.has(seq));
  const firstUnread = Math.max(start, read + 1);
  if (mayBeLost && lastSeq - firstUnread < MOST_COUNTED)
    counted = (await unreadHeld(rows, self, blocked, stream, firstUnread, lastSeq)).length;
  const next = { ...row, historyStart: start, counted, lastSeq, ...newestOf(row, lastMessage) };
  return withUnread(withMentions(next, [...mentioned]));

  function wasCounted(message: MessageRecord | undefined): boolean {
    return message !== undefined && isCounted(message, self, blocked);
  }
  function isHidden({ withheld, senderId }: MessageRecord): boolean {
    return withheld === true || blocked.includes(senderId);
  }
}

/** An accepted message without a record has only its sender's clock, which must not move the conversation down the list. */
function newestOf(row: StoredConversation, lastMessage: MessageRecord | undefined): Partial<StoredConversation> {
  if (lastMessage === undefined) return {};
  const { rev, createdAt } = lastMessage;
  return { lastMessage, activityAt: rev === 0 && createdAt < row.activityAt ? row.activityAt : createdAt };
}

/** Where the window starts after these messages of a page or change. */
export function startWith(row: StoredConversation, messages: readonly MessageRecord[]): number {
  const { historyStart, isWhole } = row;
  const first = lowestSeq(messages);
  if (first === undefined) return historyStart;
  if (historyStart === 0) return first;
  // If the window is the whole conversation, a first message that arrives late, because it has changed, belongs to it too. Otherwise a
  // message before the window would leave a gap: it is stored and not shown until history, which may be older, reaches it.
  return isWhole ? Math.min(first, historyStart) : historyStart;
}

/**
 * Starts the window at the first messages of a bootstrap, from the lowest one without a gap. [VB5] Messages held below it may have
 * changed, and are dropped.
 */
export async function beginWindow(
  rows: Rows,
  self: UserId,
  before: StoredConversation,
  messages: readonly MessageRecord[],
): Promise<StoredConversation> {
  const { older, ...row } = before;
  const first = windowStart(messages);
  // The stream has no messages, so any that are held were sent from here since.
  if (first === undefined) return { ...row, isWhole: true };
  const isWhole = first <= (await firstSeqOf(rows, self, row));
  if (older === undefined && (row.historyStart === 0 || row.historyStart >= first)) return { ...row, isWhole };
  await rows.dropMessages(row.stream, first);
  // Counted again from the messages that stay; the page itself is stored afterwards.
  const kept = await rows.messagesOf(row.stream, first, Number.MAX_SAFE_INTEGER);
  const read = readSeqOf(row);
  const blocked = await blockedPeople(rows);
  const unread = kept.filter((message) => message.seq > read && isCounted(message, self, blocked));
  const mentioned = unread.filter((message) => countsAsMention(message, self, blocked)).map(({ seq }) => seq);
  return withMentions({ ...row, isWhole, historyStart: first, counted: unread.length }, mentioned);
}

/**
 * Drops the messages of a conversation whose cursor was lost, because they may have changed. Those of its bootstrap come with a later
 * page, which starts the window. [VB5] [DG4]
 */
export async function dropWindow(rows: Rows, before: StoredConversation): Promise<StoredConversation> {
  const { older: _older, ...row } = before;
  await rows.dropMessages(row.stream, Number.MAX_SAFE_INTEGER);
  return withMentions({ ...row, historyStart: 0, isWhole: false, counted: 0 }, []);
}

/**
 * Places the messages of a history answer: in the window, if they touch it, otherwise in a run of their own. Adjacent runs are
 * then merged. [VB8] [VB12] [CL20]
 */
export async function placeHistory(
  rows: Rows,
  self: UserId,
  row: StoredConversation,
  { before, after, around }: HistoryAsked,
  { records, more }: HistoryAnswer,
): Promise<StoredConversation> {
  const { stream, historyStart, lastSeq, older = [] } = row;
  const [first, last] = [records[0]?.seq, records.at(-1)?.seq];
  const isBackward = after === undefined && around === undefined;
  if (first === undefined || last === undefined) {
    const isAtStart = isBackward && (historyStart === 0 ? before === undefined : before === historyStart);
    return isAtStart ? withUnread({ ...row, isWhole: row.isWhole || !more }) : row;
  }
  // An answer must have no gaps, because a run that claims missing messages would hide them forever.
  if (records.some(({ seq }, at) => seq !== first + at)) return row;
  if (historyStart === 0) {
    // The newest messages are still to come, and only the answer that has them starts the window.
    if (!isBackward || before !== undefined) return row;
    return placeMessages(rows, self, { ...row, isWhole: row.isWhole || !more }, records, first);
  }
  // A reset came between request and answer: these messages would leave a gap after the newest ones held.
  if (first > lastSeq + 1) return row;
  const runs = withRun([...older, historyStart, lastSeq], first, last);
  const start = runs.at(-2) ?? first;
  const isWhole =
    row.isWhole || (start === first && after === undefined && !more) || start <= (await firstSeqOf(rows, self, row));
  const next = withOlder({ ...row, isWhole }, runs.slice(0, -2));
  // The messages of a run that the window has reached count from now on.
  const reached = start < Math.min(first, historyStart) ? await rows.messagesOf(stream, start, historyStart - 1) : [];
  return placeMessages(rows, self, next, [...reached, ...records], start);
}

/** The first message of the conversation that the person may read. */
async function firstSeqOf(rows: Rows, self: UserId, { stream }: StoredConversation): Promise<number> {
  return (await rows.members.get([stream, self]))?.fromSeq ?? 1;
}

function withOlder({ older: _before, ...row }: StoredConversation, older: Runs): StoredConversation {
  return older.length === 0 ? row : { ...row, older };
}

/**
 * The lowest seq from which on there is no gap up to the highest one. In one page of several, a changed message may be missing,
 * or belong to a place below the window.
 */
export function windowStart(messages: readonly MessageRecord[]): number | undefined {
  const seqs = [...new Set(messages.map(({ seq }) => seq))].sort((a, b) => b - a);
  return seqs.find((seq, at) => seqs[at + 1] !== seq - 1);
}

function lowestSeq(messages: readonly MessageRecord[]): number | undefined {
  return messages.length === 0 ? undefined : messages.reduce((low, { seq }) => Math.min(low, seq), Infinity);
}
