import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Reader } from './announcement.ts';
import type { EntryStore } from './entry-store.ts';
import { held } from './entry.ts';
import { readerOf } from './stream-state.ts';

/** The readers, and the rev of the last membership change. */
export type ReadersOf = (stream: ConversationId) => Promise<{ readers: Reader[]; membershipRev: number }>;

/** Who may read a stream, read from the store because every cache may be stale. [RA1] */
export function createReadersOf(store: EntryStore): ReadersOf {
  return async (stream) => {
    const newest = new Map<UserId, { reader: Reader; rev: number; isPresent: boolean }>();
    let membershipRev = 0;
    for (const entry of await store.current(stream, ['member'])) {
      const version = held(entry);
      if (version?.record.type !== 'member') continue;
      const { userId, rev, leftAt } = version.record;
      membershipRev = Math.max(membershipRev, version.hidden.membershipRev ?? 0);
      if (rev > (newest.get(userId)?.rev ?? 0))
        newest.set(userId, { reader: readerOf(userId, version.hidden), rev, isPresent: leftAt === undefined });
    }
    const readers = [...newest.values()].flatMap(({ reader, isPresent }) => (isPresent ? [reader] : []));
    return { readers, membershipRev };
  };
}
