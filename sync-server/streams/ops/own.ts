import { type ConversationId, directMembers, directPeer, isDirect, membershipRecordId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { MemberRecord, MembershipRecord } from '#protocol/record.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import {
  type Decision,
  type Draft,
  type OpRules,
  type Scene,
  refuse,
  unchanged,
  write,
} from '#server/streams/decision.ts';
import type { Held, Hidden, Projection } from '#server/streams/entry.ts';
import { type MaybePromise, readMember } from '#server/streams/stream-state.ts';
import { accepted } from './accepted.ts';
import { noSuchConversation } from './no-such-conversation.ts';
import { unrevised } from './unrevised.ts';

/*
 * What a person's own stream holds: marks and settings, which nobody else sees, and the projections of their memberships.
 * [RC4]
 */

type NewMembership = Omit<MembershipRecord, 'rev'>;

/** Decides about a conversation that the caller is in. */
export async function ownMembership(
  stream: ConversationId,
  scene: Scene,
  then: (membership: Held<MembershipRecord>) => MaybePromise<Decision>,
): Promise<Decision> {
  const found = await scene.state.membership(stream);
  if (found !== undefined && found.record.leftAt === undefined) return then(found);
  // The projection follows a join after a short time, so the op should be retried and is not refused.
  const member = await readMember(scene.store, stream, scene.caller);
  if (member !== undefined && member.record.leftAt === undefined && found === undefined)
    return refuse('unavailable', 'the conversation is not ready yet');
  return noSuchConversation();
}

/** [RD1] [RD2] [RD3] */
function mark(op: OpOf<'receipt.mark'>, scene: Scene): MaybePromise<Decision> {
  return ownMembership(op.stream, scene, async (membership) => {
    const wanted = Math.max(op.readSeq ?? 0, op.deliveredSeq ?? 0);
    const last = await scene.reach.lastSeq(op.stream, wanted);
    const { record, hidden } = membership;
    const readSeq = Math.max(record.readSeq, Math.min(op.readSeq ?? 0, last));
    const delivered = Math.max(hidden.deliveredSeq ?? 0, readSeq, Math.min(op.deliveredSeq ?? 0, last));
    const isShared = (scene.reach.presentMembers(op.stream) ?? 0) <= SHARED_RECEIPT_MEMBERS;
    const isNews = readSeq > record.readSeq || (isShared && delivered > (hidden.deliveredSeq ?? 0));
    if (!isNews) return unchanged(membership);
    return {
      effect: 'write',
      drafts: [
        {
          record: { ...unrevised(record), readSeq },
          replaces: membership,
          hidden: { ...hidden, deliveredSeq: delivered },
        },
      ],
      shares: true,
    };
  });
}

/** [OP16] [OP17] [OP18] [BL1] [RQ3] */
function update(op: OpOf<'membership.update'>, scene: Scene): MaybePromise<Decision> {
  return op.blocked === undefined
    ? ownMembership(op.stream, scene, (held) => changed(op, scene, held))
    : block(op, scene);
}

/** Possible even before there is a chat: the membership is then written as one that has ended. [BL1] */
async function block(op: OpOf<'membership.update'>, scene: Scene): Promise<Decision> {
  const { stream } = op;
  if (!isDirect(stream)) return refuse('invalid', 'only a person can be blocked', 'blocked');
  const pair = directMembers(stream);
  if (!pair.includes(scene.caller)) return noSuchConversation();
  const peer = directPeer(stream, scene.caller);
  if (peer === scene.caller) return refuse('invalid', 'nobody can block themselves', 'blocked');
  const found = await scene.state.membership(stream);
  if (found === undefined) {
    if ((await readMember(scene.store, stream, scene.caller)) !== undefined)
      return refuse('unavailable', 'the conversation is not ready yet');
    if (!(await scene.people.find([peer])).has(peer)) return noSuchConversation();
  }
  await scene.blocks.change(scene.caller, peer, op.blocked === true);
  return changed(op, scene, found ?? withoutChat(stream, scene));
}

function withoutChat(stream: ConversationId, { caller, state, now }: Scene): Unwritten {
  const id = membershipRecordId(caller, stream);
  const times = { joinedAt: now, leftAt: now, readSeq: 0 };
  const record = {
    type: 'membership',
    id,
    stream: state.stream,
    conversation: stream,
    role: 'member',
    ...times,
  } as const;
  return { record, hidden: {} };
}

/** A membership that the person has, or a new one that starts with this change. */
type Unwritten = { record: NewMembership; hidden: Hidden };

/** The membership as the op leaves it. */
async function changed(
  op: OpOf<'membership.update'>,
  scene: Scene,
  membership: Held<MembershipRecord> | Unwritten,
): Promise<Decision> {
  const replaces = 'key' in membership ? membership : undefined;
  const {
    mutedUntil,
    pinnedAt,
    archivedAt,
    archivedSeq,
    unreadAt,
    notify,
    preview,
    blockedAt,
    isRequest,
    draft,
    ...rest
  } = replaces === undefined ? membership.record : unrevised(replaces.record);
  const since = (on: boolean | null | undefined, at: string | undefined) =>
    on === undefined ? at : on === true ? (at ?? scene.now) : undefined;
  const set = <T>(to: T | null | undefined, from: T | undefined) => (to === undefined ? from : (to ?? undefined));
  const next = {
    mutedUntil: set(op.mutedUntil, mutedUntil),
    pinnedAt: since(op.pinned, pinnedAt),
    archivedAt: since(op.archived, archivedAt),
    archivedSeq: op.archived === undefined ? archivedSeq : op.archived === true ? await seqNow(op, scene) : undefined,
    unreadAt: since(op.unread, unreadAt),
    notify: set(op.notify, notify),
    preview: set(op.preview, preview),
    blockedAt: since(op.blocked, blockedAt),
    isRequest: op.request === undefined ? isRequest : undefined,
    draft: set(op.draft, draft),
  };
  const fields = Object.keys(next) as (keyof typeof next)[];
  if (fields.every((field) => next[field] === membership.record[field]))
    return replaces === undefined ? { effect: 'none', rev: 0 } : unchanged(replaces);
  const present = Object.fromEntries(
    fields.flatMap((field) => (next[field] === undefined ? [] : [[field, next[field]]])),
  );
  const decision = write({ record: { ...rest, ...present }, replaces, hidden: membership.hidden });
  // From now on the marks that had to wait for this are shared. [RQ2] [RQ3]
  return isRequest === next.isRequest ? decision : { ...decision, shares: true };
}

/** The last message that the conversation has, as far as the person knew. [OP17] */
async function seqNow({ stream, archivedSeq = Number.MAX_SAFE_INTEGER }: OpOf<'membership.update'>, scene: Scene) {
  return Math.min(archivedSeq, await scene.reach.lastSeq(stream, archivedSeq));
}

const nothingHeld = { leftAt: undefined, removedBy: undefined, isRequest: undefined };

/** Copies a member's state here unless it is out of date, because a late removal must not undo a later join. [AP9] */
export async function project(projection: Projection, scene: Scene): Promise<Decision> {
  const { conversation, userId, role, joinedAt, leftAt, removedBy, sourceRev, startSeq } = projection;
  const held = await scene.state.membership(conversation);
  if (held !== undefined && (held.hidden.sourceRev ?? 0) >= sourceRev) return unchanged(held);
  const before = held === undefined ? nothingHeld : unrevised(held.record);
  const { leftAt: _left, removedBy: _by, isRequest: _asked, ...kept } = before;
  const readSeq = Math.max(startSeq ?? 0, held?.record.readSeq ?? 0);
  const record: NewMembership = {
    ...kept,
    type: 'membership',
    id: membershipRecordId(userId, conversation),
    stream: scene.state.stream,
    conversation,
    role,
    joinedAt,
    ...(leftAt === undefined ? {} : { leftAt }),
    ...(removedBy === undefined ? {} : { removedBy }),
    readSeq,
    ...(isRequestAfter(projection, held?.record) ? { isRequest: true } : {}),
  };
  const deliveredSeq = Math.max(held?.hidden.deliveredSeq ?? 0, startSeq ?? 0);
  const decision = write({ record, replaces: held, hidden: { sourceRev, deliveredSeq } });
  return projection.accepts === true ? { ...decision, shares: true } : decision;
}

/** A join decides about it anew. Otherwise the personal stream decides, because requests are accepted there. [RQ1] [RQ3] */
function isRequestAfter(projection: Projection, held: MembershipRecord | undefined): boolean {
  if (projection.accepts === true || projection.leftAt !== undefined) return false;
  const isJoining = projection.startSeq !== undefined || held === undefined;
  return (isJoining ? projection.isRequest : held.isRequest) === true;
}

interface SharedMark {
  readSeq: number;
  deliveredSeq: number;
  /** The rev of the member record that it follows; absent if the membership is a request. */
  acceptedRev: number | undefined;
}

/**
 * The mark that other members see. It only moves forward, and is shared among at most 50 members. It also tells the conversation
 * that a request was accepted; before that, nothing is shared. [RD2] [RD3] [RQ2]
 */
export function share(marks: SharedMark, scene: Scene): Decision {
  const member = scene.state.presentMember(scene.caller);
  if (member === undefined) return { effect: 'none', rev: 0 };
  const isRequest = member.hidden.isRequest === true;
  // A mark from an earlier membership in the group says nothing about this one.
  const accepts = isRequest && (marks.acceptedRev ?? 0) >= (member.hidden.joinedRev ?? 0);
  const isShared = scene.state.present <= SHARED_RECEIPT_MEMBERS && (accepts || !isRequest);
  const { readSeq = 0, deliveredSeq = 0 } = member.record;
  const next = { readSeq: Math.max(readSeq, marks.readSeq), deliveredSeq: Math.max(deliveredSeq, marks.deliveredSeq) };
  const isNews = isShared && (next.readSeq > readSeq || next.deliveredSeq > deliveredSeq);
  if (!accepts && !isNews) return unchanged(member);
  const { record, ...same }: Draft = accepts
    ? accepted(member)
    : { record: unrevised(member.record), replaces: member, hidden: member.hidden };
  return write({ ...same, record: isNews ? { ...(record as Omit<MemberRecord, 'rev'>), ...next } : record });
}

export const ownRules: OpRules<'receipt.mark' | 'membership.update'> = {
  'receipt.mark': { writesTo: 'personal', decide: mark },
  'membership.update': { writesTo: 'personal', decide: update },
};
