import {
  isDirect,
  membershipRecordId,
  personalStream,
  type ConversationId,
  type OpId,
  type UserId,
} from '#protocol/ids.ts';
import type { Op, OpOf } from '#protocol/op.ts';
import type { ConversationRecord, MembershipRecord } from '#protocol/record.ts';

/*
 * What a queued change shows at once: drawn from the outbox over the server's records, never written into them. So a refusal
 * takes it back by itself, and nothing of it can be taken for the server's word.
 */

/** An op of the outbox, as far as what it shows goes. */
export interface Queued {
  op: Op;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  queuedAt: string;
}

interface Row {
  stream: ConversationId;
  record?: ConversationRecord;
  membership?: MembershipRecord;
  begun?: { title?: string; memberIds: UserId[] };
  activityAt: string;
}

/** Those of this conversation that still may take effect, in leaving order. */
export function effective(outbox: readonly Queued[], stream: ConversationId): Queued[] {
  return outbox.filter(({ op, state }) => op.stream === stream && state !== 'failed');
}

/** A conversation with what waits: title, about, pins, and one's own mute, pin, archive, draft, or leaving. */
export function withPending<T extends Row>(row: T, outbox: readonly Queued[], self: UserId): T {
  return effective(outbox, row.stream).reduce((shown, queued) => changed(shown, queued, self), begunHere(row, self));
}

/** A chat that was made on this device has its maker as owner before the server has heard of it. */
function begunHere<T extends Row>(row: T, self: UserId): T {
  if (row.membership !== undefined || row.begun === undefined) return row;
  const membership: MembershipRecord = {
    type: 'membership',
    id: membershipRecordId(self, row.stream),
    stream: personalStream(self),
    rev: 0,
    conversation: row.stream,
    role: isDirect(row.stream) ? 'member' : 'owner',
    joinedAt: row.activityAt,
    readSeq: 0,
  };
  return { ...row, membership };
}

function changed<T extends Row>(row: T, { op, queuedAt }: Queued, self: UserId): T {
  const { record, membership, begun } = row;
  switch (op.kind) {
    case 'conversation.update':
      if (record !== undefined) return { ...row, record: updated(record, op) };
      if (begun === undefined || typeof op.title !== 'string') return row;
      return { ...row, begun: { ...begun, title: op.title } };
    case 'message.pin':
      return record === undefined ? row : { ...row, record: { ...record, pins: pinned(record.pins, op) } };
    case 'membership.update':
      return membership === undefined ? row : { ...row, membership: ownChange(membership, op, queuedAt) };
    case 'member.remove':
      if (membership === undefined || op.userId !== self) return row;
      return { ...row, membership: { ...membership, leftAt: queuedAt } };
    case 'message.send':
    case 'message.edit':
    case 'message.delete':
    case 'reaction.set':
    case 'receipt.mark':
    case 'conversation.create':
    case 'member.add':
    case 'member.role':
      return row;
  }
}

function updated(record: ConversationRecord, op: OpOf<'conversation.update'>): ConversationRecord {
  const { title, about, ...rest } = record;
  return {
    ...rest,
    ...given('title', op.title, title),
    ...given('about', op.about, about),
    history: op.history ?? record.history,
  };
}

function pinned(pins: readonly OpId[], op: OpOf<'message.pin'>): OpId[] {
  const others = pins.filter((id) => id !== op.messageId);
  return op.on ? [...others, op.messageId] : others;
}

function ownChange(record: MembershipRecord, op: OpOf<'membership.update'>, at: string): MembershipRecord {
  const { mutedUntil, pinnedAt, archivedAt, draft, ...rest } = record;
  const instant = (on: boolean | null | undefined) => (on === true ? at : on === undefined ? undefined : null);
  return {
    ...rest,
    ...given('mutedUntil', op.mutedUntil, mutedUntil),
    ...given('pinnedAt', instant(op.pinned), pinnedAt),
    ...given('archivedAt', instant(op.archived), archivedAt),
    ...given('draft', op.draft, draft),
  };
}

/** An absent field stays, `null` clears. [OP16] */
function given<K extends string>(
  key: K,
  next: string | null | undefined,
  present: string | undefined,
): Partial<Record<K, string>> {
  const value = next === undefined ? present : (next ?? undefined);
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}
