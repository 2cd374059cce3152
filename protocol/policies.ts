import { isDirect, type ConversationId, type UserId } from './ids.ts';
import type { MembershipRecord, MessageRecord, Role } from './record.ts';

/*
 * Who may do what, one sentence each. The server decides by these policies, and the app offers only what they allow. People who
 * are not members get `not_found` before any policy is asked. [RA1]
 */

export interface Actor {
  userId: UserId;
  role: Role;
}

/** Members may read messages from their first readable seq on. [RA2] */
export function mayRead(fromSeq: number, seq: number): boolean {
  return seq >= fromSeq;
}

/** Only the sender of a message may edit it, and nobody may edit a poll. [OP4] [PO4] */
export function mayEdit(userId: UserId, message: Pick<MessageRecord, 'senderId' | 'poll'>): boolean {
  return message.senderId === userId && message.poll === undefined;
}

/** The sender of a message, admins and the owner may delete it. [OP5] */
export function mayDelete(actor: Actor, message: Pick<MessageRecord, 'senderId'>): boolean {
  return message.senderId === actor.userId || actor.role !== 'member';
}

/** Its sender, admins and the owner may close a poll. [PO4] */
export const mayClose = mayDelete;

/** Admins and the owner may change a group; nobody may change a direct chat. [OP11] */
export function mayUpdate(stream: ConversationId, role: Role): boolean {
  return !isDirect(stream) && role !== 'member';
}

/** Admins and the owner may add people to a group; nobody may add people to a direct chat. [OP12] */
export function mayAdd(stream: ConversationId, role: Role): boolean {
  return !isDirect(stream) && role !== 'member';
}

/** Anybody may leave a group, admins may remove members, and the owner may remove anyone; nobody may leave a direct chat. [OP13] */
export function mayRemove(stream: ConversationId, actor: Actor, target: Actor): boolean {
  if (isDirect(stream)) return false;
  if (actor.userId === target.userId || actor.role === 'owner') return true;
  return actor.role === 'admin' && target.role === 'member';
}

/** Only the owner may give roles, and never to themselves; a direct chat has none to give. [OP14] */
export function mayGiveRole(stream: ConversationId, actor: Actor, target: UserId): boolean {
  return !isDirect(stream) && actor.role === 'owner' && actor.userId !== target;
}

/**
 * Who becomes the owner when this one leaves: the admin who joined first or, without admins, the member who joined first; the
 * lower id wins if two joined at once. Members without `joinedAt`, whom the server has not confirmed yet, come last. [OP15]
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

/**
 * Somebody is a stranger to a person who has accepted no chat that they share. A chat that a stranger starts with the person, or
 * adds them to, is a request. [RQ1]
 */
export function isStranger(accepted: readonly ConversationId[], ofOther: ReadonlySet<ConversationId>): boolean {
  return accepted.every((conversation) => !ofOther.has(conversation));
}

/** An archived chat returns to the list with the first message after the archiving, unless it is muted. [OP17] */
export function isArchived(
  membership: Pick<MembershipRecord, 'archivedAt' | 'archivedSeq'> | undefined,
  lastSeq: number,
  isMuted: boolean,
): boolean {
  if (membership?.archivedAt === undefined) return false;
  const { archivedSeq } = membership;
  return isMuted || archivedSeq === undefined || lastSeq <= archivedSeq;
}
