import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { Role } from '#protocol/record.ts';
import type { NewOp, OpRules } from './rules.ts';

export function addMembers(stream: ConversationId, userIds: readonly UserId[]): NewOp<OpOf<'member.add'>> {
  return { stream, kind: 'member.add', userIds: [...userIds] };
}

/** Joins by a link to the group. [GL3] */
export function joinGroup(stream: ConversationId, token: string): NewOp<OpOf<'member.join'>> {
  return { stream, kind: 'member.join', token };
}

/** With the person's own id, this leaves the group. */
export function removeMember(stream: ConversationId, userId: UserId): NewOp<OpOf<'member.remove'>> {
  return { stream, kind: 'member.remove', userId };
}

export function setRole(stream: ConversationId, userId: UserId, role: Role): NewOp<OpOf<'member.role'>> {
  return { stream, kind: 'member.role', userId, role };
}

const add: OpRules<OpOf<'member.add'>> = {
  answeredIn: 'conversation',
  overMembers(members, op) {
    const present = new Set(members.map(({ userId }) => userId));
    const added = [...new Set(op.userIds)].filter((userId) => !present.has(userId));
    return [...members, ...added.map((userId) => ({ userId, role: 'member' as const, waits: 'add' as const }))];
  },
  failure: () => ({ at: 'conversation', sentence: 'failed.add' }),
};

/** The group is not on this device yet, so there is nothing to show before the server's records arrive. */
const join: OpRules<OpOf<'member.join'>> = {
  answeredIn: 'conversation',
  failure: () => ({ at: 'conversation', sentence: 'failed.join' }),
};

const remove: OpRules<OpOf<'member.remove'>> = {
  answeredIn: 'conversation',
  overMembers: (members, op) => members.filter(({ userId }) => userId !== op.userId),
  overMembership: (membership, op, { self, at }) =>
    op.userId === self && membership.leftAt === undefined ? { ...membership, leftAt: at } : membership,
  failure: (op, self) => ({
    at: 'conversation',
    sentence: op.userId === self ? 'failed.leave' : 'failed.remove',
  }),
};

const role: OpRules<OpOf<'member.role'>> = {
  answeredIn: 'conversation',
  overMembers(members, op, { self }) {
    if (!members.some(({ userId }) => userId === op.userId)) return [...members];
    return members.map((member) => {
      if (member.userId === op.userId) return { ...member, role: op.role, waits: member.waits ?? 'role' };
      // An owner who hands over the ownership becomes an admin. [OP14]
      return op.role === 'owner' && member.userId === self ? { ...member, role: 'admin' } : member;
    });
  },
  failure: () => ({ at: 'conversation', sentence: 'failed.role' }),
};

export const memberRules = { 'member.add': add, 'member.join': join, 'member.remove': remove, 'member.role': role };
