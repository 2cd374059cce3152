import { isRetryable } from '#protocol/errors.ts';
import { type ConversationId, type UserId, isDirect, uuidV7 } from '#protocol/ids.ts';
import { StoreUnavailable } from './entry-store.ts';
import type { ConversationsOf } from './memberships-of.ts';
import type { Streams } from './streams.ts';

interface PersonDeletedParts {
  profileChanged: Streams['profileChanged'];
  conversationsOf: ConversationsOf;
  push: Streams['push'];
  now: () => number;
}

/** Rejects where something is left to do; a second call does only that. [AC2] */
export function createPersonDeleted(parts: PersonDeletedParts): Streams['personDeleted'] {
  const { profileChanged, conversationsOf, push, now } = parts;
  const newId = () => uuidV7(now(), crypto.getRandomValues(new Uint8Array(10)));

  async function leave(userId: UserId, stream: ConversationId): Promise<void> {
    const forgotten = { id: newId(), kind: 'membership.update', stream, draft: null };
    const left = isDirect(stream) ? [] : [{ id: newId(), kind: 'member.remove', stream, userId }];
    const answer = await push({ userId }, { ops: [forgotten, ...left] });
    const results = 'error' in answer ? [{ ok: false as const, error: answer.error }] : answer.results;
    // What is refused for good, such as leaving a group that is gone, needs no second try.
    if (results.some((result) => !result.ok && isRetryable(result.error.code)))
      throw new StoreUnavailable('a deleted person could not leave every group');
  }

  return async (userId) => {
    await profileChanged(userId);
    for (const stream of await conversationsOf(userId)) await leave(userId, stream);
  };
}
