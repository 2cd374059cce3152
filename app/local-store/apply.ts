import { Dexie } from 'dexie';
import { isConversation, isPersonal, type ConversationId, type StreamId, type UserId } from '#protocol/ids.ts';
import {
  countsAsUnread,
  isKnown,
  type FeedRecord,
  type MemberRecord,
  type MembershipRecord,
  type MessageRecord,
} from '#protocol/record.ts';
import type { PullAnswer, StreamPage } from '#protocol/verbs.ts';
import { messagesBetween, type StoredConversation, type Tables } from './tables.ts';

/*
 * What comes from the server, into rows. Everything here runs inside one write transaction of its caller, so records and
 * cursor are durable together. [CL3] A record counts only if its rev is higher than the one held. [LV4]
 */

export function emptyConversation(stream: ConversationId, activityAt: string): StoredConversation {
  return { stream, lastSeq: 0, historyStart: 0, isWhole: false, unread: 0, activityAt };
}

export async function applyAnswer(tables: Tables, self: UserId, answer: PullAnswer): Promise<void> {
  const held = await tables.facts.get('epoch');
  if (held !== undefined && held.value !== answer.epoch) await dropEverything(tables);
  if (held?.value !== answer.epoch) await tables.facts.put({ key: 'epoch', value: answer.epoch });
  for (const page of answer.streams) await applyStreamPage(tables, self, page);
}

/** Another life of the database: nothing replicated is of worth any more. What was queued or drafted here stays. */
async function dropEverything(tables: Tables): Promise<void> {
  const rows = await tables.conversations.toArray();
  await Promise.all([
    tables.cursors.clear(),
    tables.members.clear(),
    tables.messages.clear(),
    tables.conversations.clear(),
  ]);
  const begun = rows.filter((row) => row.begun !== undefined);
  await tables.conversations.bulkPut(begun.map(bare));
}

function bare(row: StoredConversation): StoredConversation {
  const { begun } = row;
  return { ...emptyConversation(row.stream, row.activityAt), ...(begun === undefined ? {} : { begun }) };
}

async function applyStreamPage(tables: Tables, self: UserId, page: StreamPage): Promise<void> {
  const { stream } = page;
  if (page.reset === true) await dropStream(tables, stream);
  if (page.reset === true && page.cursor === 0 && page.records.length === 0) {
    // Unknown, or no longer ours to read. [VB6] What a person has begun or queued here still shows, and is answered by itself.
    await tables.cursors.delete(stream);
    return;
  }
  const cursor = (await tables.cursors.get(stream))?.rev;
  await applyRecords(tables, self, stream, page.records, cursor === undefined);
  await tables.cursors.put({ stream, rev: Math.max(cursor ?? 0, page.cursor) });
}

async function dropStream(tables: Tables, stream: StreamId): Promise<void> {
  await tables.cursors.delete(stream);
  if (isPersonal(stream)) {
    await tables.conversations.toCollection().modify((row) => {
      delete row.membership;
    });
    return;
  }
  if (!isConversation(stream)) return;
  await messagesBetween(tables, stream, 0, Number.MAX_SAFE_INTEGER).delete();
  await tables.members.where('[stream+userId]').between([stream, Dexie.minKey], [stream, Dexie.maxKey]).delete();
  const row = await tables.conversations.get(stream);
  const isOurs = row?.begun !== undefined || (await tables.outbox.where({ stream }).count()) > 0;
  if (row === undefined) return;
  if (!isOurs) return tables.conversations.delete(stream);
  const { membership, ownReadSeq } = row;
  await tables.conversations.put({
    ...bare(row),
    ...(membership === undefined ? {} : { membership }),
    ...(ownReadSeq === undefined ? {} : { ownReadSeq }),
  });
}

/** `isFirst`: the stream's first records, which hold its newest messages without a hole and nothing before them. [VB5] */
export async function applyRecords(
  tables: Tables,
  self: UserId,
  stream: StreamId,
  records: readonly FeedRecord[],
  isFirst: boolean,
): Promise<void> {
  const known = records.filter(isKnown);
  if (!isConversation(stream)) {
    for (const record of known) if (record.type === 'membership') await applyMembership(tables, self, record);
    return;
  }
  const messages: MessageRecord[] = [];
  const members: MemberRecord[] = [];
  let row = (await tables.conversations.get(stream)) ?? emptyConversation(stream, new Date(0).toISOString());
  for (const record of known) {
    if (record.type === 'message') messages.push(record);
    else if (record.type === 'member') members.push(record);
    else if (record.type === 'conversation' && record.rev > (row.record?.rev ?? 0)) row = { ...row, record };
  }
  await applyMembers(tables, stream, members);
  if (isFirst) row = { ...row, ...(await startOfHistory(tables, self, stream, messages)) };
  row = await applyMessages(tables, self, row, messages);
  const createdAt = row.record?.createdAt;
  if (row.lastMessage === undefined && createdAt !== undefined) row = { ...row, activityAt: createdAt };
  await tables.conversations.put(row);
}

async function startOfHistory(
  tables: Tables,
  self: UserId,
  stream: ConversationId,
  messages: readonly MessageRecord[],
) {
  const first = messages.reduce((lowest, { seq }) => Math.min(lowest, seq), Number.POSITIVE_INFINITY);
  if (first === Number.POSITIVE_INFINITY) return { historyStart: 0, isWhole: true };
  const fromSeq = (await tables.members.get([stream, self]))?.fromSeq ?? 1;
  return { historyStart: first, isWhole: first <= fromSeq };
}

async function applyMembers(tables: Tables, stream: ConversationId, members: readonly MemberRecord[]): Promise<void> {
  if (members.length === 0) return;
  const held = await tables.members.bulkGet(members.map((member): [ConversationId, UserId] => [stream, member.userId]));
  const newer = members.filter((member, at) => member.rev > (held[at]?.rev ?? 0));
  await tables.members.bulkPut(newer);
  await tables.people.bulkPut(
    newer.map(({ userId, name, avatar }) => ({ id: userId, name, ...(avatar === undefined ? {} : { avatar }) })),
  );
}

/** Puts messages and answers the row with what is derived from them. */
export async function applyMessages(
  tables: Tables,
  self: UserId,
  row: StoredConversation,
  messages: readonly MessageRecord[],
): Promise<StoredConversation> {
  if (messages.length === 0) return row;
  const { stream } = row;
  // A changed message from before what is held would leave a hole behind it: history brings it, as it then is.
  const within = messages.filter((message) => row.historyStart === 0 || message.seq >= row.historyStart);
  const held = await tables.messages.bulkGet(within.map((message): [ConversationId, number] => [stream, message.seq]));
  const newer = within.filter((message, at) => message.rev > (held[at]?.rev ?? -1));
  await tables.messages.bulkPut(newer);
  // A message that is here has left, whether or not its answer came.
  await tables.outbox.bulkDelete(newer.map((message) => message.id));
  const newest = newer.reduce<MessageRecord | undefined>(
    (best, message) => (best === undefined || message.seq >= best.seq ? message : best),
    row.lastMessage,
  );
  const read = readSeqOf(row);
  let unread = row.unread;
  for (const [at, message] of within.entries()) {
    if (message.seq <= read || message.rev <= (held[at]?.rev ?? -1)) continue;
    const before = held[at];
    unread += Number(countsAsUnread(message, self)) - Number(before !== undefined && countsAsUnread(before, self));
  }
  const first = newer.reduce((lowest, { seq }) => Math.min(lowest, seq), Number.POSITIVE_INFINITY);
  const startsHistory = row.historyStart === 0 && first !== Number.POSITIVE_INFINITY;
  return {
    ...row,
    ...(newest === undefined ? {} : { lastMessage: newest, activityAt: newest.createdAt }),
    lastSeq: Math.max(row.lastSeq, newest?.seq ?? 0),
    ...(startsHistory ? { historyStart: first, isWhole: row.isWhole || first === 1 } : {}),
    unread: Math.max(0, unread),
  };
}

async function applyMembership(tables: Tables, self: UserId, record: MembershipRecord): Promise<void> {
  const row =
    (await tables.conversations.get(record.conversation)) ?? emptyConversation(record.conversation, record.joinedAt);
  if (record.rev <= (row.membership?.rev ?? 0)) return;
  await tables.conversations.put(await recount(tables, self, { ...row, membership: record }));
}

export function readSeqOf(row: StoredConversation): number {
  return Math.max(row.membership?.readSeq ?? 0, row.ownReadSeq ?? 0);
}

/** The unread number from the messages themselves, or its bound where some of them are not held. [RD4] */
export async function recount(tables: Tables, self: UserId, row: StoredConversation): Promise<StoredConversation> {
  const read = readSeqOf(row);
  if (read >= row.lastSeq) return { ...row, unread: 0 };
  if (row.historyStart > read + 1 && !row.isWhole) return { ...row, unread: row.lastSeq - read };
  const after = await messagesBetween(tables, row.stream, read + 1, Number.MAX_SAFE_INTEGER).toArray();
  return { ...row, unread: after.filter((message) => countsAsUnread(message, self)).length };
}
