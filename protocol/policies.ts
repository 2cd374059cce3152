import { isDirect, type ConversationId, type UserId } from './ids.ts';
import type { MessageRecord, Role } from './record.ts';

/*
 * Who may do what, one sentence each. The server decides by these and the app offers by them. A person who is not a present
 * member is answered `not_found` before any of them is asked. [RA1]
 */

export interface Actor {
  userId: UserId;
  role: Role;
}

/** Members may read messages from their first readable seq on. [RA2] */
export function mayRead(fromSeq: number, seq: number): boolean {
  return seq >= fromSeq;
}

/** Only its sender may edit a message. [OP4] */
export function mayEdit(userId: UserId, message: Pick<MessageRecord, 'senderId'>): boolean {
  return message.senderId === userId;
}

/** Its sender, an admin and the owner may delete a message. [OP5] */
export function mayDelete(actor: Actor, message: Pick<MessageRecord, 'senderId'>): boolean {
  return message.senderId === actor.userId || actor.role !== 'member';
}

/** An admin and the owner may change a group; nobody changes a direct chat. [OP11] */
export function mayUpdate(stream: ConversationId, role: Role): boolean {
  return !isDirect(stream) && role !== 'member';
}

/** An admin and the owner may add people to a group; nobody adds to a direct chat. [OP12] */
export function mayAdd(stream: ConversationId, role: Role): boolean {
  return !isDirect(stream) && role !== 'member';
}

/** Anybody may leave a group, an admin removes members, the owner everybody; nobody leaves a direct chat. [OP13] */
export function mayRemove(stream: ConversationId, actor: Actor, target: Actor): boolean {
  if (isDirect(stream)) return false;
  if (actor.userId === target.userId || actor.role === 'owner') return true;
  return actor.role === 'admin' && target.role === 'member';
}

/** Only the owner gives roles, and never to themselves; there are none to give in a direct chat. [OP14] */
export function mayGiveRole(stream: ConversationId, actor: Actor, target: UserId): boolean {
  return !isDirect(stream) && actor.role === 'owner' && actor.userId !== target;
}

/**
 * Who takes over when this owner leaves: the admin, else the member, who joined first; by id where two joined at once. A member
 * without `joinedAt` is one that the server has not confirmed, and comes last. [OP15]
 */
export function successorOf<M extends Actor & { joinedAt?: string; leftAt?: string | undefined }>(
  members: readonly M[],
  leaver: UserId,
): M | undefined {
  const rank = ({ role, joinedAt = '9999', userId }: M) => `${role === 'admin' ? 0 : 1} ${joinedAt} ${userId}`;
  return members
    .filter(({ userId, leftAt }) => leftAt === undefined && userId !== leaver)
    .toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))[0];
}
