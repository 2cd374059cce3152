import { byOneForm } from '#protocol/emoji.ts';
import { MAX_EMOJIS_PER_MESSAGE, MAX_PINS, MAX_REACTIONS_PER_MESSAGE } from '#protocol/limits.ts';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import {
  askedAgain,
  type ConversationRecord,
  type MemberRecord,
  type MessageRecord,
  textIdOf,
} from '#protocol/record.ts';
import {
  type Decision,
  type OpRules,
  type Scene,
  isPromise,
  refuse,
  unchanged,
  write,
} from '#server/streams/decision.ts';
import type { Held } from '#server/streams/entry.ts';
import type { Carrier } from '#server/streams/files.ts';
import { mayDelete, mayEdit, mayRead } from '#protocol/policies.ts';
import { isVisible } from '#protocol/names.ts';
import { isWithheld } from '#server/streams/blocks.ts';
import { createReadMessage } from '#server/streams/readable-message.ts';
import { type MaybePromise, readMember } from '#server/streams/stream-state.ts';
import { accepted } from './accepted.ts';
import { refusedContent } from './message-content.ts';
import { noSuchConversation } from './no-such-conversation.ts';
import { target, wasDeleted } from './target-message.ts';
import { unrevised } from './unrevised.ts';

type NewMessage = Omit<MessageRecord, 'rev'>;

/** [OP1] [RQ3] */
export function send(op: OpOf<'message.send'>, scene: Scene): MaybePromise<Decision> {
  const member = scene.state.presentMember(scene.caller);
  if (member === undefined) return noSuchConversation();
  const decision = sent(op, member, scene);
  if (member.hidden.isRequest !== true) return decision;
  return isPromise(decision) ? decision.then((later) => accepting(member, later)) : accepting(member, decision);
}

/** A person who writes into a chat has accepted it. [RQ3] */
function accepting(member: Held<MemberRecord>, decision: Decision): Decision {
  if (decision.effect !== 'write') return decision;
  return { ...decision, drafts: [...decision.drafts, { ...accepted(member), projects: { accepts: true } }] };
}

/** [OP2] [OP3] */
function sent(op: OpOf<'message.send'>, member: Held<MemberRecord>, scene: Scene): MaybePromise<Decision> {
  if (op.forward !== undefined) return forward(op, op.forward, scene);
  const text = op.text ?? '';
  const files = op.attachments?.map(({ mediaId }) => mediaId) ?? [];
  const empty = refusedContent({ text, files, poll: op.poll });
  if (empty !== undefined) return empty;
  const message = blank(op, scene);
  message.text = text;
  if (op.poll !== undefined) message.poll = { ...op.poll, votes: {} };
  if (op.mentions !== undefined) {
    const refused = refusedMention(op.mentions, scene);
    if (refused !== undefined) return refused;
    message.mentions = [...new Set(op.mentions)];
  }
  if (op.replyTo === undefined) return withFiles(message, files, scene);
  const found = scene.state.message(op.replyTo);
  const answered = (target: Held<MessageRecord> | undefined): MaybePromise<Decision> =>
    target !== undefined &&
    mayRead(member.hidden.fromSeq ?? 1, target.record.seq) &&
    (target.record.withheld !== true || target.record.senderId === scene.caller)
      ? withFiles({ ...message, replyTo: target.record.id }, files, scene)
      : refuse('not_found', 'no such message', 'replyTo');
  return isPromise(found) ? found.then(answered) : answered(found);
}

/** Undefined if all of them are members, or were mentioned before. */
function refusedMention(mentions: readonly UserId[], { state }: Scene, before: readonly UserId[] = []) {
  const stranger = mentions.findIndex((user) => !before.includes(user) && state.presentMember(user) === undefined);
  return stranger < 0 ? undefined : refuse('not_found', 'no such member', `mentions.${stranger}`);
}

/** Comes after every other check: files of a message that is refused are not attached to anything. [MD5] */
function withFiles(message: NewMessage, ids: readonly MediaId[], scene: Scene): MaybePromise<Decision> {
  if (ids.length === 0) return write({ record: message });
  return scene.files.attach(ids, carrierOf(message), scene.caller).then((found) => {
    const missing = found.indexOf(undefined);
    if (missing >= 0) return refuse('not_found', 'no such file', `attachments.${missing}.mediaId`);
    return write({ record: { ...message, attachments: found.filter((each) => each !== undefined) } });
  });
}

function carrierOf({ stream, id }: NewMessage): Carrier {
  return { stream: stream as ConversationId, messageId: id };
}

function blank(op: OpOf<'message.send'>, { state, caller, now, blocks }: Scene): NewMessage {
  const message: NewMessage = {
    type: 'message',
    id: op.id,
    stream: state.stream,
    seq: state.lastSeq + 1,
    senderId: caller,
    sentAt: op.sentAt,
    createdAt: now,
    text: '',
    attachments: [],
    mentions: [],
    reactions: {},
  };
  if (isWithheld(blocks, state.stream, caller)) message.withheld = true;
  return message;
}

/** Authorised by what is stored now, because a stale cache would leak what the caller may no longer read. [OP3] */
async function forward(
  op: OpOf<'message.send'>,
  { stream, messageId }: NonNullable<OpOf<'message.send'>['forward']>,
  scene: Scene,
): Promise<Decision> {
  for (const field of ['text', 'attachments', 'replyTo', 'mentions', 'poll'] as const)
    if (op[field] !== undefined) return refuse('invalid', 'a forward has no content of its own', field);
  const record = await createReadMessage(scene.store)(scene.caller, stream, messageId);
  if (record === 'no such conversation') return refuse('not_found', record, 'forward.stream');
  if (record === 'no such message') return refuse('not_found', record, 'forward.messageId');
  if (record.event !== undefined)
    return refuse('forbidden', 'a system message cannot be forwarded', 'forward.messageId');
  if (record.deletedAt !== undefined) return refuse('conflict', 'the message was deleted', 'forward.messageId');
  const author = record.forwardedFrom ?? { senderName: await nameOf(scene, record) };
  const { text, attachments } = record;
  const copy: NewMessage = { ...blank(op, scene), text, attachments, forwardedFrom: author };
  if (record.poll !== undefined) copy.poll = askedAgain(record.poll);
  const ids = attachments.map(({ mediaId }) => mediaId);
  if (ids.length > 0 && !(await scene.files.forward(ids, carrierOf(copy))))
    return refuse('conflict', 'a file of the message was deleted', 'forward.messageId');
  return write({ record: copy });
}

/** Authors who have left keep their member record, so their name is known even when the account is gone. */
async function nameOf({ store }: Scene, message: MessageRecord): Promise<string> {
  const author = await readMember(store, message.stream as ConversationId, message.senderId);
  return author?.record.name ?? '';
}

/** [OP4] [OP6] [OP19] */
function edit(op: OpOf<'message.edit'>, scene: Scene): MaybePromise<Decision> {
  return target(op.messageId, scene, (message) => {
    const { record } = message;
    if (record.poll !== undefined) return refuse('forbidden', 'a poll cannot be edited', 'messageId');
    if (!mayEdit(scene.caller, record)) return refuse('forbidden', 'only its sender may edit a message', 'messageId');
    if (record.deletedAt !== undefined) return wasDeleted();
    if (!isVisible(op.text) && record.attachments.length === 0) return refuse('invalid', 'must not be empty', 'text');
    const refused = refusedMention(op.mentions ?? [], scene, record.mentions);
    if (refused !== undefined) return refused;
    const mentions = op.mentions === undefined ? record.mentions : [...new Set(op.mentions)];
    if (op.text === record.text && isSame(mentions, record.mentions)) return unchanged(message);
    if (op.base !== undefined && op.base !== textIdOf(record))
      return refuse('conflict', 'the message has been edited since', 'base');
    const edited: NewMessage = { ...unrevised(record), text: op.text, mentions, editedAt: scene.now, editId: op.id };
    // Otherwise a blocked person could still reach the other one by editing an earlier message. [BL2]
    if (isWithheld(scene.blocks, scene.state.stream, scene.caller)) edited.withheld = true;
    return { effect: 'write', drafts: [{ record: edited, replaces: message }], wipes: true };
  });
}

function isSame(mentions: readonly UserId[], others: readonly UserId[]): boolean {
  return mentions.length === others.length && mentions.every((user) => others.includes(user));
}

/** [OP5] [RC2] [MD7] */
function remove(op: OpOf<'message.delete'>, scene: Scene): MaybePromise<Decision> {
  return target(op.messageId, scene, async (message, member) => {
    const { record } = message;
    if (!mayDelete(member.record, record))
      return refuse('forbidden', 'only its sender or an admin may delete a message', 'messageId');
    if (record.deletedAt !== undefined) return unchanged(message);
    const { type, id, stream, seq, senderId, sentAt, createdAt } = record;
    const rest = { text: '', attachments: [], mentions: [], reactions: {}, deletedAt: scene.now };
    const tombstone: NewMessage = { type, id, stream, seq, senderId, sentAt, createdAt, ...rest };
    if (record.withheld === true) tombstone.withheld = true;
    const conversation = scene.state.conversation;
    const unpinned =
      conversation?.record.pins.includes(id) === true
        ? [
            repin(
              conversation,
              conversation.record.pins.filter((pin) => pin !== id),
            ),
          ]
        : [];
    if (record.attachments.length > 0) await scene.files.release(record.attachments.map(({ mediaId }) => mediaId));
    return { effect: 'write', drafts: [{ record: tombstone, replaces: message }, ...unpinned], wipes: true };
  });
}

function repin(conversation: Held<ConversationRecord>, pins: ConversationRecord['pins']) {
  return { record: { ...unrevised(conversation.record), pins }, replaces: conversation };
}

/** [OP8] */
function pin(op: OpOf<'message.pin'>, scene: Scene): MaybePromise<Decision> {
  return target(op.messageId, scene, ({ record }) => {
    if (record.deletedAt !== undefined) return wasDeleted();
    const conversation = scene.state.conversation;
    if (conversation === undefined) return noSuchConversation();
    const { pins } = conversation.record;
    // The other person would see the pin. [BL2]
    if (record.withheld === true) return unchanged(conversation);
    if (pins.includes(record.id) === op.on) return unchanged(conversation);
    if (op.on && pins.length >= MAX_PINS) return refuse('too_large', `longer than ${MAX_PINS}`, 'messageId');
    return write(repin(conversation, op.on ? [...pins, record.id] : pins.filter((pinned) => pinned !== record.id)));
  });
}

/** [OP8] */
function react(op: OpOf<'reaction.set'>, scene: Scene): MaybePromise<Decision> {
  return target(op.messageId, scene, (message) => {
    const { record } = message;
    if (record.deletedAt !== undefined) return wasDeleted();
    const reactions = byOneForm(record.reactions);
    const users = reactions.get(op.emoji) ?? [];
    if (users.includes(scene.caller) === op.on) return unchanged(message);
    const left = op.on ? [...users, scene.caller] : users.filter((user) => user !== scene.caller);
    if (left.length === 0) reactions.delete(op.emoji);
    else reactions.set(op.emoji, left);
    const total = [...reactions.values()].reduce((sum, of) => sum + of.length, 0);
    if (op.on && reactions.size > MAX_EMOJIS_PER_MESSAGE)
      return refuse('too_large', `more than ${MAX_EMOJIS_PER_MESSAGE} emojis`, 'emoji');
    if (op.on && total > MAX_REACTIONS_PER_MESSAGE)
      return refuse('too_large', `more than ${MAX_REACTIONS_PER_MESSAGE} reactions`, 'emoji');
    return write({ record: { ...unrevised(record), reactions: Object.fromEntries(reactions) }, replaces: message });
  });
}

export const messageRules: OpRules<
  'message.send' | 'message.edit' | 'message.delete' | 'message.pin' | 'reaction.set'
> = {
  'message.send': { writesTo: 'conversation', decide: send },
  'message.edit': { writesTo: 'conversation', decide: edit },
  'message.delete': { writesTo: 'conversation', decide: remove },
  'message.pin': { writesTo: 'conversation', decide: pin },
  'reaction.set': { writesTo: 'conversation', decide: react },
};
