import type { OutboxRow } from '#app/local-store/local-store.ts';
import { byOneForm } from '#protocol/emoji.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import {
  countsAsUnread,
  type Attachment,
  type MemberRecord,
  type MessageEvent,
  type MessageRecord,
} from '#protocol/record.ts';
import { deliveryBy, type Delivery } from './delivery.ts';
import type { FailedOp } from './failures.ts';
import { shownMessages, type ShownMessage } from './message.ts';
import { writtenAt } from './written-at.ts';

/** A message as drawn, with the lines above it. */
export interface TimelineItem {
  id: OpId;
  /** Absent until the server has accepted it. */
  seq?: number;
  senderId: UserId;
  isOwn: boolean;
  text: string;
  /** Whom the text mentions; absent if nobody. */
  mentions?: UserId[];
  attachments: Attachment[];
  event?: MessageEvent;
  /** When it was written. */
  at: Date;
  /** When the server received it, if that was noticeably later. */
  sentLater?: Date;
  isEdited: boolean;
  isDeleted: boolean;
  /** The state of one's own messages. */
  status?: Delivery | 'waiting' | 'sending' | 'failed';
  isPinned: boolean;
  /** In the order first used; with the queued changes. */
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
  startsDay: boolean;
  /** The line of new messages is drawn above it. */
  startsNew: boolean;
  isFirstOfRun: boolean;
  isLastOfRun: boolean;
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
}

const RUN_MS = 5 * 60_000;
/** A message that left at least this long after it was written shows both times in its details. */
const LATER_MS = 60_000;

/** What the conversation shows: held messages by seq, then those in the outbox, in the order in which they were written. [ST3] [ask 10] */
export function timelineOf({ self, messages, outbox, members, pins, newFrom }: TimelineParts): TimelineItem[] {
  const pinned = new Set(pins);
  const deliveryOf = deliveryBy(members, self);
  const items = shownMessages(messages, outbox, self).map((shown) => itemOf(shown, deliveryOf, self, pinned));
  const first =
    newFrom === undefined
      ? -1
      : messages.findIndex((message) => message.seq >= newFrom && countsAsUnread(message, self));
  const firstNew = items[first];
  if (firstNew !== undefined) firstNew.startsNew = true;
  return arrange(items);
}

/** A timeline that keeps the objects of the items that have not changed, so that only what has changed is drawn again. */
export function createTimeline(): (parts: TimelineParts) => TimelineItem[] {
  let before = new Map<OpId, TimelineItem>();
  return (parts) => {
    const items = timelineOf(parts).map((item) => {
      const present = before.get(item.id);
      return present !== undefined && isSame(present, item) ? present : item;
    });
    before = new Map(items.map((item) => [item.id, item]));
    return items;
  };
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

function itemOf(
  { record, waits, deletion, failed, sending }: ShownMessage,
  deliveryOf: ReturnType<typeof deliveryBy>,
  self: UserId,
  pinned: ReadonlySet<OpId>,
): TimelineItem {
  const isOwn = record.senderId === self && record.event === undefined;
  const isDeleted = record.deletedAt !== undefined;
  const { seq } = record;
  const item: TimelineItem = {
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
    startsDay: false,
    startsNew: false,
    isFirstOfRun: true,
    isLastOfRun: true,
  };
  if (seq !== undefined) item.seq = seq;
  const sentLater = new Date(record.createdAt);
  if (sentLater.getTime() - item.at.getTime() >= LATER_MS) item.sentLater = sentLater;
  if (sending !== undefined) {
    item.status = sending.state === 'queued' ? 'waiting' : sending.state;
    item.isUnsent = sending.state === 'failed' || (sending.state === 'queued' && sending.attempts === 0);
  }
  if (sending === undefined && isOwn && seq !== undefined) item.status = deliveryOf({ seq });
  if (record.event !== undefined) item.event = record.event;
  if (record.forwardedFrom !== undefined) item.forwardedFrom = record.forwardedFrom.senderName;
  if (record.replyTo !== undefined) item.replyTo = record.replyTo;
  if (record.mentions.length > 0) item.mentions = record.mentions;
  if (waits !== undefined) item.waits = waits;
  if (deletion !== undefined) item.deletion = deletion;
  if (failed !== undefined) item.failed = failed;
  return item;
}

/** Marks days and runs. A day starts only when the date advances, so a wrong clock never starts an earlier day again. */
function arrange(items: TimelineItem[]): TimelineItem[] {
  let latestDay = Number.NEGATIVE_INFINITY;
  let previous: TimelineItem | undefined;
  for (const item of items) {
    const day = new Date(item.at).setHours(0, 0, 0, 0);
    item.startsDay = day > latestDay;
    latestDay = Math.max(latestDay, day);
    const continues =
      previous !== undefined &&
      !item.startsDay &&
      !item.startsNew &&
      previous.senderId === item.senderId &&
      previous.event === undefined &&
      item.event === undefined &&
      previous.failed === undefined &&
      Math.abs(item.at.getTime() - previous.at.getTime()) <= RUN_MS;
    if (previous !== undefined) previous.isLastOfRun = !continues;
    item.isFirstOfRun = !continues;
    previous = item;
  }
  return items;
}
