import type { OutboxRow } from '#app/local-store/local-store.ts';
import { deliveryOf, type Delivery } from '#app/state/delivery.ts';
import type { OpId, UserId } from '#protocol/ids.ts';
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

interface TimelineParts {
  self: UserId;
  messages: readonly MessageRecord[];
  /** Of this conversation, in leaving order. */
  outbox: readonly OutboxRow[];
  members: readonly MemberRecord[];
  /** The first seq that was new when the chat was opened. */
  newFrom: number | undefined;
}

const RUN_MS = 5 * 60_000;

/** What the conversation shows: held messages by seq, then what waits, in the order written. [ST3] [ask 10] */
export function timelineOf({ self, messages, outbox, members, newFrom }: TimelineParts): TimelineItem[] {
  const changes = changesByMessage(outbox);
  const items = messages.map((message) => itemOf(message, members, self, changes.get(message.id) ?? []));
  const held = new Set(messages.map((message) => message.id));
  for (const row of outbox) if (!held.has(row.id)) items.push(...pendingItem(row, self));
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
    startsDay: false,
    startsNew: false,
    isFirstOfRun: true,
    isLastOfRun: true,
  };
  if (message.event !== undefined) item.event = message.event;
  if (item.isOwn) item.status = deliveryOf(message, members, self);
  for (const row of changes) {
    if (row.state === 'failed') item.failed = row;
    else if (row.op.kind === 'message.edit' && !item.isDeleted)
      Object.assign(item, { text: row.op.text, waits: 'edit' });
    else if (row.op.kind === 'message.delete')
      Object.assign(item, { isDeleted: true, text: '', attachments: 0, waits: 'delete' });
  }
  return item;
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
    if (row.op.kind !== 'message.edit' && row.op.kind !== 'message.delete') continue;
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
  const onMessages = new Set(['message.send', 'message.edit', 'message.delete', 'receipt.mark']);
  return outbox.filter((row) => row.state === 'failed' && !onMessages.has(row.op.kind));
}
