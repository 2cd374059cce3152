import type { StreamId } from '#protocol/ids.ts';
import type { FollowerStore, Lease } from './follower-store.ts';

/** For tests and the simulation. */
export function createMemoryFollowerStore(): FollowerStore {
  const cursors = new Map<string, Map<StreamId, number>>();
  const leases = new Map<string, Lease>();
  const of = (consumer: string) => {
    const known = cursors.get(consumer) ?? new Map<StreamId, number>();
    cursors.set(consumer, known);
    return known;
  };
  return {
    async cursors(consumer, streams) {
      const known = of(consumer);
      return new Map(
        streams.flatMap((stream): [StreamId, number][] => {
          const rev = known.get(stream);
          return rev === undefined ? [] : [[stream, rev]];
        }),
      );
    },
    async saveCursors(consumer, saved) {
      const known = of(consumer);
      for (const [stream, rev] of saved) known.set(stream, Math.max(rev, known.get(stream) ?? 0));
    },
    lease: async (consumer) => leases.get(consumer),
    async replaceLease(consumer, before, after) {
      const present = leases.get(consumer);
      if (present?.holder !== before?.holder || present?.beat !== before?.beat) return false;
      leases.set(consumer, after);
      return true;
    },
  };
}
