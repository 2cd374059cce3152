import { rulesOf } from '#app/ops/registry.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import { sortedByName } from '#protocol/fold.ts';
import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MemberRecord, MembershipRecord, Role } from '#protocol/record.ts';
import { stillEffective, type Queued } from './conversation.ts';

interface Conversation {
  stream: ConversationId;
  creation?: { memberIds: readonly UserId[] };
}

/** Who is in a conversation, with the queued changes: owner, admins, members, each group by name. */
export function shownMembers(
  conversation: Conversation,
  records: readonly MemberRecord[],
  outbox: readonly Queued[],
  self: UserId,
): ShownMember[] {
  let members: ShownMember[] = records
    .filter(({ leftAt }) => leftAt === undefined)
    .map(({ userId, name, role, joinedAt }) => ({ userId, name, role, joinedAt }));
  if (members.length === 0) members = createdWith(conversation, self);
  for (const { op, queuedAt } of stillEffective(outbox, conversation.stream))
    members = rulesOf(op).overMembers?.(members, op, { self, at: queuedAt }) ?? members;
  // A person who has left and is added again keeps the name of their old record.
  const names = new Map(records.map(({ userId, name }) => [userId, name]));
  const named = members
    .map((member) => {
      const name = member.name ?? names.get(member.userId);
      return name === undefined ? member : { ...member, name };
    })
    .toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
  return sortedByName(named, ({ name }) => name ?? '').toSorted((a, b) => rank[a.role] - rank[b.role]);
}

const rank: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

/** The members of a conversation created on this device, until the server's records arrive. */
function createdWith({ stream, creation }: Conversation, self: UserId): ShownMember[] {
  if (creation === undefined) return [];
  const others = creation.memberIds.filter((userId) => userId !== self);
  return [
    { userId: self, role: isDirect(stream) ? 'member' : 'owner' },
    ...[...new Set(others)].map((userId) => ({ userId, role: 'member' as const })),
  ];
}

/** The person's own role; undefined after they have left. In a chat that does not exist yet they are a member. */
export function ownRole(
  membership: MembershipRecord | undefined,
  members: readonly ShownMember[],
  self: UserId,
): Role | undefined {
  if (membership?.leftAt !== undefined) return undefined;
  return members.find(({ userId }) => userId === self)?.role ?? membership?.role ?? 'member';
}
