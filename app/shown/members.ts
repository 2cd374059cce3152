import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MemberRecord, Role } from '#protocol/record.ts';
import { effective, type Queued } from './conversation.ts';

/** Somebody in a conversation as they are shown: with what waits in the outbox. */
export interface ShownMember {
  userId: UserId;
  /** Absent for somebody met only by id. */
  name?: string;
  role: Role;
  /** Absent while the server has not heard of it. */
  joinedAt?: string;
  waits?: 'add' | 'role';
}

interface Conversation {
  stream: ConversationId;
  begun?: { memberIds: readonly UserId[] };
}

/** Who is in it: owner, admins, members, each by name; with those who were added and without those removed here. */
export function shownMembers(
  conversation: Conversation,
  members: readonly MemberRecord[],
  outbox: readonly Queued[],
  self: UserId,
): ShownMember[] {
  const shown = new Map<UserId, ShownMember>();
  for (const { userId, name, role, joinedAt, leftAt } of members)
    if (leftAt === undefined) shown.set(userId, { userId, name, role, joinedAt });
  if (shown.size === 0) beginWith(shown, conversation, self);
  for (const { op } of effective(outbox, conversation.stream)) {
    if (op.kind === 'member.add')
      for (const userId of op.userIds)
        if (!shown.has(userId)) shown.set(userId, { userId, ...named(members, userId), role: 'member', waits: 'add' });
    if (op.kind === 'member.remove') shown.delete(op.userId);
    if (op.kind === 'member.role') giveRole(shown, op.userId, op.role, self);
  }
  return [...shown.values()].toSorted(
    (a, b) =>
      rank[a.role] - rank[b.role] || (a.name ?? '').localeCompare(b.name ?? '') || (a.userId < b.userId ? -1 : 1),
  );
}

const rank: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

/** A conversation made on this device, before the server's records of its members came. */
function beginWith(shown: Map<UserId, ShownMember>, { stream, begun }: Conversation, self: UserId): void {
  if (begun === undefined) return;
  const ownRole = isDirect(stream) ? 'member' : 'owner';
  for (const userId of [self, ...begun.memberIds])
    if (!shown.has(userId)) shown.set(userId, { userId, role: userId === self ? ownRole : 'member' });
}

function giveRole(shown: Map<UserId, ShownMember>, userId: UserId, role: Role, self: UserId): void {
  const member = shown.get(userId);
  if (member === undefined) return;
  shown.set(userId, { ...member, role, waits: member.waits ?? 'role' });
  const own = shown.get(self);
  // The ownership that is passed on leaves an admin behind. [OP14]
  if (role === 'owner' && own !== undefined) shown.set(self, { ...own, role: 'admin' });
}

function named(members: readonly MemberRecord[], userId: UserId): { name?: string } {
  const name = members.find((member) => member.userId === userId)?.name;
  return name === undefined ? {} : { name };
}
