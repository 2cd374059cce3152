import type { ConversationId } from '#protocol/ids.ts';
import { mayAdd, mayGiveRole, mayRemove, mayUpdate, type Actor } from '#protocol/policies.ts';

/** The actions that a conversation offers the user; none after they have left. The server applies the same policies. */
export interface Offered {
  change: boolean;
  add: boolean;
  leave: boolean;
}

export function offeredIn(stream: ConversationId, actor: Actor | undefined): Offered {
  if (actor === undefined) return { change: false, add: false, leave: false };
  return {
    change: mayUpdate(stream, actor.role),
    add: mayAdd(stream, actor.role),
    leave: mayRemove(stream, actor, actor),
  };
}

export type MemberAct = 'make-admin' | 'make-member' | 'make-owner' | 'remove';

/** What `actor` may do to another member. */
export function offeredOn(stream: ConversationId, actor: Actor | undefined, other: Actor): MemberAct[] {
  if (actor === undefined || actor.userId === other.userId) return [];
  const roles: MemberAct[] = mayGiveRole(stream, actor, other.userId)
    ? [other.role === 'admin' ? 'make-member' : 'make-admin', 'make-owner']
    : [];
  return mayRemove(stream, actor, other) ? [...roles, 'remove'] : roles;
}
