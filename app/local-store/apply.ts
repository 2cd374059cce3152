import { isConversation, type ConversationId, type StreamId, type UserId } from '#protocol/ids.ts';
import type { Changes } from '#protocol/live.ts';
import {
  isKnown,
  type FeedRecord,
  type MemberRecord,
  type MembershipRecord,
  type MessageRecord,
} from '#protocol/record.ts';
import type { HistoryAnswer, PullAnswer, StreamPage } from '#protocol/verbs.ts';
import { dropEverything, dropStream } from './drop.ts';
import type { Applied, HistoryAsked, PullAsked } from './local-store.ts';
import { sentHere } from './outbox-rows.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';
import { withRead } from './unread.ts';
import { beginWindow, lowestSeq, placeHistory, placeMessages, startWith } from './window.ts';

/*
 * What comes from the server, into rows. Everything here runs inside one write transaction of its caller, so records and
 * cursor are durable together. [CL3] A record counts only if its rev is higher than the one held. [LV4]
 */

export async function applyAnswer(
  rows: Rows,
  self: UserId,
  answer: PullAnswer,
  asked: PullAsked | undefined,
): Promise<void> {
  const held = (await rows.facts.get('epoch'))?.value;
  if (asked !== undefined && asked.epoch !== held) return;
  if (held !== undefined && held !== answer.epoch) await dropEverything(rows);
  if (held !== answer.epoch) await rows.facts.put({ key: 'epoch', value: answer.epoch });
  for (const page of answer.streams) await applyStreamPage(rows, self, page, asked?.cursors[page.stream] ?? 0);
}

/** `after`: the cursor that the page was asked with, as far as that is known. */
async function applyStreamPage(rows: Rows, self: UserId, page: StreamPage, after: number): Promise<void> {
  const { stream, cursor, records } = page;
  const isUnreadable = page.reset === true && cursor === 0 && records.length === 0;
  if (page.reset === true) await dropStream(rows, self, stream, isUnreadable);
  if (isUnreadable) return;
  const held = (await rows.cursors.get(stream))?.rev;
  // A reset has taken the cursor back since: what lies between would never come.
  if (page.reset !== true && (held ?? 0) < after) return;
  await applyRecords(rows, self, stream, records, held === undefined ? cursor : undefined);
  // A page that was long under way must not take the cursor back. [LV4]
  await rows.cursors.put({ stream, rev: Math.max(held ?? 0, cursor) });
}

/** One step of the chain: applies where `prev ≤ cursor held < cursor`. A stream without a cursor is held up to 0. [LV4] */
export async function applyStep(rows: Rows, self: UserId, changes: Changes): Promise<Applied> {
  const { stream, prev, cursor, records } = changes;
  const held = (await rows.cursors.get(stream))?.rev;
  if ((held ?? 0) >= cursor) return 'ignored';
  if ((held ?? 0) < prev) return 'behind';
  await applyRecords(rows, self, stream, records, held === undefined ? cursor : undefined);
  await rows.cursors.put({ stream, rev: cursor });
  return 'applied';
}

export async function applyRun(rows: Rows, self: UserId, asked: HistoryAsked, answer: HistoryAnswer): Promise<void> {
  const row = await rows.conversations.get(answer.stream);
  if (row === undefined) return;
  // Begun anew since: a message that has changed meanwhile would come back as it was, and nothing would ever mend it.
  if (row.window === undefined || asked.window !== row.window) return;
  await rows.conversations.put(await placeHistory(rows, self, row, asked.before, answer));
  await sentHere(rows, self, answer.stream, answer.records, 0);
}

/** `firstCursor`: the cursor that these, the stream's first records, bring it to. [VB5] */
async function applyRecords(
  rows: Rows,
  self: UserId,
  stream: StreamId,
  records: readonly FeedRecord[],
  firstCursor: number | undefined,
): Promise<void> {
  // Unknown types are passed over; the cursor counts them. [SH5]
  const known = records.filter(isKnown);
  if (!isConversation(stream)) {
    for (const record of known) if (record.type === 'membership') await applyMembership(rows, self, record);
    return;
  }
  const messages: MessageRecord[] = [];
  const members: MemberRecord[] = [];
  let row = (await rows.conversations.get(stream)) ?? emptyConversation(stream, new Date(0).toISOString());
  for (const record of known) {
    if (record.type === 'message') messages.push(record);
    else if (record.type === 'member') members.push(record);
    else if (record.type === 'conversation' && record.rev > (row.record?.rev ?? 0)) {
      const { begun: _begun, knownAs: _knownAs, ...rest } = row;
      row = { ...rest, record };
    }
  }
  await applyMembers(rows, stream, members);
  if (firstCursor !== undefined) {
    const epoch = (await rows.facts.get('epoch'))?.value ?? '';
    row = { ...(await beginWindow(rows, self, row, messages)), window: `${epoch}/${firstCursor}` };
  }
  const start = (firstCursor === undefined ? undefined : lowestSeq(messages)) ?? startWith(row, messages);
  row = await placeMessages(rows, self, row, messages, start);
  const createdAt = row.record?.createdAt;
  if (row.lastMessage === undefined && createdAt !== undefined) row = { ...row, activityAt: createdAt };
  await rows.conversations.put(row);
  await sentHere(rows, self, stream, messages, firstCursor === undefined ? 0 : row.historyStart);
}

async function applyMembers(rows: Rows, stream: ConversationId, members: readonly MemberRecord[]): Promise<void> {
  if (members.length === 0) return;
  const held = await rows.members.bulkGet(members.map((member): [ConversationId, UserId] => [stream, member.userId]));
  const newer = members.filter((member, at) => member.rev > (held[at]?.rev ?? 0));
  await rows.members.bulkPut(newer);
  const people = await rows.people.bulkGet(newer.map((member) => member.userId));
  await rows.people.bulkPut(
    newer
      // The record of one who left may be of long ago: it names only whom nobody else does.
      .filter((member, at) => member.leftAt === undefined || people[at] === undefined)
      .map(({ userId, name, avatar }) => ({ id: userId, name, ...(avatar === undefined ? {} : { avatar }) })),
  );
}

async function applyMembership(rows: Rows, self: UserId, record: MembershipRecord): Promise<void> {
  const row =
    (await rows.conversations.get(record.conversation)) ?? emptyConversation(record.conversation, record.joinedAt);
  if (record.rev <= (row.membership?.rev ?? 0)) return;
  const next: StoredConversation = { ...row, membership: record };
  if (row.ownRead?.untilRev !== undefined && record.rev >= row.ownRead.untilRev) delete next.ownRead;
  await rows.conversations.put(await withRead(rows, self, row, next));
  // Nothing of that conversation comes any more: what was accepted there waits for no record.
  if (record.leftAt !== undefined) await sentHere(rows, self, record.conversation, [], Number.POSITIVE_INFINITY);
}
