import type { Reach } from '#server/streams/decision.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import type { StreamQueues } from './stream-queue.ts';

/** Answers from the queues' memory, and reads only where that is not enough. */
export function createReach(queues: StreamQueues, store: EntryStore): Reach {
  return {
    lastSeq(stream, wanted) {
      const known = queues.peek(stream)?.stored?.lastSeq ?? 0;
      return known > 0 && known >= wanted ? known : store.lastSeq(stream);
    },
    presentMembers: (stream) => queues.peek(stream)?.state?.present,
  };
}
