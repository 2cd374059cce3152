import type { OutboxRow } from '#app/local-store/local-store.ts';
import { byOneForm } from '#protocol/emoji.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import {
  countsAsUnread,
  type Attachment,
  type MemberRecord,
  type MessageEvent,
  type MessageRecord,
  type Poll,
} from '#protocol/record.ts';
import { deliveryBy, type Delivery } from './delivery.ts';
import type { FailedOp } from './failures.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import { shownMessages, type ShownMessage } from './message.ts';
import { isSameLines, linesOf, type Lines } from './timeline-lines.ts';
import { writtenAt } from './written-at.ts';

/** A message as drawn, with the lines above it. */
export interface TimelineItem extends Lines {
  id: OpId;
  /** Absent until the server has accepted it. */
  seq?: number;
  senderId: UserId;
  isOwn: boolean;
  text: string;
  /** Whom the text mentions; absent if nobody. */
  mentions?: UserId[];
  attachments: Attachment[];
  /** With the person's queued vote. */
  poll?: Poll;
  event?: MessageEvent;
  /** When it was written. */
  at: Date;
  /** When the server received it, if that was noticeably later. */
  sentLater?: Date;
  isEdited: boolean;
  isDeleted: boolean;
  /** Its sender is blocked, and it was not opened: it has no content. [BL5] */
  isWithheld?: true;
  /** The state of one's own messages. */
  status?: Delivery | 'waiting' | 'sending' | 'failed';
  isPinned: boolean;
  /** In the order of first use, with the queued changes. */
  reactions: Reaction[];
  /** Who wrote it first. */
  forwardedFrom?: string;
  /** The message that it replies to. */
  replyTo?: OpId;
  /** It has never left this device. */
  isUnsent?: boolean;
  /** A queued change of this message. */
  waits?: 'edit' | 'delete';
  /** Its queued deletion, while that can be taken back. */
  deletion?: OpId;
  /** What the server refused: the message itself, or a change of it. */
  failed?: FailedOp;
}

export interface Reaction {
  emoji: string;
  count: number;
  isOwn: boolean;
}

interface TimelineParts {
  self: UserId;
  messages: readonly MessageRecord[];
  /** Of this conversation, in the order of sending. */
  outbox: readonly OutboxRow[];
  members: readonly MemberRecord[];
  /** With the queued changes. */
  pins: readonly OpId[];
  /** The first seq after the line of new messages. */
  newFrom: number | undefined;
  /** The seqs of the messages that are on the device and not shown. */
  hidden: readonly number[];
}

/** A message that left at least this long after it was written shows both times in its details. */
const LATER_MS = 60_000;

/** A message without what depends on the ones before and after it. */
type Content = Omit<TimelineItem, keyof Lines>;

/** What the conversation shows: held messages by seq, then those in the outbox, in the order in which they were written. [ST3] [ask 10] */
export function timelineOf(parts: TimelineParts): TimelineItem[] {
  return createTimeline()(parts);
}

const NO_LINES: Lines = { gap: 0, startsDay: false, startsNew: false, isFirstOfRun: false, isLastOfRun: false };

interface Made {
  /** What the item was made of, if that was a record without queued changes. */
  record: UnplacedMessage | undefined;
  item: TimelineItem;
}

/** A timeline that keeps the objects of the items that have not changed, so that only what has changed is made and drawn again. */
export function createTimeline(): (parts: TimelineParts) => TimelineItem[] {
  let before = new Map<OpId, Made>();
  return ({ self, messages, outbox, members, pins, newFrom, hidden }) => {
    const pinned = new Set(pins);
    const deliveryOf = deliveryBy(members, self);
    const made = shownMessages(messages, outbox, self).map((shown) => {
      const held = before.get(shown.record.id);
      if (held?.record === shown.record && isPlain(shown) && isUpToDate(held.item, deliveryOf, pinned)) return held;
      const record = isPlain(shown) ? shown.record : undefined;
      return { record, item: { ...contentOf(shown, deliveryOf, self, pinned), ...NO_LINES } };
    });
    const first =
      newFrom === undefined
        ? -1
        : messages.findIndex((message) => message.seq >= newFrom && countsAsUnread(message, self));
    const items = made.map(({ item }) => item);
    for (const [at, lines] of linesOf(items, first, hidden).entries()) {
      const each = made[at];
      if (each === undefined || isSameLines(each.item, lines)) continue;
      made[at] = { ...each, item: { ...each.item, ...lines } };
    }
    const after = new Map<OpId, Made>();
    for (const [at, each] of made.entries()) {
      const held = before.get(each.item.id);
      const isHeld = held !== undefined && held.item !== each.item && isSame(held.item, each.item);
      const kept = isHeld ? { ...each, item: held.item } : each;
      items[at] = kept.item;
      after.set(kept.item.id, kept);
    }
    before = after;
    return items;
  };
}

function isPlain({ waits, deletion, failed, sending }: ShownMessage): boolean {
  return waits === undefined && deletion === undefined && failed === undefined && sending === undefined;
}

/** Whether the parts of the item that do not come from its record are still up to date. */
function isUpToDate(
  { id, seq, isOwn, isDeleted, isPinned, status }: Content,
  deliveryOf: ReturnType<typeof deliveryBy>,
  pinned: ReadonlySet<OpId>,
): boolean {
  const delivery = isOwn && seq !== undefined ? deliveryOf({ seq }) : undefined;
  return status === delivery && isPinned === (pinned.has(id) && !isDeleted);
}

function isSame(one: TimelineItem, other: TimelineItem): boolean {
  const keys = Object.keys(other) as (keyof TimelineItem)[];
  return keys.length === Object.keys(one).length && keys.every((key) => isSameValue(one[key], other[key]));
}

function isSameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  if (one instanceof Date && other instanceof Date) return one.getTime() === other.getTime();
  if (Array.isArray(one) && Array.isArray(other) && one.length === 0 && other.length === 0) return true;
  return JSON.stringify(one) === JSON.stringify(other);
}

function contentOf(
  { record, waits, deletion, failed, sending }: ShownMessage,
  deliveryOf: ReturnType<typeof deliveryBy>,
  self: UserId,
  pinned: ReadonlySet<OpId>,
): Content {
  const isOwn = record.senderId === self && record.event === undefined;
  const isDeleted = record.deletedAt !== undefined;
  const { seq } = record;
  const item: Content = {
    id: record.id,
    senderId: record.senderId,
    isOwn,
    text: record.text,
    attachments: record.attachments,
    at: writtenAt(record),
    isEdited: record.editedAt !== undefined,
    isDeleted,
    isPinned: pinned.has(record.id) && !isDeleted,
    reactions: [...byOneForm(record.reactions)].map(([emoji, users]) => ({
      emoji,
      count: users.length,
      isOwn: users.includes(self),
    })),
  };
  if (seq !== undefined) item.seq = seq;
  const sentLater = new Date(record.createdAt);
  if (sentLater.getTime() - item.at.getTime() >= LATER_MS) item.sentLater = sentLater;
  if (sending !== undefined) {
    item.status = sending.state === 'queued' ? 'waiting' : sending.state;
    item.isUnsent = sending.state === 'failed' || (sending.state === 'queued' && sending.attempts === 0);
  }
  if (sending === undefined && isOwn && seq !== undefined) item.status = deliveryOf({ seq });
  if (record.poll !== undefined) item.poll = record.poll;
  if (record.withheld === true) item.isWithheld = true;
  if (record.event !== undefined) item.event = record.event;
  if (record.forwardedFrom !== undefined) item.forwardedFrom = record.forwardedFrom.senderName;
  if (record.replyTo !== undefined) item.replyTo = record.replyTo;
  if (record.mentions.length > 0) item.mentions = record.mentions;
  if (waits !== undefined) item.waits = waits;
  if (deletion !== undefined) item.deletion = deletion;
  if (failed !== undefined) item.failed = failed;
  return item;
}
