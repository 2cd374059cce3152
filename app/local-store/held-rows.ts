import { DAMAGED_CURSOR } from '#protocol/digest.ts';
import { isConversation, type StreamId, type UserId } from '#protocol/ids.ts';
import { countsAsUnread } from '#protocol/record.ts';
import { blockedPeople } from './blocked.ts';
import type { CursorRow, Rows } from './rows.ts';
import { heldRuns } from './runs.ts';
import { isCounted, MOST_COUNTED, readSeqOf } from './unread.ts';

/*
 * A cursor claims that the rows up to it are on the device. A browser may lose some of them, and a defect may have skipped some.
 * Each cursor row has the number of rows that its stream's records made, and a run of messages has no gaps: both are checked by
 * counting keys of an index. [DG4]
 */

/** How many rows the stream's records have made; undefined if they have to be counted after the records are applied. */
export async function recordsBefore(
  rows: Rows,
  stream: StreamId,
  held: CursorRow | undefined,
): Promise<number | undefined> {
  if (held !== undefined || !isConversation(stream)) return held?.records;
  // Messages that were readable before the person left are held without a cursor.
  return (await rows.conversations.get(stream))?.record === undefined ? 0 : undefined;
}

/** The cursor row after records were applied. `added`: rows that they made beside messages. */
export async function countedCursor(
  rows: Rows,
  next: { stream: StreamId; rev: number; isPartial: boolean },
  before: number | undefined,
  added: number,
): Promise<CursorRow> {
  const { stream, rev, isPartial } = next;
  const records = before === undefined ? await countRecords(rows, stream) : before + added;
  return { stream, rev, records, ...(isPartial ? { isPartial } : {}) };
}

/** Cursors without any row of their conversation. The cost depends on the number of conversations only. */
export async function withoutRows(rows: Rows): Promise<StreamId[]> {
  const conversations = new Set<StreamId>(await rows.conversationKeys());
  const cursors = await rows.cursors.toArray();
  return cursors.flatMap(({ stream, rev }) =>
    isConversation(stream) && !conversations.has(stream) && rev !== DAMAGED_CURSOR ? [stream] : [],
  );
}

/** The streams among these whose rows are not all here. */
export async function damagedOf(rows: Rows, self: UserId, streams: readonly StreamId[]): Promise<StreamId[]> {
  const damaged: StreamId[] = [];
  for (const stream of streams) {
    const cursor = await rows.cursors.get(stream);
    if (cursor !== undefined && !(await isWhole(rows, self, cursor))) damaged.push(stream);
  }
  return damaged;
}

/** Gives up the cursors of damaged streams, so that the next pull fetches their rows again. Returns those streams. */
export async function giveUpDamaged(rows: Rows, self: UserId, streams: readonly StreamId[]): Promise<StreamId[]> {
  const damaged = await damagedOf(rows, self, streams);
  for (const stream of damaged) {
    // Memberships that are here stay, and missing ones arrive again. A conversation's rows are replaced by a reset.
    if (isConversation(stream)) await rows.cursors.put({ stream, rev: DAMAGED_CURSOR });
    else await rows.cursors.delete(stream);
  }
  if (damaged.length > 0) {
    const before = await repairsOf(rows);
    await rows.facts.put({ key: 'repairs', value: String(before + damaged.length) });
  }
  return damaged;
}

/** How many streams were found damaged on this device. */
export async function repairsOf(rows: Rows): Promise<number> {
  return Number((await rows.facts.get('repairs'))?.value ?? 0);
}

async function isWhole(rows: Rows, self: UserId, { stream, rev, records, isPartial }: CursorRow): Promise<boolean> {
  // The cursor was given up already, is in the middle of a bootstrap's pages, or is from a version of the app that did not count rows.
  if (rev === DAMAGED_CURSOR || isPartial === true || records === undefined) return true;
  if ((await countRecords(rows, stream)) !== records) return false;
  if (!isConversation(stream)) return true;
  const row = await rows.conversations.get(stream);
  if (row?.record === undefined) return false;
  const { historyStart, lastSeq } = row;
  if (historyStart === 0) return true;
  for (const [from, to] of heldRuns(row))
    if ((await rows.countMessages(stream, from, to)) !== to - from + 1) return false;
  // Messages that were lost and arrived again among very many may be counted twice.
  const firstUnread = Math.max(historyStart, readSeqOf(row) + 1);
  if (lastSeq - firstUnread >= MOST_COUNTED) return true;
  const unread = await rows.messagesOf(stream, firstUnread, lastSeq);
  const blocked = await blockedPeople(rows);
  const least = unread.filter((message) => isCounted(message, self, blocked)).length;
  return row.counted >= least && row.counted <= unread.filter((message) => countsAsUnread(message, self)).length;
}

/** Members of a conversation, or memberships of the person. */
async function countRecords(rows: Rows, stream: StreamId): Promise<number> {
  if (isConversation(stream)) return rows.countMembers(stream);
  return (await rows.conversations.toArray()).filter(({ membership }) => membership !== undefined).length;
}
