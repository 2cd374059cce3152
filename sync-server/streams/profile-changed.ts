import type { AppendOwn } from './append/task.ts';
import type { ConversationsOf } from './memberships-of.ts';
import { StoreUnavailable } from './entry-store.ts';
import { renamed } from './ops/members.ts';
import type { People } from './people.ts';
import type { Streams } from './streams.ts';

interface ProfileChangedParts {
  people: People;
  conversationsOf: ConversationsOf;
  appendOwn: AppendOwn;
}

/** Copies a person's changed name or picture into the member records of all their conversations. [RC5] */
export function createProfileChanged({
  people,
  conversationsOf,
  appendOwn,
}: ProfileChangedParts): Streams['profileChanged'] {
  return async (userId) => {
    const profile = (await people.find([userId])).get(userId);
    if (profile === undefined) return;
    const streams = await conversationsOf(userId);
    const outcomes = await Promise.all(
      streams.map((stream) => appendOwn({ stream, user: userId, rule: renamed, input: profile })),
    );
    if (!outcomes.every(({ ok }) => ok)) throw new StoreUnavailable('not every record could be written');
  };
}
