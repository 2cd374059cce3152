import type { Batches } from '#server/streams/batches.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import type { Consumer } from './consumer.ts';
import { Follower, type FollowerParts } from './follower.ts';
import type { FollowerStore } from './follower-store.ts';
import { type Timing, defaultTiming } from './timing.ts';

export interface FollowersParts {
  consumers: readonly Consumer[];
  entries: Pick<EntryStore, 'log' | 'batchesFor' | 'streamsFrom' | 'isShared'>;
  store: FollowerStore;
  /** Must know the names of all consumers. */
  batches: Pick<Batches, 'isWaiting' | 'settled' | 'listen'>;
  timing?: Partial<Timing>;
  onFailure: FollowerParts['onFailure'];
  onDefect: FollowerParts['onDefect'];
}

/** Starts one follower per consumer. None waits for another, and no append waits for any of them. */
export function startFollowers({ consumers, timing, ...parts }: FollowersParts): { close(): Promise<void> } {
  const holder = crypto.randomUUID();
  const followers = consumers.map(
    (consumer) => new Follower({ ...parts, consumer, holder, timing: { ...defaultTiming, ...timing } }),
  );
  if (followers.length > 0)
    parts.batches.listen((stored) => {
      let bytes = 0;
      for (const { body } of stored?.entries ?? []) bytes += body?.length ?? 0;
      for (const follower of followers) follower.wake(stored, bytes);
    });
  return {
    async close() {
      await Promise.all(followers.map((follower) => follower.close()));
    },
  };
}
