import type { ConversationId, UserId } from '#protocol/ids.ts';
import { isDirect } from '#protocol/ids.ts';
import type { MessageRecord, Role } from '#protocol/record.ts';

/*
 * Who may what, a sentence each. Whoever is not a present member is told `not_found` before any of these is asked. [RA1]
 */

/** A member may read a message from his first readable seq on. [RA2] */
export function mayRead(fromSeq: number, seq: number): boolean {
  return seq >= fromSeq;
}

/** Only its sender may edit a message. [OP4] */
export function mayEdit(userId: UserId, message: MessageRecord): boolean {
  return message.senderId === userId;
}

/** Its sender, an admin and the owner may delete a message. [OP5] */
export function mayDelete(userId: UserId, role: Role, message: MessageRecord): boolean {
  return message.senderId === userId || role !== 'member';
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
export function mayRemove(
  stream: ConversationId,
  actor: { userId: UserId; role: Role },
  target: { userId: UserId; role: Role },
): boolean {
  if (isDirect(stream)) return false;
  if (actor.userId === target.userId || actor.role === 'owner') return true;
  return actor.role === 'admin' && target.role === 'member';
}

/** Only the owner gives roles, and never to himself; there are none to give in a direct chat. [OP14] */
export function mayGiveRole(stream: ConversationId, actor: { userId: UserId; role: Role }, target: UserId): boolean {
  return !isDirect(stream) && actor.role === 'owner' && actor.userId !== target;
}
