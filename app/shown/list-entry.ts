import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { rulesOf } from '#app/ops/registry.ts';
import { directPeer, isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { isArchived } from '#protocol/policies.ts';
import type { Attachment, MessageEvent, MessageRecord, Poll } from '#protocol/record.ts';
import { shownConversation } from './conversation.ts';
import { shownDraft } from './draft.ts';
import { shownMessage } from './message.ts';
import { isMuted } from './mute.ts';
import { isRequest } from './request.ts';
import { conversationName, peopleNamedBy, type ConversationName, type PeopleById } from './name.ts';
import { sentMessage } from './sent-message.ts';
import { writtenAt } from './written-at.ts';

/** What the last line of an entry shows. */
export type LastLine =
  | { kind: 'draft'; text: string }
  /** The person's newest own message, until its record arrives. */
  | { kind: 'outgoing'; state: OutboxRow['state']; text: string; attachments: Attachment[]; poll?: Poll | undefined }
  /** `isHidden`: it was written in a group by a blocked person. [BL5] */
  | { kind: 'message'; message: MessageRecord; isOwn: boolean; isHidden: boolean }
  | { kind: 'event'; event: MessageEvent }
  | { kind: 'deleted' }
  /** There is no message yet. */
  | { kind: 'created' }
  /** A direct chat is created with its first message, which arrives right after it. */
  | { kind: 'begun' }
  /** It is not known yet whether there is a message. */
  | { kind: 'loading' };

export interface ListEntry {
  stream: ConversationId;
  name: ConversationName;
  isGroup: boolean;
  line: LastLine;
  /** ISO instant of the last activity, which orders the list. */
  at: string;
  /** The time shown: that of the last message, as in the chat. */
  shownAt: Date;
  unread: number;
  /** The number of unread messages that mention the person. */
  mentioned: number;
  /** There are unread messages, and they count in the page's title. */
  calls: boolean;
  isMuted: boolean;
  isPinned: boolean;
  isArchived: boolean;
  /** A stranger started it, and it is listed separately until the person accepts it. [RQ4] */
  isRequest: boolean;
  /** The newest message that this device knows of. */
  lastSeq: number;
  /** The person has marked the chat as unread, regardless of what they have read. */
  isMarkedUnread: boolean;
  /** The other person of a direct chat; absent in notes to oneself. */
  peer?: UserId;
}

export interface ListContext {
  self: UserId;
  people: PeopleById;
  drafts: ReadonlyMap<ConversationId, string>;
  /** The ops of all conversations, in the order of sending. */
  outbox: readonly OutboxRow[];
  /** The people whom the person has blocked. */
  blocked: readonly UserId[];
  now: Date;
}

/** The people whose names the list shows. */
export function peopleInList(rows: readonly ConversationRow[], self: UserId): UserId[] {
  const ids = new Set<UserId>();
  for (const { stream, lastMessage } of rows) {
    if (isDirect(stream)) ids.add(directPeer(stream, self));
    if (lastMessage !== undefined) for (const id of peopleNamedBy(lastMessage)) ids.add(id);
  }
  return [...ids];
}

/** The newest first. */
export function byActivity(a: ConversationRow, b: ConversationRow): number {
  return compare(b.activityAt, a.activityAt) || compare(a.stream, b.stream);
}

/**
 * The list as shown: pinned conversations first, then by the last activity. An unchanged entry is the same object as before.
 */
export function listEntries(rows: readonly ConversationRow[], context: ListContext): ListEntry[] {
  return rowsInList(rows, context)
    .map(({ row, queued }) => keptEntry(row, queued, context))
    .toSorted((a, b) => Number(b.isPinned) - Number(a.isPinned) || compare(b.at, a.at) || compare(a.stream, b.stream));
}

/** The number of unread messages in the page's title: the sum of the numbers that the list highlights. */
export function callingUnread(
  rows: readonly ConversationRow[],
  context: Pick<ListContext, 'self' | 'outbox' | 'drafts' | 'now'>,
): number {
  return rowsInList(rows, context)
    .filter(({ row }) => calls(row, context.now))
    .reduce((sum, { row }) => sum + row.unread, 0);
}

/** The one rule for what asks for attention: unread messages of a chat that is neither muted nor archived. */
function calls(row: ConversationRow, now: Date): boolean {
  return row.unread > 0 && !isMuted(row.membership, now) && !isArchivedNow(row, now);
}

function isArchivedNow({ membership, lastSeq, lastMessage }: ConversationRow, now: Date): boolean {
  return isArchived(membership, lastMessage?.seq ?? lastSeq, isMuted(membership, now));
}

function rowsInList(
  rows: readonly ConversationRow[],
  { self, outbox, drafts }: Pick<ListContext, 'self' | 'outbox' | 'drafts'>,
): ShownRow[] {
  const ofStream = new Map<ConversationId, OutboxRow[]>();
  for (const row of outbox) {
    const queued = ofStream.get(row.stream);
    if (queued === undefined) ofStream.set(row.stream, [row]);
    else queued.push(row);
  }
  return rows
    .map((row) => shownRow(row, ofStream.get(row.stream), self))
    .filter(({ row, queued }) => isListed(row, queued, drafts.get(row.stream) ?? ''));
}

interface ShownRow {
  /** With what is queued for it. */
  row: ConversationRow;
  queued: readonly OutboxRow[];
}

const shownRows = new WeakMap<ConversationRow, ShownRow>();

/** Rows are never changed in place, so for most of them the result is cached. */
function shownRow(row: ConversationRow, queued: readonly OutboxRow[] | undefined, self: UserId): ShownRow {
  if (queued !== undefined) return { queued, row: shownConversation(row, queued, self) };
  const kept = shownRows.get(row);
  if (kept !== undefined) return kept;
  const shown = { queued: [], row: shownConversation(row, [], self) };
  shownRows.set(row, shown);
  return shown;
}

/** A chat that the person has left is listed while it has unsent text; one from which they were removed, while it can be read. */
function isListed(
  { stream, membership, lastMessage, lastSeq, historyStart }: ConversationRow,
  queued: readonly OutboxRow[],
  draft: string,
): boolean {
  // All of it is held and nothing of it is shown, because a blocked person has started it. [BL5]
  const isEmptied = isDirect(stream) && historyStart === 1 && lastSeq > 0 && lastMessage === undefined;
  // A request was declined if the person who started it is blocked.
  const isDeclined = membership?.isRequest === true && !isRequest(membership);
  if (membership?.leftAt === undefined && !isEmptied && !isDeclined) return true;
  if (draft.trim() !== '' || queued.some(({ op }) => rulesOf(op).message !== undefined)) return true;
  return membership?.removedBy !== undefined && lastMessage !== undefined;
}

const keptEntries = new WeakMap<ConversationRow, ListEntry>();

function keptEntry(row: ConversationRow, queued: readonly OutboxRow[], context: ListContext): ListEntry {
  const kept = keptEntries.get(row);
  const draft = shownDraft(context.drafts.get(row.stream), row.membership);
  // With something queued, the row is a new object each time. An entry also depends on a draft, a name, who is blocked, and the
  // end of a mute.
  const isSame =
    kept !== undefined &&
    (kept.line.kind === 'draft' ? kept.line.text === draft : draft.trim() === '') &&
    kept.isMuted === isMuted(row.membership, context.now) &&
    (kept.line.kind !== 'message' || kept.line.isHidden === isHidden(kept.line.message, context)) &&
    isSameName(kept.name, conversationName(row, context.self, context.people));
  if (isSame) return kept;
  const entry = listEntry(row, queued, context);
  keptEntries.set(row, entry);
  return entry;
}

function isSameName(one: ConversationName, other: ConversationName): boolean {
  return one.kind === other.kind && (one.kind !== 'named' || other.kind !== 'named' || one.name === other.name);
}

function listEntry(row: ConversationRow, queued: readonly OutboxRow[], context: ListContext): ListEntry {
  const { self, now } = context;
  const { stream, membership, lastMessage } = row;
  const newest = queued.findLast(({ op }) => rulesOf(op).message !== undefined);
  const outgoing = newest?.id === lastMessage?.id ? undefined : newest;
  const peer = isDirect(stream) ? directPeer(stream, self) : self;
  const at = outgoing !== undefined && outgoing.queuedAt > row.activityAt ? outgoing.queuedAt : row.activityAt;
  return {
    stream,
    name: conversationName(row, self, context.people),
    isGroup: !isDirect(stream),
    line: lastLine(row, queued, outgoing, context),
    at,
    shownAt: lastMessage?.createdAt === at ? writtenAt(lastMessage) : new Date(at),
    unread: row.unread,
    mentioned: row.mentioned?.length ?? 0,
    calls: calls(row, now),
    isMuted: isMuted(membership, now),
    isPinned: membership?.pinnedAt !== undefined,
    isArchived: isArchivedNow(row, now),
    isRequest: isRequest(membership),
    lastSeq: row.lastSeq,
    isMarkedUnread: membership?.unreadAt !== undefined,
    ...(peer === self ? {} : { peer }),
  };
}

function lastLine(
  { stream, membership, lastMessage, creation, isWhole }: ConversationRow,
  queued: readonly OutboxRow[],
  outgoing: OutboxRow | undefined,
  context: ListContext,
): LastLine {
  const { drafts, self } = context;
  const draft = shownDraft(drafts.get(stream), membership);
  if (draft.trim() !== '') return { kind: 'draft', text: draft };
  if (outgoing !== undefined) {
    const { text = '', attachments = [], poll } = sentMessage(outgoing, self) ?? {};
    return { kind: 'outgoing', state: outgoing.state, text, attachments, poll };
  }
  if (lastMessage === undefined) {
    if (!isWhole && creation === undefined) return { kind: 'loading' };
    return { kind: isDirect(stream) ? 'begun' : 'created' };
  }
  const message = shownMessage(lastMessage, queued, self).record;
  if (message.event !== undefined) return { kind: 'event', event: message.event };
  if (message.deletedAt !== undefined) return { kind: 'deleted' };
  return { kind: 'message', message, isOwn: message.senderId === self, isHidden: isHidden(message, context) };
}

/** What was said in a direct chat before the block stays. [BL5] */
function isHidden({ stream, senderId }: MessageRecord, { blocked }: ListContext): boolean {
  return blocked.includes(senderId) && !isDirect(stream);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
