import { isConversation, isDirect, type ConversationId, type StreamId, type UserId } from '#protocol/ids.ts';
import type { Changes } from '#protocol/live.ts';
import {
  isKnown,
  type FeedRecord,
  type MemberRecord,
  type MembershipRecord,
  type MessageRecord,
} from '#protocol/record.ts';
import type { HistoryAnswer, PullAnswer, StreamPage } from '#protocol/verbs.ts';
import { batchedRows, NAMED_AT_ONCE, type BatchedRows } from './batched-rows.ts';
import { noteBlocked } from './note-blocked.ts';
import { takeSharedDraft } from './shared-draft.ts';
import { dropReadBefore } from './drop.ts';
import { dropEverything, dropStream } from './drop-streams.ts';
import { countedCursor, recordsBefore } from './held-rows.ts';
import type { Applied, HistoryAsked, PullAsked } from './local-store.ts';
import { removeSent } from './outbox-rows.ts';
import { piecesOf } from './pieces.ts';
import { emptyConversation, type Rows, type StoredConversation } from './rows.ts';
import { applyScheduled } from './scheduled.ts';
import { withRead } from './unread.ts';
import { beginWindow, dropWindow, placeHistory, placeMessages, startWith, windowStart } from './window.ts';

/*
 * Applies pages, changes and history to the rows. Everything here runs inside one write transaction of its caller, so records and
 * cursor are durable together. [CL3] A record is applied only if its rev is higher than that of the one held. [LV4]
 */

export interface Pulled {
  answer: PullAnswer;
  asked: PullAsked | undefined;
}

/** Returns for each answer whether none of its pages was ignored. Each answer is a batch of its own. */
export async function applyAnswers(rows: Rows, self: UserId, pulled: readonly Pulled[]): Promise<boolean[]> {
  const applied: boolean[] = [];
  for (const { answer, asked } of pulled) applied.push(await applyAnswer(batchedRows(rows), self, answer, asked));
  return applied;
}

/** Piece by piece: each piece is written before the next is applied, so the page can do something else between two of them. */
async function applyAnswer(
  { rows, flush }: BatchedRows,
  self: UserId,
  answer: PullAnswer,
  asked: PullAsked | undefined,
): Promise<boolean> {
  const pieces = piecesOf(answer.streams);
  await readAhead(rows, pieces[0] ?? [], self);
  if (!(await beginAnswer(rows, self, answer, asked))) return false;
  let isWhole = true;
  for (const [at, piece] of pieces.entries()) {
    for (const page of piece) {
      const after = page.after ?? (asked?.cursors === undefined ? undefined : (asked.cursors[page.stream] ?? 0));
      isWhole = (await applyStreamPage(rows, self, page, after)) && isWhole;
    }
    await Promise.all([flush(), readAhead(rows, pieces[at + 1] ?? [], self)]);
  }
  await flush();
  return isWhole;
}

/**
 * Reads the rows that most records need, with one request for each table, all at the same time: requests that wait for each other
 * add up, and messages wait for them. `self`: this person's member record of each conversation is needed too.
 */
async function readAhead(
  rows: Rows,
  streams: readonly Pick<StreamPage, 'stream' | 'records'>[],
  self?: UserId,
): Promise<void> {
  const conversations = new Set<ConversationId>();
  const joined = new Set<ConversationId>();
  const members: [ConversationId, UserId][] = [];
  for (const { stream, records } of streams) {
    if (isConversation(stream)) {
      conversations.add(stream);
      if (self !== undefined) members.push([stream, self]);
    }
    for (const record of records.filter(isKnown)) {
      if (record.type === 'membership') joined.add(record.conversation);
      if (record.type === 'member') members.push([record.stream as ConversationId, record.userId]);
    }
  }
  await Promise.all([
    rows.facts.bulkGet(['epoch', 'blocked']),
    rows.cursors.bulkGet(streams.map(({ stream }) => stream)),
    rows.conversations.bulkGet([...new Set([...conversations, ...joined])]),
    rows.members.bulkGet(members),
    rows.people.bulkGet([...new Set(members.map(([, userId]) => userId))]),
    rows.drafts.bulkGet([...joined]),
  ]);
}

/** False if the answer is of another epoch than the device's rows and is therefore ignored. */
async function beginAnswer(
  rows: Rows,
  self: UserId,
  answer: PullAnswer,
  asked: PullAsked | undefined,
): Promise<boolean> {
  const held = (await rows.facts.get('epoch'))?.value;
  // A request that was sent while the device held nothing may have been overtaken by an answer of the same epoch.
  const isSame = asked === undefined || asked.epoch === held || (asked.epoch === undefined && held === answer.epoch);
  if (!isSame) return false;
  if (held !== undefined && held !== answer.epoch) await dropEverything(rows, self);
  if (held !== answer.epoch) await rows.facts.put({ key: 'epoch', value: answer.epoch });
  return true;
}

/** `after`: the cursor that the page was requested with, if that is known. False if the page was ignored. */
async function applyStreamPage(
  rows: Rows,
  self: UserId,
  page: StreamPage,
  after: number | undefined,
): Promise<boolean> {
  const { stream, cursor, records } = page;
  const isUnreadable = page.reset === true && cursor === 0 && records.length === 0;
  if (page.reset === true) await dropStream(rows, self, stream, isUnreadable);
  if (isUnreadable) return true;
  const held = await rows.cursors.get(stream);
  // A reset has moved the cursor back since the request: applying the page would leave a gap that nothing fills.
  if (page.reset !== true && (held?.rev ?? 0) < (after ?? 0)) return false;
  // A bootstrap has only the newest messages: above those that another one has brought meanwhile, it might leave a gap.
  if (page.reset !== true && after === 0 && held !== undefined && held.rev < cursor && isConversation(stream))
    return false;
  const before = await recordsBefore(rows, stream, held);
  const first = held === undefined ? { cursor, more: page.more } : undefined;
  const added = await applyRecords(rows, self, stream, records, first);
  // A page that was delayed must not move the cursor back. [LV4]
  const isLate = held !== undefined && cursor < held.rev;
  const isPartial = isLate ? held.isPartial === true : page.more;
  const next = { stream, rev: isLate ? held.rev : cursor, isPartial };
  await rows.cursors.put(await countedCursor(rows, next, before, added));
  return true;
}

/**
 * Live changes apply if `prev ≤ cursor held < cursor`. A stream without a cursor counts as held up to 0. [LV4] Those that have
 * arrived together are written together, in pieces that take a few milliseconds each.
 */
export async function applyLive(rows: Rows, self: UserId, changes: readonly Changes[]): Promise<Applied[]> {
  const batched = batchedRows(rows);
  const applied: Applied[] = [];
  for (let at = 0; at < changes.length; at += NAMED_AT_ONCE) {
    const piece = changes.slice(at, at + NAMED_AT_ONCE);
    await readAhead(batched.rows, piece);
    for (const each of piece) applied.push(await applyStep(batched.rows, self, each));
    await batched.flush();
  }
  return applied;
}

async function applyStep(rows: Rows, self: UserId, changes: Changes): Promise<Applied> {
  const { stream, prev, cursor, records } = changes;
  const held = await rows.cursors.get(stream);
  if ((held?.rev ?? 0) >= cursor) return 'ignored';
  if ((held?.rev ?? 0) < prev) return 'behind';
  const before = await recordsBefore(rows, stream, held);
  const first = held === undefined ? { cursor, more: false } : undefined;
  const added = await applyRecords(rows, self, stream, records, first);
  // Nothing is between the cursor held and this change, so everything that was still to come has arrived.
  await rows.cursors.put(await countedCursor(rows, { stream, rev: cursor, isPartial: false }, before, added));
  return 'applied';
}

export async function applyRun(rows: Rows, self: UserId, asked: HistoryAsked, answer: HistoryAnswer): Promise<void> {
  const row = await rows.conversations.get(answer.stream);
  if (row === undefined) return;
  // The window was reset since the request: a message that has changed meanwhile would return in its old version permanently.
  if (row.window === undefined || asked.window !== row.window) return;
  await rows.conversations.put(await placeHistory(rows, self, row, asked, answer));
  await removeSent(rows, self, answer.stream, answer.records, 0);
}

/**
 * Returns how many members, or memberships, are new. `first`: these records are the stream's first ones; it has the cursor after
 * them and says whether the stream continues. [VB5]
 */
async function applyRecords(
  rows: Rows,
  self: UserId,
  stream: StreamId,
  records: readonly FeedRecord[],
  first: { cursor: number; more: boolean } | undefined,
): Promise<number> {
  // Unknown types are ignored, but the cursor moves past them. [SH5]
  const known = records.filter(isKnown);
  if (!isConversation(stream)) {
    let added = 0;
    for (const record of known)
      if (record.type === 'membership' && (await applyMembership(rows, self, record))) added++;
    await applyScheduled(
      rows,
      known.filter((record) => record.type === 'scheduled'),
    );
    return added;
  }
  const messages: MessageRecord[] = [];
  const members: MemberRecord[] = [];
  let row = (await rows.conversations.get(stream)) ?? emptyConversation(stream, new Date(0).toISOString());
  for (const record of known) {
    if (record.type === 'message') messages.push(record);
    else if (record.type === 'member') members.push(record);
    else if (record.type === 'conversation' && record.rev > (row.record?.rev ?? 0)) {
      const { creation: _creation, knownAs: _knownAs, ...rest } = row;
      row = { ...rest, record };
    }
  }
  const added = await applyMembers(rows, stream, members);
  // The messages of a bootstrap in several pages come after its first one: the page that has the first of them starts the window.
  const isWindowNew = first !== undefined || (row.historyStart === 0 && !row.isWhole);
  // Messages of an earlier bootstrap. Those that were sent from here to a new conversation belong to no window yet, and stay.
  const isWindowOld = first !== undefined && row.window !== undefined && row.historyStart > 0;
  if (first !== undefined) {
    const epoch = (await rows.facts.get('epoch'))?.value ?? '';
    // The first of several pages also has records above its cursor: those tell it from the first page of an earlier bootstrap.
    const highest = first.more ? Math.max(first.cursor, ...known.map(({ rev }) => rev)) : first.cursor;
    row = { ...row, window: `${epoch}/${highest}` };
  }
  if (isWindowNew && (messages.length > 0 || first?.more === false)) row = await beginWindow(rows, self, row, messages);
  else if (isWindowOld) row = await dropWindow(rows, row);
  const start = (isWindowNew ? windowStart(messages) : undefined) ?? startWith(row, messages);
  row = await placeMessages(rows, self, row, messages, start);
  const createdAt = row.record?.createdAt;
  if (row.lastMessage === undefined && createdAt !== undefined) row = { ...row, activityAt: createdAt };
  await rows.conversations.put(row);
  await removeSent(rows, self, stream, messages, isWindowNew ? row.historyStart : 0);
  return added;
}

async function applyMembers(rows: Rows, stream: ConversationId, members: readonly MemberRecord[]): Promise<number> {
  if (members.length === 0) return 0;
  const held = await rows.members.bulkGet(members.map((member): [ConversationId, UserId] => [stream, member.userId]));
  const newer = members.filter((member, at) => member.rev > (held[at]?.rev ?? 0));
  await rows.members.bulkPut(newer);
  const people = await rows.people.bulkGet(newer.map((member) => member.userId));
  await rows.people.bulkPut(
    newer
      // The record of somebody who has left may be stale, so its name is used only for people who are not known otherwise.
      .filter((member, at) => member.leftAt === undefined || people[at] === undefined)
      .map(({ userId, name, avatar, about }) => ({
        id: userId,
        name,
        ...(avatar === undefined ? {} : { avatar }),
        ...(about === undefined ? {} : { about }),
      })),
  );
  return new Set(members.filter((_, at) => held[at] === undefined).map(({ userId }) => userId)).size;
}

/**
 * Whether the conversation was fetched after the person joined: its own change may come before this one, and nothing would fetch
 * it again.
 */
async function isFetchedSince(
  rows: Rows,
  self: UserId,
  { membership }: StoredConversation,
  { conversation, joinedAt }: MembershipRecord,
): Promise<boolean> {
  const member = await rows.members.get([conversation, self]);
  return member?.joinedAt === joinedAt && member.leftAt === undefined && membership?.joinedAt !== joinedAt;
}

/** True if there was none of this conversation. */
async function applyMembership(rows: Rows, self: UserId, record: MembershipRecord): Promise<boolean> {
  let row =
    (await rows.conversations.get(record.conversation)) ?? emptyConversation(record.conversation, record.joinedAt);
  if (record.rev <= (row.membership?.rev ?? 0)) return false;
  const hasRejoined = row.membership?.leftAt !== undefined && record.leftAt === undefined;
  if (hasRejoined && !(await isFetchedSince(rows, self, row, record))) row = await dropReadBefore(rows, row);
  if (isDirect(record.conversation)) await noteBlocked(rows, self, record);
  const next: StoredConversation = { ...row, membership: record };
  if (row.ownRead?.untilRev !== undefined && record.rev >= row.ownRead.untilRev) delete next.ownRead;
  await takeSharedDraft(rows, record);
  await rows.conversations.put(await withRead(rows, self, row, next));
  // No more records of that conversation will arrive, so accepted ops must not wait for theirs.
  if (record.leftAt !== undefined) await removeSent(rows, self, record.conversation, [], Number.POSITIVE_INFINITY);
  return row.membership === undefined;
}
