import type { UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { OpOf } from '#protocol/op.ts';
import type { MemberRecord, Role } from '#protocol/record.ts';
import {
  type Decision,
  type Draft,
  type OpRules,
  type Scene,
  refuse,
  unchanged,
  write,
} from '#server/streams/decision.ts';
import type { Held } from '#server/streams/entry.ts';
import { type Profile, profileFields } from '#server/streams/people.ts';
import { mayAdd, mayGiveRole, mayRemove, successorOf } from '#protocol/policies.ts';
import { eventDraft } from './event.ts';
import { newcomer } from './newcomer.ts';
import { noSuchConversation } from './no-such-conversation.ts';
import { unrevised } from './unrevised.ts';

/** [OP12] */
async function add(op: OpOf<'member.add'>, scene: Scene): Promise<Decision> {
  const { state } = scene;
  const actor = state.presentMember(scene.caller);
  if (actor === undefined || state.conversation === undefined) return noSuchConversation();
  if (!mayAdd(op.stream, actor.record.role)) return refuse('forbidden', 'only an admin may add people to a group');
  const profiles = await scene.people.find([...new Set(op.userIds)]);
  const stranger = op.userIds.findIndex((id) => !profiles.has(id));
  if (stranger >= 0) return refuse('not_found', 'no such person', `userIds.${stranger}`);
  // People who have blocked the caller are not added, and the caller does not learn of it. [BL4]
  const added = [...new Set(op.userIds)].filter(
    (id) => state.presentMember(id) === undefined && !scene.blocks.has(id, scene.caller),
  );
  if (added.length === 0) return unchanged(actor);
  if (state.present + added.length > limits.members)
    return refuse('too_large', `more than ${limits.members} members`, 'userIds');
  const fromSeq = state.conversation.record.history === 'joined' ? state.lastSeq + 1 : 1;
  const { lastSeq } = state;
  const strangers = await scene.strangers.among(added, scene.caller);
  return write(
    eventDraft(op, scene, { userIds: added }),
    ...added.map((id) => newcomer(op.stream, id, 'member', profiles, scene, fromSeq, lastSeq, strangers.has(id))),
  );
}

/** [OP13] [OP15] */
function remove(op: OpOf<'member.remove'>, scene: Scene): Decision {
  const { state } = scene;
  const actor = state.presentMember(scene.caller);
  if (actor === undefined) return noSuchConversation();
  const target = state.members.get(op.userId);
  const isOneself = op.userId === scene.caller;
  if (target === undefined)
    return actor.record.role === 'member' ? refuse('forbidden', 'only an admin may remove people') : noSuchMember();
  if (!mayRemove(op.stream, actor.record, target.record))
    return refuse('forbidden', 'you may not remove this member', 'userId');
  if (target.record.leftAt !== undefined) return unchanged(target);
  const gone: Draft = {
    record: { ...unrevised(target.record), leftAt: scene.now },
    replaces: target,
    hidden: isOneself ? target.hidden : { ...target.hidden, removedBy: scene.caller },
    roster: { leaves: true },
    projects: isOneself ? {} : { removedBy: scene.caller },
  };
  const after = isOneself && target.record.role === 'owner' ? handedDown(state.members, op.userId) : [];
  return write(eventDraft(op, scene, { userIds: [op.userId] }), gone, ...after);
}

const noSuchMember = () => refuse('not_found', 'no such member', 'userId');

/** Passes the ownership to a successor if there is one. [OP15] */
function handedDown(members: ReadonlyMap<UserId, Held<MemberRecord>>, leaver: UserId): Draft[] {
  const successor = successorOf(
    [...members.values()].map(({ record }) => record),
    leaver,
  );
  const held = successor === undefined ? undefined : members.get(successor.userId);
  return held === undefined ? [] : [withRole(held, 'owner')];
}

function withRole(member: Held<MemberRecord>, role: Role): Draft {
  return { record: { ...unrevised(member.record), role }, replaces: member, hidden: member.hidden, projects: {} };
}

/** [OP14] */
function setRole(op: OpOf<'member.role'>, scene: Scene): Decision {
  const actor = scene.state.presentMember(scene.caller);
  if (actor === undefined) return noSuchConversation();
  if (!mayGiveRole(op.stream, actor.record, op.userId))
    return refuse('forbidden', 'only the owner may give roles, and only to others');
  const target = scene.state.presentMember(op.userId);
  if (target === undefined) return noSuchMember();
  if (target.record.role === op.role) return unchanged(target);
  // The new owner comes first: a reader between the two revs then sees two owners rather than none.
  const handedOver = op.role === 'owner' ? [withRole(actor, 'admin')] : [];
  return write(eventDraft(op, scene, { userIds: [op.userId] }), withRole(target, op.role), ...handedOver);
}

/** Copies the caller's current name, picture and line about themselves into one conversation. [RC5] [RC6] */
export function renamed(profile: Profile, scene: Scene): Decision {
  const member = scene.state.presentMember(scene.caller);
  if (member === undefined) return { effect: 'none', rev: 0 };
  const { name, avatar, about, ...rest } = unrevised(member.record);
  if (name === profile.name && avatar === profile.avatar && about === profile.about) return unchanged(member);
  const record = { ...rest, ...profileFields(profile) };
  return write({ record, replaces: member, hidden: member.hidden });
}

export const memberRules: OpRules<'member.add' | 'member.remove' | 'member.role'> = {
  'member.add': { writesTo: 'conversation', decide: add },
  'member.remove': { writesTo: 'conversation', decide: remove },
  'member.role': { writesTo: 'conversation', decide: setRole },
};
