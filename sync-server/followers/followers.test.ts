import { describe, expect, it } from 'vitest';
import type { StreamId } from '#protocol/ids.ts';
import { type MemoryEntryStore, createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { isMarker } from '#server/streams/entry.ts';
import { messageEntry } from '#server/streams/testing/entry.fixture.ts';
import { newGroup, nextId, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob } from '#server/streams/testing/people.fixture.ts';
import { createWorld, until, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';
import type { Consumer } from './consumer.ts';
import { createMemoryFollowerStore } from './memory-follower-store.ts';
import { startFollowers } from './start-followers.ts';
import { createRecorder, faultsIn } from './testing/recorder.fixture.ts';
import type { Timing } from './timing.ts';

const quick: Partial<Timing> = {
  gatherMs: 0,
  pollMs: 5,
  pollSharedMs: 5,
  saveMs: 2,
  retryMs: 2,
  maxRetryMs: 8,
  leaseMs: 60,
  closeMs: 20,
};

/** Streams over a store, and their followers. */
async function opened(
  store: MemoryEntryStore,
  consumers: readonly Consumer[],
  timing: Partial<Timing> = {},
  followerStore = createMemoryFollowerStore(),
) {
  const world = await createWorld({ store, consumers: consumers.map(({ name }) => name) });
  const failures: string[] = [];
  const followers = startFollowers({
    consumers,
    entries: store,
    store: followerStore,
    batches: world.streams.batches,
    timing: { ...quick, ...timing },
    onFailure: (error, consumer) => failures.push(`${consumer}: ${String(error)}`),
    onDefect: (error) => world.defects.push(error),
  });
  return {
    world,
    failures,
    followers,
    followerStore,
    async close() {
      await followers.close();
      await world.streams.close();
      expect(world.defects).toEqual([]);
    },
  };
}

function headsIn(store: MemoryEntryStore): Map<StreamId, number> {
  const heads = new Map<StreamId, number>();
  for (const one of store.dump())
    if (!isMarker(one)) heads.set(one.stream, Math.max(one.rev, heads.get(one.stream) ?? 0));
  return heads;
}

describe('followers', () => {
  it('bring every entry of every stream to every consumer in rev order, and settle the batches', async () => {
    const store = createMemoryEntryStore();
    const [push, search] = [createRecorder('push'), createRecorder('search')];
    const { world, close } = await opened(store, [push, search]);
    const [direct, group] = [await withDirect(world), await withGroup(world, bob)];
    await Promise.all(
      Array.from({ length: 60 }, (_, at) => world.ok(at % 2 ? ann : bob, op.send(at % 3 ? direct : group, `${at}`))),
    );
    const heads = headsIn(store);
    await until(() => [push, search].every(({ deliveries }) => faultsIn(deliveries, heads).length === 0));
    await close();
    expect([...faultsIn(push.deliveries, heads), ...faultsIn(search.deliveries, heads)]).toEqual([]);
    expect(store.batches()).toEqual([]);
  });

  it('a consumer that throws gets the same entries again, and neither acknowledgements nor other consumers wait', async () => {
    const store = createMemoryEntryStore();
    let left = 5;
    const bad = createRecorder('bad', () => {
      if (left-- > 0) throw new Error('not now');
    });
    const good = createRecorder('good');
    const { world, failures, close } = await opened(store, [bad, good]);
    await withDirect(world);
    const heads = headsIn(store);
    await until(() => [bad, good].every(({ deliveries }) => faultsIn(deliveries, heads).length === 0));
    expect(new Set(failures)).toEqual(new Set(['bad: Error: not now']));
    await close();
  });

  it('a consumer that fails at one stream still gets the others', async () => {
    const store = createMemoryEntryStore();
    const poisoned = newGroup();
    const consumer = createRecorder('push', (stream) => {
      if (stream === poisoned) throw new Error('poison');
    });
    const { world, close } = await opened(store, [consumer]);
    await world.ok(ann, op.create(poisoned, [bob]));
    const direct = await withDirect(world);
    for (let n = 0; n < 20; n++) await world.ok(ann, op.send(n % 2 ? direct : poisoned, `${n}`));
    await until(() => consumer.deliveries.some(({ stream, revs }) => stream === direct && revs.includes(13)));
    await close();
    expect(store.batches().every(({ consumers }) => consumers.includes('push'))).toBe(true);
    // The next start delivers the rest.
    const next = createRecorder('push');
    const again = await opened(store, [next]);
    await until(() => next.deliveries.some(({ stream, revs }) => stream === poisoned && revs.includes(13)));
    await again.close();
  });

  it('a consumer that never answers delays nobody else, and a call that takes too long is repeated', async () => {
    const store = createMemoryEntryStore();
    let calls = 0;
    const hanging = createRecorder('hanging', () => (calls++ === 0 ? new Promise<void>(() => undefined) : undefined));
    const good = createRecorder('good');
    const { world, failures, close } = await opened(store, [hanging, good], { handleMs: 30 });
    const direct = await withDirect(world);
    for (let n = 0; n < 10; n++) await world.ok(ann, op.send(direct, `${n}`));
    const heads = headsIn(store);
    await until(() => [hanging, good].every(({ deliveries }) => faultsIn(deliveries, heads).length === 0));
    expect(failures).toContain('hanging: Error: no answer within 30 ms');
    await close();
  });

  it('a close does not wait for a consumer that never answers', async () => {
    const store = createMemoryEntryStore();
    const hanging = createRecorder('hanging', () => new Promise<void>(() => undefined));
    const { world, close } = await opened(store, [hanging]);
    await withDirect(world);
    await close();
    expect(hanging.deliveries).toEqual([]);
  });

  it('entries gather before they are handled, an acknowledgement does not wait for that, and neither does a close', async () => {
    const store = createMemoryEntryStore();
    const never = createRecorder('push');
    const { world, close } = await opened(store, [never], { gatherMs: 100_000_000 });
    const direct = await withDirect(world);
    for (let n = 0; n < 10; n++) await world.ok(ann, op.send(direct, `${n}`));
    await close();
    expect(never.deliveries).toEqual([]);
    const push = createRecorder('push');
    const again = await opened(store, [push]);
    const heads = headsIn(store);
    await until(() => faultsIn(push.deliveries, heads).length === 0);
    await again.close();
    expect(push.deliveries.filter(({ stream }) => stream === direct)).toHaveLength(1);
  });

  it('a consumer starts at the first entry appended since it was registered, or at the beginning of a stream that moves', async () => {
    const store = createMemoryEntryStore();
    const before = await createWorld({ store });
    const direct = await withDirect(before);
    for (let n = 0; n < 5; n++) await before.ok(ann, op.send(direct, `${n}`));
    await before.streams.close();
    const [now, all] = [createRecorder('now'), createRecorder('all', undefined, 'beginning')];
    const { world, close } = await opened(store, [now, all]);
    const { rev } = await world.ok(ann, op.send(direct, 'news'));
    const revsOf = ({ deliveries }: typeof now) =>
      deliveries.filter(({ stream }) => stream === direct).flatMap(({ revs }) => revs);
    await until(() => revsOf(all).includes(rev) && revsOf(now).includes(rev));
    await close();
    expect(revsOf(now)).toEqual([rev]);
    expect(revsOf(all)).toEqual(Array.from({ length: rev }, (_, at) => at + 1));
  });

  it('a consumer from the beginning gets the streams that existed before it once, and failed ones again', async () => {
    const store = createMemoryEntryStore();
    const followerStore = createMemoryFollowerStore();
    const before = await createWorld({ store });
    for (let count = 0; count < 230; count++) await withGroup(before);
    await before.streams.close();
    const heads = headsIn(store);
    let failures = 1;
    const search = createRecorder(
      'search',
      () => {
        if (failures-- > 0) throw new Error('not now');
      },
      'beginning',
    );
    const first = await opened(store, [search], {}, followerStore);
    await until(() => faultsIn(search.deliveries, heads).length === 0);
    await until(async () => (await followerStore.cursors('search', ['backfilled' as StreamId])).size === 1);
    await first.close();
    const stored = [...heads.values()].reduce((sum, head) => sum + head, 0);
    expect(search.deliveries.flatMap(({ revs }) => revs)).toHaveLength(stored);
    const again = createRecorder('search', undefined, 'beginning');
    const second = await opened(store, [again], {}, followerStore);
    await withDirect(second.world);
    await until(() => again.deliveries.length > 0);
    await second.close();
    expect(again.deliveries.filter(({ stream }) => heads.get(stream) === 2)).toEqual([]);
  });

  it('entries that exceed the memory limit are read from the store', async () => {
    const store = createMemoryEntryStore();
    let isHeld = true;
    const slow = createRecorder('slow', async () => until(() => !isHeld));
    const { world, close } = await opened(store, [slow], { pollMs: 1e6 });
    const direct = await withDirect(world);
    const text = 'x'.repeat(8_000);
    for (let n = 0; n < 700; n++) await world.ok(ann, op.send(direct, text));
    isHeld = false;
    const heads = headsIn(store);
    await until(() => faultsIn(slow.deliveries, heads).length === 0);
    await close();
    expect(slow.deliveries.length).toBeGreaterThan(1);
  });

  it('looking for batches that were not announced does not read what waits in memory', async () => {
    const store = createMemoryEntryStore();
    let isHeld = false;
    const slow = createRecorder('slow', async () => until(() => !isHeld));
    const pollMs = 5;
    const { world, close } = await opened(store, [slow], { pollMs });
    const direct = await withDirect(world);
    await until(() => faultsIn(slow.deliveries, headsIn(store)).length === 0);
    let reads = 0;
    const { log } = store;
    store.log = (...given) => {
      reads += 1;
      return log(...given);
    };
    isHeld = true;
    for (let n = 0; n < 10; n++) await world.ok(ann, op.send(direct, `${n}`));
    let polls = 0;
    const timer = setInterval(() => (polls += 1), pollMs);
    await until(() => polls > 2);
    clearInterval(timer);
    isHeld = false;
    await until(() => faultsIn(slow.deliveries, headsIn(store)).length === 0);
    expect(reads).toBe(0);
    await close();
  });

  it('one of two servers works for a consumer, and when it is killed the other takes over with nothing lost', async () => {
    const store = createMemoryEntryStore({ isShared: true });
    const followerStore = createMemoryFollowerStore();
    const [first, second] = [createRecorder('push'), createRecorder('push')];
    let isKilled = false;
    const dying = new Proxy(followerStore, {
      get: (target, name: keyof typeof followerStore) =>
        isKilled ? () => new Promise(() => undefined) : target[name].bind(target),
    });
    const one = await opened(store, [first], {}, dying);
    const direct = await withDirect(one.world);
    await until(() => faultsIn(first.deliveries, headsIn(store)).length === 0);
    const two = await opened(store, [second], {}, followerStore);
    for (let n = 0; n < 10; n++) await (n % 2 ? one : two).world.ok(ann, op.send(direct, `${n}`));
    await until(() => faultsIn(first.deliveries, headsIn(store)).length === 0);
    expect(second.deliveries).toEqual([]);
    isKilled = true;
    for (let n = 0; n < 10; n++) await two.world.ok(ann, op.send(direct, `later ${n}`));
    await until(() => second.deliveries.some(({ revs }) => revs.includes(23)));
    const seen = new Set(
      [...first.deliveries, ...second.deliveries].filter(({ stream }) => stream === direct).flatMap(({ revs }) => revs),
    );
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, at) => at + 1));
    await one.followers.close();
    await one.world.streams.close();
    await two.close();
  });

  it('a released lease is taken over without a wait', async () => {
    const store = createMemoryEntryStore({ isShared: true });
    const followerStore = createMemoryFollowerStore();
    const [first, second] = [createRecorder('push'), createRecorder('push')];
    const one = await opened(store, [first], {}, followerStore);
    await withDirect(one.world);
    await until(() => faultsIn(first.deliveries, headsIn(store)).length === 0);
    await one.close();
    // Nobody would take over a lease that is held for hours.
    const two = await opened(store, [second], { leaseMs: 100_000_000 }, followerStore);
    const direct = await two.world.ok(ann, op.create(newGroup(), [bob]));
    await until(() => second.deliveries.some(({ stream }) => stream === direct.stream));
    await two.close();
    expect(second.deliveries[0]?.revs[0]).toBe(1);
  });

  it('a batch whose entries never became durable is given up, and later entries still come', async () => {
    const store = createMemoryEntryStore();
    const stream = newGroup();
    const lost = { stream, prev: 1, head: 3, messageAt: 0 };
    await store.insert([messageEntry(stream, 1)], {
      id: `batch/${nextId()}`,
      moves: [{ stream, prev: 0, head: 1, messageAt: 0 }],
      consumers: ['push'],
    });
    await store.insert([], { id: `batch/${nextId()}`, moves: [lost], consumers: ['push'] });
    const push = createRecorder('push');
    const { close } = await opened(store, [push], { giveUpMs: 20 });
    await until(() => store.batches().length === 0);
    expect(push.deliveries).toEqual([{ stream, revs: [1] }]);
    await store.insert([messageEntry(stream, 2)], {
      id: `batch/${nextId()}`,
      moves: [{ stream, prev: 1, head: 2, messageAt: 0 }],
      consumers: ['push'],
    });
    await until(() => push.deliveries.length === 2);
    expect(push.deliveries[1]).toEqual({ stream, revs: [2] });
    await close();
  });
});
