import { byOneForm, oneFormOf } from '#protocol/emoji.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { AttachmentInput, Op, OpOf, PollInput } from '#protocol/op.ts';
import type { Attachment, MessageRecord } from '#protocol/record.ts';
import type * as v from 'valibot';
import type { NewOp, OpRules, UnplacedMessage } from './rules.ts';

export interface NewMessage {
  text: string;
  replyTo?: OpId;
  mentions?: UserId[];
  attachments?: Attachment[];
  poll?: PollInput;
}

/** `now` is the device's time: it is shown, and never used for ordering. [SH6] */
export function sendMessage(stream: ConversationId, message: NewMessage, now: Date): NewOp<OpOf<'message.send'>> {
  return { stream, kind: 'message.send', sentAt: now.toISOString(), ...message };
}

/** The server copies the text and the files of a message that the sender may read. [OP3] */
export function forwardMessage(
  stream: ConversationId,
  forward: { stream: ConversationId; messageId: OpId },
  now: Date,
): NewOp<OpOf<'message.send'>> {
  return { stream, kind: 'message.send', sentAt: now.toISOString(), forward };
}

/** Without `mentions`, whom the message mentions stays as it is. `base` is the text that was edited. [OP19] */
export function editMessage(
  stream: ConversationId,
  messageId: OpId,
  text: string,
  { mentions, base }: { mentions?: UserId[] | undefined; base?: OpId | undefined } = {},
): NewOp<OpOf<'message.edit'>> {
  const op: NewOp<OpOf<'message.edit'>> = { stream, kind: 'message.edit', messageId, text };
  if (mentions !== undefined) op.mentions = mentions;
  if (base !== undefined) op.base = base;
  return op;
}

export function deleteMessage(stream: ConversationId, messageId: OpId): NewOp<OpOf<'message.delete'>> {
  return { stream, kind: 'message.delete', messageId };
}

export function pinMessage(stream: ConversationId, messageId: OpId, on: boolean): NewOp<OpOf<'message.pin'>> {
  return { stream, kind: 'message.pin', messageId, on };
}

export function setReaction(
  stream: ConversationId,
  messageId: OpId,
  emoji: string,
  on: boolean,
): NewOp<OpOf<'reaction.set'>> {
  return { stream, kind: 'reaction.set', messageId, emoji: oneFormOf(emoji), on };
}

const send: OpRules<OpOf<'message.send'>> = {
  answeredIn: 'conversation',
  message: (op, self) => ({
    type: 'message',
    id: op.id,
    stream: op.stream,
    rev: 0,
    senderId: self,
    sentAt: op.sentAt,
    createdAt: op.sentAt,
    text: op.text ?? '',
    attachments: (op.attachments ?? []).map(described),
    mentions: op.mentions ?? [],
    reactions: {},
    ...(op.replyTo === undefined ? {} : { replyTo: op.replyTo }),
    ...(op.poll === undefined ? {} : { poll: { ...op.poll, votes: {} } }),
  }),
  // A person who replies to a request accepts it. [RQ3]
  overMembership: (membership) => ({ ...membership, isRequest: false }),
  knowsWholeMessage: (op) => op.forward === undefined && (op.attachments ?? []).length === 0,
  failure: () => ({ at: 'message', sentence: 'failed.sentence' }),
};

/** A file as its sender describes it; the server determines the rest. [RC1] */
export function described({ kind, name, mime, size, ...rest }: v.InferOutput<typeof AttachmentInput>): Attachment {
  return { ...rest, kind: kind ?? 'document', name: name ?? '', mime: mime ?? '', size: size ?? 0 };
}

const edit: OpRules<OpOf<'message.edit'>> = {
  answeredIn: 'conversation',
  overMessage: (message, op, { at }) =>
    message.deletedAt === undefined
      ? { ...message, text: op.text, mentions: op.mentions ?? message.mentions, editedAt: at, editId: op.id }
      : message,
  failure: () => ({ at: 'message', sentence: 'failed.edit' }),
};

const remove: OpRules<OpOf<'message.delete'>> = {
  answeredIn: 'conversation',
  overMessage: (message, _op, { at }) => (message.deletedAt === undefined ? tombstone(message, at) : message),
  overConversation: (conversation, op) => ({ ...conversation, pins: withoutPin(conversation.pins, op.messageId) }),
  failure: () => ({ at: 'message', sentence: 'failed.delete' }),
};

/** A deleted message keeps its place and nothing of its content. [RC2] */
function tombstone<M extends UnplacedMessage>(message: M, deletedAt: string): M {
  const { replyTo: _reply, forwardedFrom: _forward, editedAt: _edit, editId: _by, poll: _poll, ...rest } = message;
  return { ...(rest as M), text: '', attachments: [], mentions: [], reactions: {}, deletedAt };
}

const pin: OpRules<OpOf<'message.pin'>> = {
  answeredIn: 'conversation',
  overConversation(conversation, { messageId, on }) {
    const others = withoutPin(conversation.pins, messageId);
    return { ...conversation, pins: on ? [...others, messageId] : others };
  },
  failure: () => ({ at: 'message', sentence: 'failed.pin' }),
};

function withoutPin(pins: readonly OpId[], messageId: OpId): OpId[] {
  return pins.filter((id) => id !== messageId);
}

const react: OpRules<OpOf<'reaction.set'>> = {
  answeredIn: 'conversation',
  overMessage(message, { emoji, on }, { self }) {
    if (message.deletedAt !== undefined) return message;
    return { ...message, reactions: reacted(message.reactions, emoji, self, on) };
  },
  failure: () => ({ at: 'message', sentence: 'failed.reaction' }),
};

/** Emojis keep the order in which they were first used. */
function reacted(
  held: MessageRecord['reactions'],
  emoji: string,
  self: UserId,
  on: boolean,
): MessageRecord['reactions'] {
  const reactions = byOneForm(held);
  const others = (reactions.get(emoji) ?? []).filter((user) => user !== self);
  const isSame = (reactions.get(emoji) ?? []).includes(self) === on;
  if (isSame) return held;
  const users = on ? [...others, self] : others;
  if (users.length === 0) reactions.delete(emoji);
  else reactions.set(emoji, users);
  return Object.fromEntries(reactions);
}

export const messageRules = {
  'message.send': send,
  'message.edit': edit,
  'message.delete': remove,
  'message.pin': pin,
  'reaction.set': react,
};

/** The message that an op changes; undefined if it changes none. */
export function messageChangedBy(op: Op): OpId | undefined {
  return 'messageId' in op ? op.messageId : undefined;
}

/** Whether an op changes what another one sends: its message, or the message that it schedules. */
export function isChangeOf(op: Op, sent: OpId): boolean {
  return messageChangedBy(op) === sent || ('scheduledId' in op && op.scheduledId === sent);
}

/** The op without the mentions that the server refused, because the mentioned people may have left. [OP2] */
export function withoutRefusedMentions(op: Op, refusedAt: string | undefined): Op {
  if (!('mentions' in op) || refusedAt?.startsWith('mentions.') !== true) return op;
  const refused = Number(refusedAt.slice('mentions.'.length));
  return { ...op, mentions: op.mentions?.filter((_, at) => at !== refused) };
}

/** The op with every reference to a message replaced by the new id that `ids` has for it. */
export function withNewReferences(op: Op, ids: ReadonlyMap<OpId, OpId>): Op {
  if (op.kind === 'message.edit' && op.base !== undefined)
    return { ...op, messageId: ids.get(op.messageId) ?? op.messageId, base: ids.get(op.base) ?? op.base };
  // A report is about somebody else's message, which has its id from them.
  if (op.kind === 'report.send') return op;
  if ('messageId' in op) return { ...op, messageId: ids.get(op.messageId) ?? op.messageId };
  if ('scheduledId' in op) return { ...op, scheduledId: ids.get(op.scheduledId) ?? op.scheduledId };
  if (!('replyTo' in op) || op.replyTo === undefined) return op;
  return { ...op, replyTo: ids.get(op.replyTo) ?? op.replyTo };
}
