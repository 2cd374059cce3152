import type { StreamId } from '#protocol/ids.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import type { FollowerStore } from '#server/followers/follower-store.ts';
import { createMemoryFollowerStore } from '#server/followers/memory-follower-store.ts';
import { startFollowers } from '#server/followers/start-followers.ts';
import { type Delivery, faultsIn } from '#server/followers/testing/recorder.fixture.ts';
import { type Batch, type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { isMarker } from '#server/streams/entry.ts';
import type { MemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import type { Streams } from '#server/streams/streams.ts';

/** Plants a defect in a consumer, or between a consumer and its follower. */
export type ConsumerFault = (consumer: Consumer) => Consumer;

interface FollowingParts {
  memory: MemoryEntryStore;
  pause(most: number): Promise<void>;
  /** Whether this call fails. */
  fails(): boolean;
  fault: ConsumerFault;
  onDefect(error: unknown): void;
}

/** One consumer whose notes outlive every process; each process runs its follower until the process dies. */
export function createFollowing({ memory, pause, fails, fault, onDefect }: FollowingParts) {
  const followerStore = createMemoryFollowerStore();
  const deliveries: Delivery[] = [];

  function seenBy(process: { isDead: boolean }): FollowerStore {
    const reached = async <T>(call: () => Promise<T>): Promise<T> => {
      await pause(2);
      if (process.isDead || fails()) throw new StoreUnavailable('dead or away');
      const result = await call();
      await pause(1);
      if (process.isDead || fails()) throw new StoreUnavailable('the answer is lost');
      return result;
    };
    return {
      cursors: (...asked) => reached(() => followerStore.cursors(...asked)),
      saveCursors: (...asked) => reached(() => followerStore.saveCursors(...asked)),
      lease: (consumer) => reached(() => followerStore.lease(consumer)),
      replaceLease: (...asked) => reached(() => followerStore.replaceLease(...asked)),
    };
  }

  return {
    consumers: ['recorder'],
    start(process: { isDead: boolean }, entries: EntryStore, { batches }: Pick<Streams, 'batches'>) {
      const recorder: Consumer = {
        name: 'recorder',
        from: 'now',
        async handle(stream, handled) {
          await pause(3);
          if (process.isDead || fails()) throw new Error('stumbled');
          deliveries.push({ stream, revs: handled.map(({ rev }) => rev) });
          await pause(2);
          if (process.isDead || fails()) throw new Error('stumbled afterwards');
        },
      };
      return startFollowers({
        consumers: [fault(recorder)],
        entries,
        store: seenBy(process),
        batches,
        timing: {
          gatherMs: 0,
          pollMs: 4,
          pollSharedMs: 4,
          saveMs: 2,
          retryMs: 1,
          maxRetryMs: 4,
          leaseMs: 30,
          closeMs: 5,
        },
        onFailure: () => undefined,
        onDefect,
      });
    },
    deliveries: () => deliveries.length,
    /** What the consumer missed or got too early, and batches that should be settled. */
    faults(): string[] {
      const heads = new Map<StreamId, number>();
      for (const one of memory.dump())
        if (!isMarker(one)) heads.set(one.stream, Math.max(one.rev, heads.get(one.stream) ?? 0));
      const isWhole = ({ moves }: Batch) => moves.every(({ stream, head }) => (heads.get(stream) ?? 0) >= head);
      const open = memory.batches().filter(isWhole);
      return [
        ...faultsIn(deliveries, heads),
        ...open.map(({ id, consumers }) => `${id} still waits for ${consumers.join(', ')}`),
      ];
    },
  };
}
