import { isDirect, type UserId } from '#protocol/ids.ts';
import type { ServerView } from './invariants.fixture.ts';

/** What requests must be in the end, in the views of all people together. They are strangers to each other at first. */
export function requestViolations(people: readonly UserId[], views: readonly ServerView[]): string[] {
  return views.flatMap(({ memberships, conversations }, at) =>
    [...memberships].flatMap(([stream, { isRequest }]) => {
      if (isRequest !== true) return [];
      const userId = people[at] as UserId;
      const { records = [], messages = [] } = conversations.get(stream) ?? {};
      const found: string[] = [];
      const isOwn = records.some((record) => record.type === 'conversation' && record.createdBy === userId);
      if (isOwn && isDirect(stream)) found.push(`[RQ1] ${userId} began ${stream}, which asks them`);
      // In a group they may have written before they left it.
      if (isDirect(stream) && messages.some(({ senderId }) => senderId === userId))
        found.push(`[RQ3] ${userId} has written into the request ${stream}`);
      for (const other of views)
        for (const record of other.conversations.get(stream)?.records ?? [])
          if (record.type === 'member' && record.userId === userId && (record.readSeq ?? record.deliveredSeq ?? 0) > 0)
            found.push(`[RQ2] a mark of ${userId} is shown in the request ${stream}`);
      return found;
    }),
  );
}
