import { describe, expect, it } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MemberRecord } from '#protocol/record.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, withDirect, withGroup, anyText } from '#server/streams/testing/world.fixture.ts';

async function roles(world: World, reader: UserId, group: ConversationId): Promise<Record<string, string>> {
  const members = (await world.seen(reader, group)).filter(
    (record): record is MemberRecord => record.type === 'member',
  );
  return Object.fromEntries(members.map(({ userId, role, leftAt }) => [userId, leftAt === undefined ? role : 'left']));
}

describe('members', () => {
  it('[OP12] an admin and the owner may add people, who start at the last seq', async () => {
    const world = await createWorld();
    const [group, direct] = [await withGroup(world, bob), await withDirect(world)];
    await world.ok(ann, op.send(group, 'before'));
    expect(await world.refusal(bob, op.add(group, eve))).toBe('forbidden');
    expect(await world.refusal(dan, op.add(group, eve))).toBe('not_found stream');
    expect(await world.refusal(ann, op.add(group, eve, 'nobody' as UserId))).toBe('not_found userIds.1');
    expect(await world.refusal(ann, op.add(direct, eve))).toBe('forbidden');
    await world.ok(ann, op.add(group, eve, eve, bob));
    expect(await roles(world, eve, group)).toEqual({ ann: 'owner', bob: 'member', eve: 'member' });
    expect((await world.seen(eve, 'u:eve' as never))[0]).toMatchObject({ conversation: group, readSeq: 1 });
    expect((await world.history(eve, group)).records.map(({ text }) => text)).toEqual(['before', '']);
    await world.streams.close();
  });

  it('[OP12] [RA2] if history starts at joining, a new member reads from the next seq on, even if they were a member before', async () => {
    const world = await createWorld();
    const group = newGroup();
    await world.ok(ann, op.create(group, [], { history: 'joined' }));
    const secret = (await world.ok(ann, op.send(group, 'secret'))).id;
    await world.ok(ann, op.add(group, bob));
    await world.ok(ann, op.send(group, 'welcome'));
    const texts = async () => (await world.history(bob, group)).records.map(({ seq, text }) => `${seq} ${text}`);
    expect(await texts()).toEqual(['2 ', '3 welcome']);
    expect((await world.page(bob, group))?.records).not.toContainEqual(expect.objectContaining({ text: 'secret' }));
    const own = (await world.seen(bob, group)).find((record) => record.id === `${group}/bob`);
    expect(own).toMatchObject({ fromSeq: 2 });
    await world.ok(ann, op.remove(group, bob));
    await world.ok(ann, op.send(group, 'while away'));
    await world.ok(ann, op.add(group, bob));
    expect(await texts()).toEqual(['6 ']);
    expect(await world.refusal(bob, op.react(group, secret as never, '👍'))).toBe('not_found messageId');
    expect(await world.refusal(bob, op.send(group, 're', { replyTo: secret }))).toBe('not_found replyTo');
    expect(await world.refusal(bob, op.forward(group, group, secret as never))).toBe('not_found forward.messageId');
    await world.streams.close();
  });

  it('[OP13] [SEC-11] everybody may leave, an admin may remove members, the owner may remove everybody, and nobody may leave a direct chat', async () => {
    const world = await createWorld();
    const [group, direct] = [await withGroup(world, bob, eve, dan), await withDirect(world)];
    await world.ok(ann, op.role(group, bob, 'admin'));
    await world.ok(ann, op.role(group, eve, 'admin'));
    expect(await world.refusal(dan, op.remove(group, bob))).toBe('forbidden userId');
    expect(await world.refusal(bob, op.remove(group, eve))).toBe('forbidden userId');
    expect(await world.refusal(bob, op.remove(group, ann))).toBe('forbidden userId');
    expect(await world.refusal(ann, op.remove(group, 'nobody' as UserId))).toBe('not_found userId');
    expect(await world.refusal(ann, op.remove(direct, ann))).toBe('forbidden userId');
    await world.ok(bob, op.remove(group, dan));
    await world.ok(bob, op.remove(group, dan));
    await world.ok(eve, op.remove(group, eve));
    await world.ok(ann, op.remove(group, bob));
    expect(await roles(world, ann, group)).toEqual({ ann: 'owner', bob: 'left', eve: 'left', dan: 'left' });
    expect((await world.seen(dan, 'u:dan' as never))[0]).toMatchObject({ leftAt: anyText, removedBy: bob });
    expect((await world.seen(eve, 'u:eve' as never))[0]).not.toHaveProperty('removedBy');
    await world.streams.close();
  });

  it('[OP14] [SEC-11] only the owner gives roles, only to others, and giving the owner’s role to somebody passes the ownership on', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob, eve);
    await world.ok(ann, op.role(group, bob, 'admin'));
    expect(await world.refusal(bob, op.role(group, eve, 'admin'))).toBe('forbidden');
    expect(await world.refusal(ann, op.role(group, ann, 'member'))).toBe('forbidden');
    expect(await world.refusal(ann, op.role(group, dan, 'member'))).toBe('not_found userId');
    await world.ok(ann, op.role(group, eve, 'owner'));
    expect(await roles(world, ann, group)).toEqual({ ann: 'admin', bob: 'admin', eve: 'owner' });
    expect((await world.seen(eve, 'u:eve' as never))[0]).toMatchObject({ role: 'owner' });
    expect((await world.history(ann, group)).records.map(({ event }) => event?.kind)).toEqual([
      'member.role',
      'member.role',
    ]);
    await world.streams.close();
  });

  it('[OP15] when the owner leaves, the admin who joined first takes over, or the member who did if there is no admin', async () => {
    const world = await createWorld();
    const group = await withGroup(world, eve, bob);
    await world.ok(ann, op.add(group, dan));
    await world.ok(ann, op.role(group, dan, 'admin'));
    await world.ok(ann, op.remove(group, ann));
    expect(await roles(world, bob, group)).toMatchObject({ dan: 'owner', eve: 'member', bob: 'member' });
    await world.ok(dan, op.remove(group, dan));
    expect(Object.values(await roles(world, bob, group)).filter((role) => role === 'owner')).toHaveLength(1);
    expect(await roles(world, bob, group)).toMatchObject({ bob: 'owner' });
    await world.ok(bob, op.remove(group, bob));
    await world.ok(eve, op.remove(group, eve));
    await world.streams.close();
  });

  it('[RA3] [SEC-03] a removal is announced only to those who stay, and the removed person gets nothing by any verb', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const id = (await world.ok(ann, op.send(group, 'x'))).id as never;
    await world.ok(ann, op.remove(group, bob));
    const removal = world.announced.filter(({ stream }) => stream === group).at(-1);
    expect(removal?.readers).toEqual([{ userId: ann, fromSeq: 1 }]);
    expect(await world.streams.readersOf(group)).toEqual({
      readers: removal?.readers,
      membershipRev: removal?.membershipRev,
    });
    for (const given of [
      op.send(group, 'x'),
      op.edit(group, id, 'y'),
      op.mark(group, { readSeq: 1 }),
      op.settings(group, { pinned: true }),
      op.add(group, bob),
    ])
      expect(await world.refusal(bob, given)).toBe('not_found stream');
    expect(await world.streams.history({ userId: bob }, { stream: group })).toMatchObject({
      error: { code: 'not_found' },
    });
    expect((await world.pull(bob, { cursors: { [group]: 3 } })).streams.find(({ stream }) => stream === group)).toEqual(
      { stream: group, records: [], cursor: 0, more: false, reset: true },
    );
    await world.streams.close();
  });
});
