import { describe, expect, it } from 'vitest';
import type { StreamId } from '#protocol/ids.ts';
import { Batches, type BatchesOptions } from './batches.ts';
import { StoreUnavailable } from './entry-store.ts';
import { type MemoryEntryStore, createMemoryEntryStore } from './memory-entry-store.ts';
import { messageEntry } from './testing/entry.fixture.ts';
import { newGroup, nextId } from './testing/op.fixture.ts';
import { until } from './testing/world.fixture.ts';

const move = (stream: StreamId, head: number) => ({ stream, prev: head - 1, head, messageAt: 10 * head });

function opened(store: MemoryEntryStore, more: Partial<BatchesOptions> = {}) {
  const defects: unknown[] = [];
  const batches = new Batches({
    store,
    settleEveryMs: 1,
    newId: nextId,
    onDefect: (error) => defects.push(error),
    ...more,
  });
  return Object.assign(batches, { defects });
}

describe('batches', () => {
  it('a hint is known before the entries can be read, and stored soon after', async () => {
    const store = createMemoryEntryStore();
    const batches = opened(store);
    const stream = newGroup();
    const written = batches.insert([messageEntry(stream, 1)], [move(stream, 1)]);
    expect(await batches.hints([stream, newGroup()])).toEqual(new Map([[stream, { head: 1, messageAt: 10 }]]));
    expect(await written).toEqual({ written: 1 });
    await until(() => store.batches().length === 0);
    expect(await store.hints([stream])).toEqual(new Map([[stream, { head: 1, messageAt: 10 }]]));
    expect(batches.defects).toEqual([]);
  });

  it('a process that is killed before it stores the hint leaves a batch, from which the hint is raised later', async () => {
    const store = createMemoryEntryStore();
    const stream = newGroup();
    await opened(store, { settleEveryMs: 1e9 }).insert([messageEntry(stream, 1)], [move(stream, 1)]);
    expect(await store.hints([stream])).toEqual(new Map());
    const next = opened(store);
    await next.fold();
    expect(await next.hints([stream])).toEqual(new Map([[stream, { head: 1, messageAt: 10 }]]));
    expect(store.batches()).toEqual([]);
  });

  it('on a shared store a hint is stored when the write is acknowledged', async () => {
    const store = createMemoryEntryStore({ isShared: true });
    const batches = opened(store, { settleEveryMs: 1e9 });
    const stream = newGroup();
    await batches.insert([messageEntry(stream, 1)], [move(stream, 1)]);
    expect((await store.hints([stream])).get(stream)?.head).toBe(1);
    await batches.close();
    expect(store.batches()).toEqual([]);
  });

  it('a batch stays until every consumer has dealt with it, in this process or another', async () => {
    const store = createMemoryEntryStore();
    const batches = opened(store, { consumers: ['search', 'push'] });
    const stream = newGroup();
    const seen: number[] = [];
    const watching = opened(store, { consumers: ['push'] });
    watching.listen((stored) => seen.push(stored?.entries.length ?? -1));
    await batches.insert([messageEntry(stream, 1)], [move(stream, 1)]);
    await watching.insert([messageEntry(stream, 2)], [move(stream, 2)]);
    expect(seen).toEqual([1]);
    const [first, second] = store.batches();
    batches.settled('search', [first?.id ?? '']);
    await batches.close();
    expect(store.batches().map(({ id }) => id)).toContain(first?.id);
    watching.settled('push', [first?.id ?? '', second?.id ?? '']);
    await watching.close();
    expect(store.batches()).toMatchObject([{ id: first?.id, consumers: ['hints', 'search'] }]);
    await opened(store).fold();
    const last = opened(store);
    last.settled('search', [first?.id ?? '']);
    await last.close();
    expect(store.batches()).toEqual([]);
  });

  it('after a store has failed for a while, it gets every hint, and every batch that is settled is deleted', async () => {
    let isAway = false;
    const store = createMemoryEntryStore({
      flush: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    const batches = opened(store);
    const [a, b] = [newGroup(), newGroup()];
    const first = batches.insert([messageEntry(a, 1)], [move(a, 1)]);
    await first;
    isAway = true;
    await expect(batches.insert([messageEntry(b, 1)], [move(b, 1)])).rejects.toThrow(StoreUnavailable);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await batches.hints([a, b])).size).toBe(2);
    isAway = false;
    await until(async () => store.batches().length === 0 && (await store.hints([a, b])).size === 2);
    expect(batches.defects).toEqual([]);
    await batches.close();
  });

  it('its listeners get only the entries of batches that became durable as a whole', async () => {
    const store = createMemoryEntryStore();
    const stream = newGroup();
    const seen: (number | undefined)[] = [];
    const batches = opened(store);
    batches.listen((stored) => seen.push(stored?.entries[0]?.rev));
    await batches.insert([messageEntry(stream, 1)], [move(stream, 1)]);
    expect(await batches.insert([messageEntry(stream, 1)], [move(stream, 1)])).toEqual({ written: 0 });
    await batches.insert([messageEntry(stream, 2)], []);
    expect(seen).toEqual([1, undefined, undefined]);
    await batches.close();
  });
});
