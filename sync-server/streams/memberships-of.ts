import { type ConversationId, type UserId, personalStream } from '#protocol/ids.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, held } from './entry.ts';

/** The conversations of a person, as their own stream has them now. */
export type MembershipsOf = (userId: UserId) => Promise<Memberships>;
/** Those that they are a member of now. */
export type ConversationsOf = (userId: UserId) => Promise<readonly ConversationId[]>;

export interface Memberships {
  readonly present: readonly ConversationId[];
  /** Those of them that are not requests. [RQ1] */
  readonly accepted: readonly ConversationId[];
  readonly left: readonly ConversationId[];
}

interface Known {
  /** The tail of the person's own stream, read before `newest` was. */
  rev: number;
  newest: Map<ConversationId, { rev: number; isPresent: boolean; isRequest: boolean }>;
  memberships: Memberships | undefined;
}

/** Conversation names cached over all people: enough for 4,000 people with 50 conversations each. */
const MAX_NAMES = 200_000;
/** Up to this many new entries are applied one by one; after a longer absence the whole list is read again. */
const MAX_STEPS = 500;

/**
 * Reading a list of a thousand conversations is most of the cost of a pull, and the list rarely changes. It is cached, and
 * each call reads only the entries that the person's own stream has got since, so the answer is never older than the call.
 */
export function createMembershipsOf(store: EntryStore): MembershipsOf {
  const people = new Map<UserId, Known>();
  let names = 0;

  async function updated(userId: UserId): Promise<Known> {
    const own = personalStream(userId);
    const before = people.get(userId);
    const rev = (await store.tail(own))?.rev ?? 0;
    if (before?.rev === rev) return before;
    if (before !== undefined && before.rev < rev) {
      const steps = await store.feed(own, before.rev, MAX_STEPS);
      if (steps.length < MAX_STEPS) {
        const { newest } = before;
        const size = newest.size;
        take(steps, newest);
        if (people.get(userId) === before) names += newest.size - size;
        // Another call may have read a later tail meanwhile, and what it applied is never undone.
        before.rev = Math.max(before.rev, rev);
        before.memberships = undefined;
        return before;
      }
    }
    const newest: Known['newest'] = new Map();
    take(await store.current(own, ['membership']), newest);
    return { rev, newest, memberships: undefined };
  }

  function keep(userId: UserId, known: Known): void {
    drop(userId);
    people.set(userId, known);
    names += known.newest.size + 1;
    for (const longestUnused of people.keys()) {
      if (names <= MAX_NAMES) break;
      drop(longestUnused);
    }
  }

  function drop(userId: UserId): void {
    const known = people.get(userId);
    if (known === undefined) return;
    names -= known.newest.size + 1;
    people.delete(userId);
  }

  return async (userId) => {
    const known = await updated(userId);
    keep(userId, known);
    known.memberships ??= listed(known.newest);
    return known.memberships;
  };
}

function listed(newest: Known['newest']): Memberships {
  const [present, left]: [ConversationId[], ConversationId[]] = [[], []];
  for (const [conversation, { isPresent }] of newest) (isPresent ? present : left).push(conversation);
  const accepted = present.filter((conversation) => newest.get(conversation)?.isRequest !== true);
  // If there are no requests, one list serves as both, which halves the memory.
  return { present, accepted: accepted.length === present.length ? present : accepted, left };
}

/** Keeps the higher of two versions of a membership. */
function take(entries: readonly Entry[], newest: Known['newest']): void {
  for (const entry of entries) {
    const record = entry.type === 'membership' ? held(entry)?.record : undefined;
    if (record?.type !== 'membership') continue;
    const { conversation, rev, leftAt, isRequest = false } = record;
    if (rev > (newest.get(conversation)?.rev ?? 0))
      newest.set(conversation, { rev, isPresent: leftAt === undefined, isRequest });
  }
}
