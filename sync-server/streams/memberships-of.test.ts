import { expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { createMembershipsOf, type MembershipsOf } from './memberships-of.ts';
import { createMemoryEntryStore } from './memory-entry-store.ts';
import { newGroup, op } from './testing/op.fixture.ts';
import { ann, bob, eve } from './testing/people.fixture.ts';
import { createWorld } from './testing/world.fixture.ts';

it('[VB3] the cached list of a person’s conversations is never older than the call, whichever server changed it', async () => {
  const store = createMemoryEntryStore();
  const [here, there] = [await createWorld({ store }), await createWorld({ store })];
  const presentOf = (membershipsOf: MembershipsOf) => async (userId: UserId) => (await membershipsOf(userId)).present;
  const kept = presentOf(createMembershipsOf(store));
  const afresh = () => presentOf(createMembershipsOf(store));
  const groups = Array.from({ length: 12 }, newGroup);
  expect(await kept(bob)).toEqual([]);
  for (const [at, group] of groups.entries()) {
    const world = at % 2 === 0 ? here : there;
    await world.ok(ann, op.create(group, [bob, eve], { title: 'Group' }));
    expect(await kept(bob)).toEqual(groups.slice(0, at + 1));
    await world.ok(ann, op.send(group, 'read this'));
    await world.ok(bob, op.mark(group, { readSeq: 1 }));
    if (at % 3 === 0) await world.ok(ann, op.remove(group, bob));
    expect([...(await kept(bob))].sort()).toEqual([...(await afresh()(bob))].sort());
    if (at % 3 === 0) await world.ok(ann, op.add(group, bob));
  }
  expect([...(await kept(bob))].sort()).toEqual([...groups].sort());
});

it('[VB3] after a long absence the whole list is read again', async () => {
  const world = await createWorld();
  const [first, ...others] = Array.from({ length: 520 }, newGroup);
  const asked = async () => (await world.pull(eve, { limit: 1_000, cursors: {} })).streams.map(({ stream }) => stream);
  await world.ok(ann, op.create(first as (typeof others)[0], [eve], { title: 'Group' }));
  expect(await asked()).toHaveLength(2);
  await Promise.all(others.map((group) => world.ok(ann, op.create(group, [eve], { title: 'Group' }))));
  expect(await world.streams.conversationsOf(eve)).toHaveLength(520);
});
