import { createdConversation } from '#app/ops/conversations.ts';
import { rulesOf } from '#app/ops/registry.ts';
import { isDirect, membershipRecordId, personalStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { ConversationRecord, MembershipRecord } from '#protocol/record.ts';

/** The part of an outbox row that decides what it shows. */
export interface Queued {
  op: Op;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  /** ISO instant. */
  queuedAt: string;
}

interface Row {
  stream: ConversationId;
  record?: ConversationRecord;
  membership?: MembershipRecord;
  creation?: { title?: string; memberIds: UserId[] };
  activityAt: string;
  unread?: number;
  mentioned?: readonly number[];
}

/**
 * A conversation with everything that is queued for it: title, pins, and the person's own mute, pin, archive, draft and leaving.
 * Nothing is unread for a person who has left, or who has not accepted the chat yet. [RQ4]
 * A conversation that was created on this device has a record and its creator's membership before the server knows it.
 */
export function shownConversation<T extends Row>(row: T, outbox: readonly Queued[], self: UserId): T {
  let record = row.record ?? createdRecord(row, self);
  let membership = row.membership ?? creatorsMembership(row, self);
  for (const { op, queuedAt } of stillEffective(outbox, row.stream)) {
    const rules = rulesOf(op);
    const made = { self, at: queuedAt };
    if (record !== undefined) record = rules.overConversation?.(record, op, made) ?? record;
    if (membership !== undefined) membership = rules.overMembership?.(membership, op, made) ?? membership;
  }
  return {
    ...row,
    ...(record === undefined ? {} : { record }),
    ...(membership === undefined ? {} : { membership }),
    ...(membership?.leftAt === undefined && membership?.isRequest !== true ? {} : { unread: 0, mentioned: [] }),
  };
}

/** The ops of this conversation that may still take effect, oldest first. */
export function stillEffective<Q extends Queued>(outbox: readonly Q[], stream: ConversationId): Q[] {
  return outbox.filter(({ op, state }) => op.stream === stream && state !== 'failed');
}

/** Whether all that is on the device of a conversation is that the person has left it. */
export function isForgotten({ record, creation, membership }: Omit<Row, 'stream' | 'activityAt'>): boolean {
  return record === undefined && creation === undefined && membership?.leftAt !== undefined;
}

/** False while the conversation exists only on this device. */
export function isOnServer({ record }: Pick<Row, 'record'>): boolean {
  return record !== undefined && record.rev > 0;
}

function createdRecord({ stream, creation, activityAt }: Row, self: UserId): ConversationRecord | undefined {
  return creation === undefined ? undefined : createdConversation(stream, creation, { self, at: activityAt });
}

function creatorsMembership({ stream, creation, activityAt }: Row, self: UserId): MembershipRecord | undefined {
  if (creation === undefined) return undefined;
  return {
    type: 'membership',
    id: membershipRecordId(self, stream),
    stream: personalStream(self),
    rev: 0,
    conversation: stream,
    role: isDirect(stream) ? 'member' : 'owner',
    joinedAt: activityAt,
    readSeq: 0,
  };
}
