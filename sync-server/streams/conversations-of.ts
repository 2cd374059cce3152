import { type ConversationId, type UserId, personalStream } from '#protocol/ids.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, held } from './entry.ts';

/** The conversations that somebody is a present member of, as his own stream says now. */
export type ConversationsOf = (userId: UserId) => Promise<readonly ConversationId[]>;

interface Known {
  /** The own stream's tail, read before what is known was. */
  rev: number;
  newest: Map<ConversationId, { rev: number; isPresent: boolean }>;
  present: readonly ConversationId[] | undefined;
}

/** Names kept in all: of 4,000 people with 50 conversations each. */
const MAX_NAMES = 200_000;
/** So many steps are read one by one; after a longer absence everything is read again. */
const MAX_STEPS = 500;

/**
 * A list of a thousand conversations is most of what a pull costs, and it rarely changes: it is kept, and each time only
 * what the own stream got since is read, so it is never older than the question.
 */
export function createConversationsOf(store: EntryStore): ConversationsOf {
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
        // Another question may have been answered meanwhile, from a later tail: what is taken is never taken back.
        before.rev = Math.max(before.rev, rev);
        before.present = undefined;
        return before;
      }
    }
    const newest: Known['newest'] = new Map();
    take(await store.current(own, ['membership']), newest);
    return { rev, newest, present: undefined };
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
    known.present ??= [...known.newest].flatMap(([conversation, { isPresent }]) => (isPresent ? [conversation] : []));
    return known.present;
  };
}

/** Of two versions of a membership the higher one stays. */
function take(entries: readonly Entry[], newest: Known['newest']): void {
  for (const entry of entries) {
    const record = entry.type === 'membership' ? held(entry)?.record : undefined;
    if (record?.type !== 'membership') continue;
    const { conversation, rev, leftAt } = record;
    if (rev > (newest.get(conversation)?.rev ?? 0)) newest.set(conversation, { rev, isPresent: leftAt === undefined });
  }
}
