import { type ConversationId, type OpId, type UserId, scheduledRecordId, sentIdOf } from '#protocol/ids.ts';
import { MAX_SCHEDULED, MAX_SCHEDULED_DAYS } from '#protocol/limits.ts';
import type { OpOf } from '#protocol/op.ts';
import type { ScheduledMessage, ScheduledRecord } from '#protocol/record.ts';
import { type Decision, type OpRules, type Scene, refuse, unchanged, write } from '#server/streams/decision.ts';
import { type Held, isMarker } from '#server/streams/entry.ts';
import { createReadMessage } from '#server/streams/readable-message.ts';
import { readMember } from '#server/streams/stream-state.ts';
import { refusedContent } from './message-content.ts';
import { ownMembership } from './own.ts';
import { unrevised } from './unrevised.ts';

/*
 * Messages that wait for their time on their author's own stream, so that all devices of the author have them. A message is in
 * one of a fixed number of places, which are used again, so sent and cancelled messages take no space. `send-scheduled.ts` sends
 * what is due.
 */

const DAY_MS = 86_400_000;

/** [SM1] */
function schedule(op: OpOf<'message.schedule'>, scene: Scene): Promise<Decision> {
  return ownMembership(op.stream, scene, async () => {
    const { caller, now } = scene;
    const text = op.text ?? '';
    const files = op.attachments?.map(({ mediaId }) => mediaId) ?? [];
    const wrong = refusedContent({ text, files, poll: op.poll });
    if (wrong !== undefined) return wrong;
    if (isTooFar(op.dueAt, now)) return tooFar();
    const refused = await refusedMention(op.stream, op.mentions ?? [], scene);
    if (refused !== undefined) return refused;
    const { replyTo } = op;
    if (replyTo !== undefined) {
      const answered = await createReadMessage(scene.store)(caller, op.stream, replyTo);
      if (typeof answered === 'string') return refuse('not_found', 'no such message', 'replyTo');
    }
    const held = await scene.state.scheduled();
    const places = Array.from({ length: MAX_SCHEDULED }, (_, place) => scheduledRecordId(caller, place));
    const id = places.find((place) => (held.get(place)?.record.message ?? null) === null);
    if (id === undefined) return refuse('too_large', `more than ${MAX_SCHEDULED} scheduled messages`, 'kind');
    // Last, as for a message that is sent: the files of a refused message are not attached to anything. [MD5]
    const carrier = { stream: op.stream, messageId: sentIdOf(op.id) };
    const attached = files.length === 0 ? [] : await scene.files.attach(files, carrier, caller);
    const missing = attached.indexOf(undefined);
    if (missing >= 0) return refuse('not_found', 'no such file', `attachments.${missing}.mediaId`);
    const message: ScheduledMessage = {
      id: op.id,
      conversation: op.stream,
      dueAt: op.dueAt,
      createdAt: now,
      text,
      attachments: attached.filter((each) => each !== undefined),
      mentions: [...new Set(op.mentions)],
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(op.poll === undefined ? {} : { poll: op.poll }),
    };
    const record = { type: 'scheduled', id, stream: scene.state.stream, message } as const;
    return write({ record, replaces: held.get(id) });
  });
}

/** A device's clock may be wrong by hours, and a month may have 31 days; the limit leaves room for both. */
function isTooFar(dueAt: string, now: string): boolean {
  return Date.parse(dueAt) > Date.parse(now) + MAX_SCHEDULED_DAYS * DAY_MS;
}

const tooFar = () => refuse('too_large', `more than ${MAX_SCHEDULED_DAYS} days ahead`, 'dueAt');

/** Undefined if all of them are members, or were mentioned before. */
async function refusedMention(
  stream: ConversationId,
  mentions: readonly UserId[],
  { store }: Scene,
  before: readonly UserId[] = [],
): Promise<Decision | undefined> {
  for (const [at, user] of mentions.entries()) {
    if (before.includes(user)) continue;
    const member = await readMember(store, stream, user);
    if (member === undefined || member.record.leftAt !== undefined)
      return refuse('not_found', 'no such member', `mentions.${at}`);
  }
  return undefined;
}

type Waiting = Held<ScheduledRecord> & { record: { message: ScheduledMessage } };

/** Decides about a message that still waits, or says what has become of it. [SM4] */
async function waiting(
  { stream, scheduledId }: { stream: ConversationId; scheduledId: OpId },
  scene: Scene,
  then: (held: Waiting) => Promise<Decision>,
): Promise<Decision> {
  const found = [...(await scene.state.scheduled()).values()].find(
    ({ record: { message } }) => message?.id === scheduledId && message.conversation === stream,
  );
  if (found === undefined) {
    const [sent] = await scene.store.byKeys([sentIdOf(scheduledId)]);
    const isOwn = sent !== undefined && !isMarker(sent) && sent.user === scene.caller && sent.stream === stream;
    return isOwn
      ? refuse('conflict', 'the message was sent', 'scheduledId')
      : refuse('not_found', 'no such message', 'scheduledId');
  }
  if (found.record.message?.isLeaving === true) return refuse('conflict', 'the message is being sent', 'scheduledId');
  return then(found as Waiting);
}

/** [SM2] */
function update(op: OpOf<'scheduled.update'>, scene: Scene): Promise<Decision> {
  return waiting(op, scene, (held) =>
    ownMembership(op.stream, scene, async () => {
      const { message } = held.record;
      const text = op.text ?? message.text;
      const files = message.attachments.map(({ mediaId }) => mediaId);
      const wrong = refusedContent({ text, files, poll: message.poll });
      if (wrong !== undefined) return wrong;
      const dueAt = op.dueAt === undefined ? message.dueAt : (op.dueAt ?? scene.now);
      if (op.dueAt !== undefined && isTooFar(dueAt, scene.now)) return tooFar();
      const refused = await refusedMention(op.stream, op.mentions ?? [], scene, message.mentions);
      if (refused !== undefined) return refused;
      const mentions = op.mentions === undefined ? message.mentions : [...new Set(op.mentions)];
      const { failure, ...rest } = message;
      const isSame =
        failure === undefined &&
        text === message.text &&
        dueAt === message.dueAt &&
        mentions.join(' ') === message.mentions.join(' ');
      if (isSame) return unchanged(held);
      const next = { ...rest, text, dueAt, mentions };
      return {
        effect: 'write',
        drafts: [{ record: { ...unrevised(held.record), message: next }, replaces: held }],
        wipes: true,
      };
    }),
  );
}

/** Possible even in a conversation that the person has left; cancelling twice is not a failure. [SM4] */
async function cancel(op: OpOf<'scheduled.cancel'>, scene: Scene): Promise<Decision> {
  const decision = await waiting(op, scene, async (held) => {
    const { attachments } = held.record.message;
    if (attachments.length > 0) await scene.files.release(attachments.map(({ mediaId }) => mediaId));
    return emptied(held);
  });
  const isGone = decision.effect === 'refuse' && decision.error.code === 'not_found';
  return isGone && (await scene.state.membership(op.stream)) !== undefined ? nothingToDo(scene) : decision;
}

/** The earlier content of this place must be gone from the disk too. */
function emptied(held: Held<ScheduledRecord>): Decision {
  return {
    effect: 'write',
    drafts: [{ record: { ...unrevised(held.record), message: null }, replaces: held }],
    wipes: true,
  };
}

/** Which message in which place. */
export interface DueMessage {
  place: string;
  scheduledId: OpId;
}

const nothingToDo = ({ state }: Scene): Decision => ({ effect: 'none', rev: state.tail });

async function heldAt({ place, scheduledId }: DueMessage, scene: Scene): Promise<Waiting | undefined> {
  const held = (await scene.state.scheduled()).get(place);
  return held?.record.message?.id === scheduledId ? (held as Waiting) : undefined;
}

/** From now on it can't be changed or cancelled; a change that is stored before this one still counts. [SM4] */
export async function claim(due: DueMessage, scene: Scene): Promise<Decision> {
  const held = await heldAt(due, scene);
  const message = held?.record.message;
  if (held === undefined || message === undefined || message.isLeaving === true || message.failure !== undefined)
    return nothingToDo(scene);
  if (message.dueAt > scene.now) return nothingToDo(scene);
  return write({ record: { ...unrevised(held.record), message: { ...message, isLeaving: true } }, replaces: held });
}

/** It was sent, or will not be sent; with a `failure` it stays, so that its author sees it. [SM3] [SM5] */
export async function settle(
  due: DueMessage & { failure?: NonNullable<ScheduledMessage['failure']> | undefined },
  scene: Scene,
): Promise<Decision> {
  const held = await heldAt(due, scene);
  if (held?.record.message.isLeaving !== true) return nothingToDo(scene);
  if (due.failure === undefined) return emptied(held);
  const { isLeaving: _leaving, ...message } = held.record.message;
  return write({
    record: { ...unrevised(held.record), message: { ...message, failure: due.failure } },
    replaces: held,
  });
}

export const scheduledRules: OpRules<'message.schedule' | 'scheduled.update' | 'scheduled.cancel'> = {
  'message.schedule': { writesTo: 'personal', decide: schedule },
  'scheduled.update': { writesTo: 'personal', decide: update },
  'scheduled.cancel': { writesTo: 'personal', decide: cancel },
};
