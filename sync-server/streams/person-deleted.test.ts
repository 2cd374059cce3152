import { expect, it } from 'vitest';
import { personalStream } from '#protocol/ids.ts';
import { op } from './testing/op.fixture.ts';
import { ann, bob } from './testing/people.fixture.ts';
import { createWorld, withDirect, withGroup } from './testing/world.fixture.ts';

it('[AC2] a deleted person leaves every group under their last name, their drafts go, and their messages stay', async () => {
  const world = await createWorld();
  const group = await withGroup(world, bob);
  const direct = await withDirect(world);
  await world.ok(ann, op.send(group, 'hello'));
  await world.ok(ann, op.settings(group, { draft: 'half a thought' }));
  world.names.set(ann, 'Deleted account');
  await world.streams.personDeleted(ann);
  const seen = await world.seen(bob, group);
  const members = seen.filter((record) => record.type === 'member');
  expect(members.find(({ userId }) => userId === ann)).toMatchObject({
    name: 'Deleted account',
    leftAt: expect.any(String) as string,
  });
  expect(members.find(({ userId }) => userId === bob)).toMatchObject({ role: 'owner' });
  expect(seen.find((record) => record.type === 'message' && record.text === 'hello')).toMatchObject({ senderId: ann });
  const inDirect = (await world.seen(bob, direct)).filter((record) => record.type === 'member');
  expect(inDirect.find(({ userId }) => userId === ann)?.name).toBe('Deleted account');
  const own = await world.seen(ann, personalStream(ann));
  expect(own.every((record) => record.type !== 'membership' || record.draft === undefined)).toBe(true);
  // After a crash the interrupted work is done again.
  await world.streams.personDeleted(ann);
  expect(world.defects).toEqual([]);
  await world.streams.close();
});
