import { type ConversationId, type UserId, memberRecordId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import type { Draft, Scene } from '#server/streams/decision.ts';
import { type Profile, profileFields } from '#server/streams/people.ts';

/** A person who joins, or joins again: their marks and first readable seq are set anew. `isRequest`: a stranger added them. [RQ1] */
export function newcomer(
  stream: ConversationId,
  userId: UserId,
  role: Role,
  profiles: Map<UserId, Profile>,
  { now, state }: Scene,
  fromSeq: number,
  startSeq: number,
  isRequest = false,
): Draft {
  const profile = profiles.get(userId) ?? { name: '' };
  return {
    record: {
      type: 'member',
      id: memberRecordId(stream, userId),
      stream,
      userId,
      ...profileFields(profile),
      role,
      joinedAt: now,
    },
    replaces: state.members.get(userId),
    hidden: isRequest ? { fromSeq, isRequest } : { fromSeq },
    roster: { joins: true, fromSeq },
    projects: { startSeq },
  };
}
