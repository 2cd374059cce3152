import { isRetryable } from '#protocol/errors.ts';
import { type ConversationId, type UserId, isDirect, uuidV7 } from '#protocol/ids.ts';
import { StoreUnavailable } from './entry-store.ts';
import type { ConversationsOf } from './memberships-of.ts';
import type { StreamReads } from './stream-reads.ts';
import type { Streams } from './streams.ts';

interface PersonDeletedParts {
  profileChanged: Streams['profileChanged'];
  conversationsOf: ConversationsOf;
  scheduledOf: StreamReads['scheduledOf'];
  push: Streams['push'];
  now: () => number;
}

/** Rejects if something is left to do; a second call does only the rest. [AC2] */
export function createPersonDeleted(parts: PersonDeletedParts): Streams['personDeleted'] {
  const { profileChanged, conversationsOf, scheduledOf, push, now } = parts;
  const newId = () => uuidV7(now(), crypto.getRandomValues(new Uint8Array(10)));

  async function pushAll(userId: UserId, ops: readonly object[]): Promise<void> {
    const answer = await push({ userId }, { ops });
    const results = 'error' in answer ? [{ ok: false as const, error: answer.error }] : answer.results;
    // An op that would always be refused, such as leaving a group that is gone, is not tried again.
    if (results.some((result) => !result.ok && isRetryable(result.error.code)))
      throw new StoreUnavailable('a deleted person could not leave every group');
  }

  async function leave(userId: UserId, stream: ConversationId): Promise<void> {
    const forgotten = { id: newId(), kind: 'membership.update', stream, draft: null };
    const left = isDirect(stream) ? [] : [{ id: newId(), kind: 'member.remove', stream, userId }];
    await pushAll(userId, [forgotten, ...left]);
  }

  return async (userId) => {
    await profileChanged(userId);
    for (const { id: scheduledId, conversation: stream } of await scheduledOf(userId))
      await pushAll(userId, [{ id: newId(), kind: 'scheduled.cancel', stream, scheduledId }]);
    for (const stream of await conversationsOf(userId)) await leave(userId, stream);
  };
}
