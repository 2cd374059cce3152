import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { KnownRecord, MemberRecord, MembershipRecord, MessageRecord } from '#protocol/record.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import type { Entry } from '#server/streams/entry.ts';

interface Asked {
  stored: readonly Entry[];
  /** The current records. */
  current: ReadonlyMap<string, KnownRecord>;
  members: readonly MemberRecord[];
  messages: readonly MessageRecord[];
  /** The ops by which people accepted a chat that a stranger had started. */
  accepts: readonly { id: OpId; user: UserId; stream: ConversationId }[];
  /** A person to whom the one who starts all chats is a stranger. They are never added again, so it is known what they have done. */
  stays: UserId;
}

/** What a step reveals, when it is stored, about somebody who has not accepted the chat yet. [RQ2] */
export function marksOfRequests(batch: readonly Announcement[]): string[] {
  return batch.flatMap(({ stream, records, readers }) => {
    const asked = new Set(readers.flatMap(({ userId, isRequest }) => (isRequest === true ? [userId] : [])));
    return records.flatMap((record) => {
      if (record.type !== 'member' || !asked.has(record.userId)) return [];
      const mark = record.readSeq ?? record.deliveredSeq ?? 0;
      return mark > 0 ? [`[RQ2] a mark of ${record.userId} is shown in ${stream}`] : [];
    });
  });
}

/** The personal stream and the conversation agree with each other and with what people did. [RQ1] [RQ3] */
export function checkRequests({ stored, current, members, messages, accepts, stays }: Asked) {
  const violations: string[] = [];
  let acceptances = 0;
  for (const { userId, stream, leftAt, id } of members) {
    const { isRequest = false, joinedRev = 0 } = stored.find((entry) => entry.current && entry.id === id) ?? {};
    const own = current.get(`u:${userId}/${stream}`) as MembershipRecord | undefined;
    if (leftAt !== undefined) {
      if (own?.isRequest === true) violations.push(`[RQ3] ${userId} has left ${stream}, which asks them`);
      continue;
    }
    if ((own?.isRequest === true) !== isRequest)
      violations.push(`[RQ3] ${stream} and ${userId} disagree about a request`);
    const written = messages.filter((each) => each.stream === stream && each.senderId === userId);
    const hasWritten = stored.some(
      (entry) => entry.isFirst && entry.rev > joinedRev && written.some((each) => each.id === entry.id && !each.event),
    );
    if (isRequest && hasWritten) violations.push(`[RQ3] ${userId} has written into a request ${stream}`);
    if (userId !== stays) continue;
    const hasAccepted = accepts.some(
      (each) => each.user === userId && each.stream === stream && stored.some((entry) => entry._id === each.id),
    );
    if (hasAccepted) acceptances++;
    if (isRequest === (hasAccepted || hasWritten))
      violations.push(`[RQ1] ${stream} is ${isRequest ? 'a' : 'no'} request`);
  }
  return { violations, acceptances };
}
