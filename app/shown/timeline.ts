import type { OutboxRow } from '#app/local-store/local-store.ts';
import { deliveryOf, type Delivery } from './delivery.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { countsAsUnread, type MemberRecord, type MessageEvent, type MessageRecord } from '#protocol/record.ts';

/** One message as it is drawn, with what stands above it. */
export interface TimelineItem {
  id: OpId;
  /** Absent while it waits for the server. */
  seq?: number;
  senderId: UserId;
  isOwn: boolean;
  text: string;
  attachments: number;
  event?: MessageEvent;
  at: Date;
  isEdited: boolean;
  isDeleted: boolean;
  /** Of own messages only. */
  status?: Delivery | 'waiting' | 'sending' | 'failed';
  isPinned: boolean;
  /** In the order met; with what waits here. */
  reactions: Reaction[];
  /** What it answers. */
  replyTo?: OpId;
  /** A change of this message that waits in the outbox. */
  waits?: 'edit' | 'delete';
  /** What the server refused: the sending, or a change of it. */
  failed?: OutboxRow;
  startsDay: boolean;
  /** The ember line stands above it. */
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
  /** Of this conversation, in leaving order. */
  outbox: readonly OutboxRow[];
  members: readonly MemberRecord[];
  /** With what waits here. */
  pins: readonly OpId[];
  /** The first seq that was new when the chat was opened. */
  newFrom: number | undefined;
}

const RUN_MS = 5 * 60_000;

/** What the conversation shows: held messages by seq, then what waits, in the order written. [ST3] [ask 10] */
export function timelineOf({ self, messages, outbox, members, pins, newFrom }: TimelineParts): TimelineItem[] {
  const changes = changesByMessage(outbox);
  const items = messages.map((message) => itemOf(message, members, self, changes.get(message.id) ?? []));
  const held = new Set(messages.map((message) => message.id));
  for (const row of outbox) if (!held.has(row.id)) items.push(...pendingItem(row, self));
  const pinned = new Set(pins);
  for (const item of items) item.isPinned = pinned.has(item.id) && !item.isDeleted;
  const first =
    newFrom === undefined
      ? -1
      : messages.findIndex((message) => message.seq >= newFrom && countsAsUnread(message, self));
  const firstNew = items[first];
  if (firstNew !== undefined) firstNew.startsNew = true;
  return arrange(items);
}

function itemOf(
  message: MessageRecord,
  members: readonly MemberRecord[],
  self: UserId,
  changes: readonly OutboxRow[],
): TimelineItem {
  const isOwn = message.senderId === self;
  const item: TimelineItem = {
    id: message.id,
    seq: message.seq,
    senderId: message.senderId,
    isOwn: isOwn && message.event === undefined,
    text: message.text,
    attachments: message.attachments.length,
    // The sender's clock is shown, but a clock that runs ahead shows no time to come.
    at: new Date(Math.min(Date.parse(message.sentAt), Date.parse(message.createdAt))),
    isEdited: message.editedAt !== undefined,
    isDeleted: message.deletedAt !== undefined,
    isPinned: false,
    reactions: reactionsOf(message.reactions, changes, self),
    startsDay: false,
    startsNew: false,
    isFirstOfRun: true,
    isLastOfRun: true,
  };
  if (message.event !== undefined) item.event = message.event;
  if (message.replyTo !== undefined) item.replyTo = message.replyTo;
  if (item.isOwn) item.status = deliveryOf(message, members, self);
  for (const row of changes) {
    if (row.state === 'failed') item.failed = row;
    else if (row.op.kind === 'message.edit' && !item.isDeleted)
      Object.assign(item, { text: row.op.text, waits: 'edit' });
    else if (row.op.kind === 'message.delete')
      Object.assign(item, { isDeleted: true, text: '', attachments: 0, waits: 'delete' });
  }
  if (item.isDeleted) {
    item.reactions = [];
    delete item.replyTo;
  }
  return item;
}

/** Who reacted how, with what one has added or taken back here. */
function reactionsOf(held: MessageRecord['reactions'], changes: readonly OutboxRow[], self: UserId): Reaction[] {
  const by = new Map(Object.entries(held).map(([emoji, users]) => [emoji, new Set(users)]));
  for (const { op, state } of changes) {
    if (op.kind !== 'reaction.set' || state === 'failed') continue;
    const users = by.get(op.emoji) ?? new Set();
    if (op.on) users.add(self);
    else users.delete(self);
    by.set(op.emoji, users);
  }
  return [...by]
    .filter(([, users]) => users.size > 0)
    .map(([emoji, users]) => ({ emoji, count: users.size, isOwn: users.has(self) }));
}

function pendingItem(row: OutboxRow, self: UserId): TimelineItem[] {
  if (row.op.kind !== 'message.send') return [];
  return [
    {
      id: row.id,
      senderId: self,
      isOwn: true,
      text: row.op.text ?? '',
      attachments: row.op.attachments?.length ?? 0,
      at: new Date(row.op.sentAt),
      isEdited: false,
      isDeleted: false,
      isPinned: false,
      reactions: [],
      ...(row.op.replyTo === undefined ? {} : { replyTo: row.op.replyTo }),
      status: row.state === 'queued' ? 'waiting' : row.state,
      ...(row.state === 'failed' ? { failed: row } : {}),
      startsDay: false,
      startsNew: false,
      isFirstOfRun: true,
      isLastOfRun: true,
    },
  ];
}

function changesByMessage(outbox: readonly OutboxRow[]): Map<OpId, OutboxRow[]> {
  const changes = new Map<OpId, OutboxRow[]>();
  for (const row of outbox) {
    if (!('messageId' in row.op)) continue;
    changes.set(row.op.messageId, [...(changes.get(row.op.messageId) ?? []), row]);
  }
  return changes;
}

/** Days and runs. A day begins only where the calendar goes on: a clock that was wrong never brings a day back. */
function arrange(items: TimelineItem[]): TimelineItem[] {
  let latestDay = Number.NEGATIVE_INFINITY;
  let previous: TimelineItem | undefined;
  for (const item of items) {
    const day = new Date(item.at).setHours(0, 0, 0, 0);
    item.startsDay = day > latestDay;
    latestDay = Math.max(latestDay, day);
    const goesOn =
      previous !== undefined &&
      !item.startsDay &&
      !item.startsNew &&
      previous.senderId === item.senderId &&
      previous.event === undefined &&
      item.event === undefined &&
      previous.failed === undefined &&
      Math.abs(item.at.getTime() - previous.at.getTime()) <= RUN_MS;
    if (previous !== undefined) previous.isLastOfRun = !goesOn;
    item.isFirstOfRun = !goesOn;
    previous = item;
  }
  return items;
}

/** Refusals that no message can carry: of the chat's making, or of a change to it. */
export function otherFailures(outbox: readonly OutboxRow[]): OutboxRow[] {
  const onMessages = new Set<Op['kind']>(['message.send', 'receipt.mark']);
  return outbox.filter(({ state, op }) => state === 'failed' && !onMessages.has(op.kind) && !('messageId' in op));
}
