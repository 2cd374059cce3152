import * as v from 'valibot';
import { isOneEmoji, oneFormOf } from './emoji.ts';
import { LinkToken } from './group-links.ts';
import { ConversationId, MediaId, MessageId, OpId, StreamId, UserId } from './ids.ts';
import {
  MAX_EMOJI_LENGTH,
  MAX_MENTIONS,
  MAX_POLL_OPTION,
  MAX_POLL_OPTIONS,
  MAX_REPORT_NOTE,
  MIN_POLL_OPTIONS,
  limits,
} from './limits.ts';
import { AttachmentKind, HistoryMode, Notify, Preview, Role } from './record.ts';
import { ReportReason } from './reports.ts';
import { Count, Instant, nameText, strict, text } from './shape.ts';

/*
 * Ops are a client's intents, made offline and retried until they are answered. They are parsed strictly: an unknown
 * field is `invalid`, so that a newer client never assumes that an older server has applied something that it did not understand. [SH1]
 */

const common = { id: OpId, retry: v.optional(v.boolean()) };
const inConversation = { ...common, stream: ConversationId };
const Choice = v.optional(v.nullable(v.boolean()));
const title = nameText(limits.title);
const messageText = text(limits.text);
const mentions = v.pipe(v.array(UserId), v.maxLength(MAX_MENTIONS));

/** How a client describes a file that it uploaded. The server uses only `mediaId` and determines the rest itself. */
export const AttachmentInput = strict({
  mediaId: MediaId,
  kind: v.optional(AttachmentKind),
  name: v.optional(v.string()),
  mime: v.optional(v.string()),
  size: v.optional(Count),
  width: v.optional(Count),
  height: v.optional(Count),
  durationMs: v.optional(Count),
  thumbhash: v.optional(v.string()),
  waveform: v.optional(v.string()),
});

/** The poll of a message, whose text is the question. [PO1] */
export const PollInput = strict({
  options: v.pipe(
    v.array(nameText(MAX_POLL_OPTION)),
    v.minLength(MIN_POLL_OPTIONS),
    v.maxLength(MAX_POLL_OPTIONS),
    v.check((options) => new Set(options).size === options.length, 'options that differ'),
  ),
  isMultiple: v.optional(v.boolean()),
  isAnonymous: v.optional(v.boolean()),
});
export type PollInput = v.InferOutput<typeof PollInput>;

export const MessageSendOp = strict({
  ...inConversation,
  kind: v.literal('message.send'),
  sentAt: Instant,
  text: v.optional(messageText),
  attachments: v.optional(v.pipe(v.array(AttachmentInput), v.maxLength(limits.attachments))),
  replyTo: v.optional(MessageId),
  mentions: v.optional(mentions),
  forward: v.optional(strict({ stream: ConversationId, messageId: MessageId })),
  poll: v.optional(PollInput),
});
export type MessageSendOp = v.InferOutput<typeof MessageSendOp>;

export const MessageEditOp = strict({
  ...inConversation,
  kind: v.literal('message.edit'),
  messageId: MessageId,
  text: messageText,
  mentions: v.optional(mentions),
  /** The message's `editId` as its sender saw it, or its id if it was not edited. [OP19] */
  base: v.optional(OpId),
});
export type MessageEditOp = v.InferOutput<typeof MessageEditOp>;

export const MessageDeleteOp = strict({ ...inConversation, kind: v.literal('message.delete'), messageId: MessageId });
export type MessageDeleteOp = v.InferOutput<typeof MessageDeleteOp>;

export const MessagePinOp = strict({
  ...inConversation,
  kind: v.literal('message.pin'),
  messageId: MessageId,
  on: v.boolean(),
});
export type MessagePinOp = v.InferOutput<typeof MessagePinOp>;

export const ReactionSetOp = strict({
  ...inConversation,
  kind: v.literal('reaction.set'),
  messageId: MessageId,
  emoji: v.pipe(text(MAX_EMOJI_LENGTH), v.check(isOneEmoji, 'one emoji'), v.transform(oneFormOf)),
  on: v.boolean(),
});
export type ReactionSetOp = v.InferOutput<typeof ReactionSetOp>;

/** The places of the options that the sender votes for; none takes the vote back. [PO2] */
export const PollVoteOp = strict({
  ...inConversation,
  kind: v.literal('poll.vote'),
  messageId: MessageId,
  options: v.pipe(v.array(Count), v.maxLength(MAX_POLL_OPTIONS)),
});
export type PollVoteOp = v.InferOutput<typeof PollVoteOp>;

export const PollCloseOp = strict({ ...inConversation, kind: v.literal('poll.close'), messageId: MessageId });
export type PollCloseOp = v.InferOutput<typeof PollCloseOp>;

export const ReceiptMarkOp = v.pipe(
  strict({
    ...inConversation,
    kind: v.literal('receipt.mark'),
    readSeq: v.optional(Count),
    deliveredSeq: v.optional(Count),
  }),
  v.check((op) => op.readSeq !== undefined || op.deliveredSeq !== undefined, 'a mark with readSeq or deliveredSeq'),
);
export type ReceiptMarkOp = v.InferOutput<typeof ReceiptMarkOp>;

export const ConversationCreateOp = strict({
  ...inConversation,
  kind: v.literal('conversation.create'),
  title: v.optional(title),
  memberIds: v.pipe(v.array(UserId), v.maxLength(limits.members)),
  history: v.optional(HistoryMode),
});
export type ConversationCreateOp = v.InferOutput<typeof ConversationCreateOp>;

export const ConversationUpdateOp = strict({
  ...inConversation,
  kind: v.literal('conversation.update'),
  title: v.optional(v.nullable(title)),
  about: v.optional(v.nullable(text(limits.about))),
  avatar: v.optional(v.nullable(MediaId)),
  history: v.optional(HistoryMode),
});
export type ConversationUpdateOp = v.InferOutput<typeof ConversationUpdateOp>;

export const MemberAddOp = strict({
  ...inConversation,
  kind: v.literal('member.add'),
  userIds: v.pipe(v.array(UserId), v.minLength(1), v.maxLength(limits.members)),
});
export type MemberAddOp = v.InferOutput<typeof MemberAddOp>;

/** Joins a group by a link. [GL3] */
export const MemberJoinOp = strict({ ...inConversation, kind: v.literal('member.join'), token: LinkToken });
export type MemberJoinOp = v.InferOutput<typeof MemberJoinOp>;

export const MemberRemoveOp = strict({ ...inConversation, kind: v.literal('member.remove'), userId: UserId });
export type MemberRemoveOp = v.InferOutput<typeof MemberRemoveOp>;

export const MemberRoleOp = strict({ ...inConversation, kind: v.literal('member.role'), userId: UserId, role: Role });
export type MemberRoleOp = v.InferOutput<typeof MemberRoleOp>;

/**
 * `null` or `false` clears a field, and an absent field stays. `stream` names the conversation; the record is on the caller's own
 * stream.
 */
export const MembershipUpdateOp = strict({
  ...inConversation,
  kind: v.literal('membership.update'),
  mutedUntil: v.optional(v.nullable(Instant)),
  pinned: Choice,
  archived: Choice,
  /** With `archived: true`: the last message that the person knew of. */
  archivedSeq: v.optional(Count),
  unread: Choice,
  /** Blocks the other person of a direct chat. Possible before the chat exists. [BL1] */
  blocked: Choice,
  /** Accepts a chat that a stranger started; it never becomes a request again. [RQ3] */
  request: v.optional(v.nullable(v.literal(false))),
  notify: v.optional(v.nullable(Notify)),
  preview: v.optional(v.nullable(Preview)),
  draft: v.optional(v.nullable(messageText)),
});
export type MembershipUpdateOp = v.InferOutput<typeof MembershipUpdateOp>;

/** Reports a message to the administrator or, without one, the other person of a direct chat, or a group. [RP1] */
export const ReportSendOp = strict({
  ...inConversation,
  kind: v.literal('report.send'),
  messageId: v.optional(MessageId),
  reason: ReportReason,
  note: v.optional(text(MAX_REPORT_NOTE)),
});
export type ReportSendOp = v.InferOutput<typeof ReportSendOp>;
/** Sent at `dueAt` by the server; at once if that has passed. The record is on the caller's own stream. [SM1] */
export const MessageScheduleOp = strict({
  ...inConversation,
  kind: v.literal('message.schedule'),
  dueAt: Instant,
  text: v.optional(messageText),
  attachments: v.optional(v.pipe(v.array(AttachmentInput), v.maxLength(limits.attachments))),
  replyTo: v.optional(MessageId),
  mentions: v.optional(mentions),
  poll: v.optional(PollInput),
});
export type MessageScheduleOp = v.InferOutput<typeof MessageScheduleOp>;

/** An absent field stays as it is; `dueAt: null` sends the message at once. [SM2] */
export const ScheduledUpdateOp = strict({
  ...inConversation,
  kind: v.literal('scheduled.update'),
  scheduledId: OpId,
  dueAt: v.optional(v.nullable(Instant)),
  text: v.optional(messageText),
  mentions: v.optional(mentions),
});
export type ScheduledUpdateOp = v.InferOutput<typeof ScheduledUpdateOp>;

export const ScheduledCancelOp = strict({ ...inConversation, kind: v.literal('scheduled.cancel'), scheduledId: OpId });
export type ScheduledCancelOp = v.InferOutput<typeof ScheduledCancelOp>;

export const ops = {
  'message.send': MessageSendOp,
  'message.edit': MessageEditOp,
  'message.delete': MessageDeleteOp,
  'message.pin': MessagePinOp,
  'reaction.set': ReactionSetOp,
  'poll.vote': PollVoteOp,
  'poll.close': PollCloseOp,
  'receipt.mark': ReceiptMarkOp,
  'conversation.create': ConversationCreateOp,
  'conversation.update': ConversationUpdateOp,
  'member.add': MemberAddOp,
  'member.join': MemberJoinOp,
  'member.remove': MemberRemoveOp,
  'member.role': MemberRoleOp,
  'membership.update': MembershipUpdateOp,
  'report.send': ReportSendOp,
  'message.schedule': MessageScheduleOp,
  'scheduled.update': ScheduledUpdateOp,
  'scheduled.cancel': ScheduledCancelOp,
} as const;

export type OpKind = keyof typeof ops;
export type Op = { [K in OpKind]: v.InferOutput<(typeof ops)[K]> }[OpKind];
export type OpOf<K extends OpKind> = v.InferOutput<(typeof ops)[K]>;

/**
 * The fields that are read before all others: enough to give a resend its first answer, even if its other fields are no longer
 * valid. [AP4] Loose on purpose; the full shape is parsed after the look-up.
 */
export const OpHead = v.object({ id: OpId, stream: StreamId, retry: v.optional(v.unknown()) });
export type OpHead = v.InferOutput<typeof OpHead>;

export function isOpKind(kind: unknown): kind is OpKind {
  return typeof kind === 'string' && Object.hasOwn(ops, kind);
}
