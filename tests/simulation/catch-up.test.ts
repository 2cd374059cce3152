import { describe, expect, it } from 'vitest';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { openMemoryLocalStore } from '#app/local-store/testing/memory-local-store.ts';
import { FIRST_WINDOW } from '#app/sync/pull-parts.ts';
import { pullStreams } from '#app/sync/pull.ts';
import { MAX_ANSWER_BYTES, MAX_DIGEST_CELLS } from '#protocol/limits.ts';
import type { PullAnswer, PullRequest } from '#protocol/verbs.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld } from '#server/streams/testing/world.fixture.ts';

interface Cost {
  requests: number;
  upBytes: number;
  downBytes: number;
}

/** Pulls as the app does, from these servers in turn. */
async function pull(store: LocalStore, servers: readonly World[], more: Partial<PullRequest> = {}): Promise<Cost> {
  const cost: Cost = { requests: 0, upBytes: 0, downBytes: 0 };
  const ask = async (_verb: string, asked: PullRequest): Promise<PullAnswer | object> => {
    const request = { ...asked, ...more };
    const { streams } = servers[cost.requests++ % servers.length] as World;
    cost.upBytes += JSON.stringify(request).length;
    const answer = await streams.pull({ userId: store.userId, device: 'one' }, request);
    cost.downBytes += JSON.stringify(answer).length;
    return answer;
  };
  const nothing = () => undefined;
  const digestCells = () => MAX_DIGEST_CELLS;
  const pulled = await pullStreams({ store, ask: ask as never, digestCells, onPage: nothing, onProgress: nothing });
  expect(pulled.kind).toBe('done');
  return cost;
}

describe('the bytes of a catch-up, before compression', () => {
  it.each([1, 40, 400])('[DG1] [DG2] are bounded for %i chats', async (chats) => {
    const world = await createWorld();
    const groups = Array.from({ length: chats }, newGroup);
    for (const group of groups) await world.ok(ann, op.create(group, [bob], { title: 'Group' }));
    const store = openMemoryLocalStore({ userId: bob });
    const first = await pull(store, [world]);
    // 100 kB for 3,000 chats.
    expect(first.upBytes).toBeLessThan(1_000 + chats * 33);
    expect(await store.conversations()).toHaveLength(chats);

    const again = await pull(store, [world]);
    expect(again.requests).toBe(1);
    expect(again.upBytes).toBeLessThan(2_000);
    expect(again.downBytes).toBeLessThan(200);

    // One in several hundred digests can't tell what differs, because two streams share all of their cells; a larger digest follows.
    const inOneRequest: boolean[] = [];
    for (let round = 0; round < 5; round++) {
      for (const group of groups.slice(0, 20)) await world.ok(ann, op.send(group, 'news'));
      const changed = await pull(store, [world]);
      expect(changed.upBytes).toBeLessThan(changed.requests === 1 ? 2_000 : 10_000);
      inOneRequest.push(changed.requests === 1);
    }
    expect(inOneRequest.filter(Boolean).length).toBeGreaterThanOrEqual(3);
    await world.streams.close();
  });
});

it('[DG2] [VB5] a large conversation that comes in many pages, each from another server, is complete', async () => {
  const shared = createMemoryEntryStore({ isShared: true });
  const [here, there] = [await createWorld({ store: shared }), await createWorld({ store: shared })];
  const group = newGroup();
  await here.ok(ann, op.create(group, [bob, eve, dan], { title: 'Long texts' }));
  for (let count = 0; count < 80; count++) await here.ok(ann, op.send(group, `${count} ${'word '.repeat(300)}`));
  const [edited] = (await here.history(ann, group, { after: 70, limit: 1 })).records;
  await there.ok(ann, op.edit(group, edited?.id as never, 'changed'));
  const store = openMemoryLocalStore({ userId: bob });
  const cost = await pull(store, [here, there], { maxBytes: 4_096 });
  expect(cost.requests).toBeGreaterThan(10);

  const messages = await store.messages(group, {});
  const { records } = await there.history(bob, group, { limit: messages.length, maxBytes: MAX_ANSWER_BYTES });
  expect(messages).toEqual(records);
  expect(messages.length).toBeGreaterThanOrEqual(FIRST_WINDOW);
  expect(await store.members(group)).toHaveLength(4);
  expect(await store.check([group])).toEqual([]);
  // Everything is at its head: the next digest is answered with nothing.
  expect((await pull(store, [there])).requests).toBe(1);
  for (const { streams } of [here, there]) await streams.close();
});
