import * as v from 'valibot';
import { ConversationId, MediaId, MessageId, OpId, StreamId, UserId } from './ids.ts';
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

const MaybeInstant = v.optional(Instant);
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
  /** The line that they write about themselves. [RC6] */
  about: v.optional(v.string()),
  role: Role,
  joinedAt: Instant,
  leftAt: MaybeInstant,
  /** The first seq that this member may read. Present only in the reader's own record. [RC3] */
  fromSeq: v.optional(Positive),
  readSeq: v.optional(Count),
  deliveredSeq: v.optional(Count),
});
export type MemberRecord = v.InferOutput<typeof MemberRecord>;

export const EventKind = v.picklist([
  'member.add',
  'member.join',
  'member.remove',
  'member.role',
  'conversation.update',
]);
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

/** Options are identified by their positions, from 0. [PO1] [PO3] */
export const Poll = v.object({
  options: v.array(v.string()),
  /** People may vote for several options. */
  isMultiple: v.optional(v.boolean()),
  isAnonymous: v.optional(v.boolean()),
  closedAt: MaybeInstant,
  /** Who voted for which options. For an anonymous poll, only the reader's own vote. */
  votes: v.record(v.string(), v.array(Count)),
  /** For an anonymous poll: the votes for each option, and the number of people who voted. */
  counts: v.optional(v.array(Count)),
  voters: v.optional(Count),
});
export type Poll = v.InferOutput<typeof Poll>;

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
  editedAt: MaybeInstant,
  /** The edit that wrote the text. [OP19] */
  editId: v.optional(OpId),
  deletedAt: MaybeInstant,
  event: v.optional(MessageEvent),
  /** Its question is the text. */
  poll: v.optional(Poll),
  /** It was sent to somebody who had blocked its sender. They get an empty message in its place, and never see it. [BL2] */
  withheld: v.optional(v.boolean()),
});
export type MessageRecord = v.InferOutput<typeof MessageRecord>;

/** The same poll without votes, for a forward. [PO5] */
export function askedAgain({ options, isMultiple, isAnonymous }: Poll): Poll {
  return { options, isMultiple, isAnonymous, votes: {} };
}

/** The text that is searched: the message's text, and the options of a poll. [PO5] */
export function searchedText({ text, poll }: Pick<MessageRecord, 'text' | 'poll'>): string {
  return poll === undefined ? text : [text, ...poll.options].join('\n');
}

/** Which messages of a chat are pushed to the person; absent: all. Unlike a mute, it changes no number. [OP18] */
export const Notify = v.picklist(['mentions', 'nothing']);
export type Notify = v.InferOutput<typeof Notify>;

/** The most that notifications of a chat may show; absent: what each device chose. [OP18] */
export const Preview = v.picklist(['sender', 'nothing']);
export type Preview = v.InferOutput<typeof Preview>;

export const MembershipRecord = v.object({
  ...common,
  type: v.literal('membership'),
  id: v.string(),
  conversation: ConversationId,
  role: Role,
  joinedAt: Instant,
  leftAt: MaybeInstant,
  /** Who removed them; absent if they left by themselves. [OP13] */
  removedBy: v.optional(UserId),
  /** The person's own mark, the same on all their devices. [RD2] */
  readSeq: Count,
  mutedUntil: MaybeInstant,
  pinnedAt: MaybeInstant,
  archivedAt: MaybeInstant,
  /** The last seq when it was archived; a later message brings the chat back. [OP17] */
  archivedSeq: v.optional(Count),
  /** Set by the person, regardless of what they have read, to come back to the chat. [OP16] */
  unreadAt: MaybeInstant,
  /** The other person of this direct chat is blocked. If the chat does not exist, `leftAt` is set. [BL1] */
  blockedAt: MaybeInstant,
  /** A stranger started it, and the person has not accepted it yet. [RQ1] */
  isRequest: v.optional(v.boolean()),
  notify: v.optional(Notify),
  preview: v.optional(Preview),
  draft: v.optional(v.string()),
});
export type MembershipRecord = v.InferOutput<typeof MembershipRecord>;

/** A message that waits for its time. */
export const ScheduledMessage = v.object({
  /** The id of the op that scheduled it. The message that is sent has another one: see `sentIdOf`. */
  id: MessageId,
  conversation: ConversationId,
  dueAt: Instant,
  createdAt: Instant,
  text: v.string(),
  attachments: v.array(Attachment),
  replyTo: v.optional(MessageId),
  mentions: v.array(UserId),
  /** Its poll, whose question is the text. */
  poll: v.optional(
    v.object({
      options: v.array(v.string()),
      isMultiple: v.optional(v.boolean()),
      isAnonymous: v.optional(v.boolean()),
    }),
  ),
  /** The server is sending it, so it can no longer be changed. [SM4] */
  isLeaving: v.optional(v.boolean()),
  /** Why it could not be sent, by the code and the path of the refusal. [SM5] */
  failure: v.optional(v.object({ code: v.string(), path: v.optional(v.string()) })),
});
export type ScheduledMessage = v.InferOutput<typeof ScheduledMessage>;

/** One of the places where a person's own stream holds a message that waits for its time. A place is used again. [SM1] */
export const ScheduledRecord = v.object({
  ...common,
  type: v.literal('scheduled'),
  id: v.string(),
  /** Null if no message waits here now. */
  message: v.nullable(ScheduledMessage),
});
export type ScheduledRecord = v.InferOutput<typeof ScheduledRecord>;

export const KnownRecord = v.variant('type', [
  ConversationRecord,
  MemberRecord,
  MessageRecord,
  MembershipRecord,
  ScheduledRecord,
]);
export type KnownRecord = v.InferOutput<typeof KnownRecord>;

/** A record of a type that this version does not know: it advances the cursor and is otherwise ignored. [SH5] */
export const UnknownRecord = v.object({ ...common, type: v.string(), id: v.string() });

/** What pages and changes contain. */
export const FeedRecord = v.union([KnownRecord, UnknownRecord]);
export type FeedRecord = v.InferOutput<typeof FeedRecord>;

/** A name as a person enters it; older records may have names that would be refused now. */
export const PersonName = nameText(limits.name);

const commonFields = Object.keys(UnknownRecord.entries).length;
const knownTypes = new Set<string>(KnownRecord.options.map(({ entries }) => entries.type.literal));

/** False also for a known type whose shape a newer server has changed: it parses as an unknown one, with only the common fields. [SH5] */
export function isKnown(record: FeedRecord): record is KnownRecord {
  return knownTypes.has(record.type) && Object.keys(record).length > commonFields;
}

/** Identifies the text of a message: the edit that wrote it, or the message itself. [OP19] */
export function textIdOf({ id, editId }: Pick<MessageRecord, 'id' | 'editId'>): OpId {
  return editId ?? id;
}

/** Whether a message counts as unread for a reader: it is not their own, not a system message and not deleted. [RD4] */
export function countsAsUnread(message: MessageRecord, reader: UserId): boolean {
  return message.senderId !== reader && message.event === undefined && message.deletedAt === undefined;
}
