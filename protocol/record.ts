import * as v from 'valibot';
import { ConversationId, MediaId, MessageId, StreamId, UserId } from './ids.ts';
import { limits } from './limits.ts';
import { Count, Instant, Positive, nameText } from './shape.ts';

/*
 * Each record is the current state of one entity. A change replaces the record and raises its `rev`. [ST1] [RC1]
 * Only the server sends records, so these shapes drop fields that they do not know: a newer server may add some. [SH5]
 */

export const AttachmentKind = v.picklist(['image', 'video', 'audio', 'voice', 'document']);
export type AttachmentKind = v.InferOutput<typeof AttachmentKind>;

export const Attachment = v.object({
  mediaId: MediaId,
  kind: AttachmentKind,
  name: v.string(),
  mime: v.string(),
  /** Bytes. */
  size: Count,
  width: v.optional(Count),
  height: v.optional(Count),
  durationMs: v.optional(Count),
  thumbhash: v.optional(v.string()),
  waveform: v.optional(v.string()),
});
export type Attachment = v.InferOutput<typeof Attachment>;

export const Role = v.picklist(['owner', 'admin', 'member']);
export type Role = v.InferOutput<typeof Role>;

/** What new members may read: all messages, or only those sent since they joined. [RA2] */
export const HistoryMode = v.picklist(['all', 'joined']);
export type HistoryMode = v.InferOutput<typeof HistoryMode>;

export const ConversationKind = v.picklist(['group', 'direct']);

const common = { stream: StreamId, rev: Positive };

export const ConversationRecord = v.object({
  ...common,
  type: v.literal('conversation'),
  id: ConversationId,
  kind: ConversationKind,
  title: v.optional(v.string()),
  about: v.optional(v.string()),
  avatar: v.optional(MediaId),
  createdBy: UserId,
  createdAt: Instant,
  history: HistoryMode,
  pins: v.array(MessageId),
});
export type ConversationRecord = v.InferOutput<typeof ConversationRecord>;

export const MemberRecord = v.object({
  ...common,
  type: v.literal('member'),
  id: v.string(),
  userId: UserId,
  name: v.string(),
  avatar: v.optional(v.string()),
  role: Role,
  joinedAt: Instant,
  leftAt: v.optional(Instant),
  /** The first seq that this member may read. Present only in the reader's own record. [RC3] */
  fromSeq: v.optional(Positive),
  readSeq: v.optional(Count),
  deliveredSeq: v.optional(Count),
});
export type MemberRecord = v.InferOutput<typeof MemberRecord>;

export const EventKind = v.picklist(['member.add', 'member.remove', 'member.role', 'conversation.update']);
export type EventKind = v.InferOutput<typeof EventKind>;

/** What a system message reports: who did what to whom. `kind` is any string, so that events of a newer server still parse. */
export const MessageEvent = v.object({
  kind: v.string(),
  by: UserId,
  userIds: v.optional(v.array(UserId)),
  title: v.optional(v.string()),
});
export type MessageEvent = v.InferOutput<typeof MessageEvent>;

export const Reactions = v.record(v.string(), v.array(UserId));
export type Reactions = v.InferOutput<typeof Reactions>;

export const MessageRecord = v.object({
  ...common,
  type: v.literal('message'),
  id: MessageId,
  seq: Positive,
  senderId: UserId,
  /** By the sender's clock; shown, but never used for ordering. [SH6] */
  sentAt: Instant,
  createdAt: Instant,
  text: v.string(),
  attachments: v.array(Attachment),
  replyTo: v.optional(MessageId),
  forwardedFrom: v.optional(v.object({ senderName: v.string() })),
  mentions: v.array(UserId),
  reactions: Reactions,
  editedAt: v.optional(Instant),
  deletedAt: v.optional(Instant),
  event: v.optional(MessageEvent),
});
export type MessageRecord = v.InferOutput<typeof MessageRecord>;

export const MembershipRecord = v.object({
  ...common,
  type: v.literal('membership'),
  id: v.string(),
  conversation: ConversationId,
  role: Role,
  joinedAt: Instant,
  leftAt: v.optional(Instant),
  /** Who removed them; absent if they left by themselves. [OP13] */
  removedBy: v.optional(UserId),
  /** The person's own mark, the same on all their devices. [RD2] */
  readSeq: Count,
  mutedUntil: v.optional(Instant),
  pinnedAt: v.optional(Instant),
  archivedAt: v.optional(Instant),
  /** The last seq when it was archived: a later message brings the chat back. [OP17] */
  archivedSeq: v.optional(Count),
  /** Set by the person, whatever they have read: a chat to come back to. [OP16] */
  unreadAt: v.optional(Instant),
  draft: v.optional(v.string()),
});
export type MembershipRecord = v.InferOutput<typeof MembershipRecord>;

export const KnownRecord = v.variant('type', [ConversationRecord, MemberRecord, MessageRecord, MembershipRecord]);
export type KnownRecord = v.InferOutput<typeof KnownRecord>;

/** A record of a type that this version does not know: it advances the cursor and is otherwise ignored. [SH5] */
export const UnknownRecord = v.object({ ...common, type: v.string(), id: v.string() });

/** What pages and changes contain. */
export const FeedRecord = v.union([KnownRecord, UnknownRecord]);
export type FeedRecord = v.InferOutput<typeof FeedRecord>;

/** A person's name as they give it; records of older names may hold others. */
export const PersonName = nameText(limits.name);

const commonFields = Object.keys(UnknownRecord.entries).length;
const knownTypes = new Set<string>(KnownRecord.options.map(({ entries }) => entries.type.literal));

/** False also for a known type whose shape a newer server has changed: it parses as an unknown one, with the common fields alone. [SH5] */
export function isKnown(record: FeedRecord): record is KnownRecord {
  return knownTypes.has(record.type) && Object.keys(record).length > commonFields;
}

/** Whether a message counts as unread for a reader: it is not their own, not a system message and not deleted. [RD4] */
export function countsAsUnread(message: MessageRecord, reader: UserId): boolean {
  return message.senderId !== reader && message.event === undefined && message.deletedAt === undefined;
}
