import { type ConversationId, membershipRecordId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { MemberRecord, MembershipRecord } from '#protocol/record.ts';
import { SHARED_RECEIPT_MEMBERS } from '#protocol/limits.ts';
import { type Decision, type OpRules, type Scene, refuse, unchanged, write } from '#server/streams/decision.ts';
import type { Held, Projection } from '#server/streams/entry.ts';
import { type MaybePromise, readMember } from '#server/streams/stream-state.ts';
import { noSuchConversation } from './no-such-conversation.ts';
import { unrevised } from './unrevised.ts';

/*
 * What a person's own stream holds: marks and settings, which nobody else sees, and the projections of their memberships.
 * [RC4]
 */

type NewMembership = Omit<MembershipRecord, 'rev'>;

async function ownMembership(
  stream: ConversationId,
  scene: Scene,
  then: (membership: Held<MembershipRecord>) => MaybePromise<Decision>,
): Promise<Decision> {
  const found = await scene.state.membership(stream);
  if (found !== undefined && found.record.leftAt === undefined) return then(found);
  // The projection of a joining follows soon after it, so this is to be retried, not refused.
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

/** [OP16] [OP17] */
function update(op: OpOf<'membership.update'>, scene: Scene): MaybePromise<Decision> {
  return ownMembership(op.stream, scene, async (membership) => {
    const { mutedUntil, pinnedAt, archivedAt, archivedSeq, unreadAt, draft, ...rest } = unrevised(membership.record);
    const since = (on: boolean | null | undefined, at: string | undefined) =>
      on === undefined ? at : on === true ? (at ?? scene.now) : undefined;
    const next = {
      mutedUntil: op.mutedUntil === undefined ? mutedUntil : (op.mutedUntil ?? undefined),
      pinnedAt: since(op.pinned, pinnedAt),
      archivedAt: since(op.archived, archivedAt),
      archivedSeq: op.archived === undefined ? archivedSeq : op.archived === true ? await seqNow(op, scene) : undefined,
      unreadAt: since(op.unread, unreadAt),
      draft: op.draft === undefined ? draft : (op.draft ?? undefined),
    };
    const before = { mutedUntil, pinnedAt, archivedAt, archivedSeq, unreadAt, draft };
    const fields = ['mutedUntil', 'pinnedAt', 'archivedAt', 'archivedSeq', 'unreadAt', 'draft'] as const;
    if (fields.every((field) => next[field] === before[field])) return unchanged(membership);
    const set = Object.fromEntries(
      fields.flatMap((field) => (next[field] === undefined ? [] : [[field, next[field]]])),
    );
    return write({ record: { ...rest, ...set }, replaces: membership, hidden: membership.hidden });
  });
}

/** The last message that the conversation has, as far as the person knew. [OP17] */
async function seqNow({ stream, archivedSeq = Number.MAX_SAFE_INTEGER }: OpOf<'membership.update'>, scene: Scene) {
  return Math.min(archivedSeq, await scene.reach.lastSeq(stream, archivedSeq));
}

const noLeave = { leftAt: undefined, removedBy: undefined };

/** Copies a member's state here unless it is out of date: a late removal must not undo a later joining. [AP9] */
export async function project(projection: Projection, scene: Scene): Promise<Decision> {
  const { conversation, userId, role, joinedAt, leftAt, removedBy, sourceRev, startSeq } = projection;
  const held = await scene.state.membership(conversation);
  if (held !== undefined && (held.hidden.sourceRev ?? 0) >= sourceRev) return unchanged(held);
  const { leftAt: _left, removedBy: _by, ...kept } = held === undefined ? noLeave : unrevised(held.record);
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
  };
  const deliveredSeq = Math.max(held?.hidden.deliveredSeq ?? 0, startSeq ?? 0);
  return write({ record, replaces: held, hidden: { sourceRev, deliveredSeq } });
}

/** The mark that other members see. It only moves forward, and is shared among at most 50 members. [RD2] [RD3] */
export function share(marks: { readSeq: number; deliveredSeq: number }, scene: Scene): Decision {
  const member = scene.state.presentMember(scene.caller);
  if (member === undefined || scene.state.present > SHARED_RECEIPT_MEMBERS) return { effect: 'none', rev: 0 };
  const { readSeq = 0, deliveredSeq = 0 } = member.record;
  const next = { readSeq: Math.max(readSeq, marks.readSeq), deliveredSeq: Math.max(deliveredSeq, marks.deliveredSeq) };
  if (next.readSeq === readSeq && next.deliveredSeq === deliveredSeq) return unchanged(member);
  const record: Omit<MemberRecord, 'rev'> = { ...unrevised(member.record), ...next };
  return write({ record, replaces: member, hidden: member.hidden });
}

export const ownRules: OpRules<'receipt.mark' | 'membership.update'> = {
  'receipt.mark': { writesTo: 'personal', decide: mark },
  'membership.update': { writesTo: 'personal', decide: update },
};
