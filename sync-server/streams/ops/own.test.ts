import { describe, expect, it } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MemberRecord, MembershipRecord } from '#protocol/record.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import {
  type World,
  createWorld,
  until,
  withDirect,
  withGroup,
  anyText,
} from '#server/streams/testing/world.fixture.ts';

async function membership(world: World, user: UserId, stream: ConversationId): Promise<MembershipRecord> {
  return (await world.seen(user, `u:${user}` as never)).find((record) =>
    record.id.endsWith(stream),
  ) as MembershipRecord;
}

async function member(world: World, reader: UserId, stream: ConversationId, user: UserId): Promise<MemberRecord> {
  return (await world.seen(reader, stream)).find(
    (record) => record.type === 'member' && record.userId === user,
  ) as MemberRecord;
}

describe('receipt.mark', () => {
  it('[RD1] only moves forward, at most to the last seq; read implies delivered', async () => {
    const world = await createWorld();
    const direct = await withDirect(world);
    for (const text of ['1', '2', '3']) await world.ok(ann, op.send(direct, text));
    await world.ok(bob, op.mark(direct, { readSeq: 2 }));
    await world.ok(bob, op.mark(direct, { readSeq: 1 }));
    expect(await membership(world, bob, direct)).toMatchObject({ readSeq: 2 });
    await until(async () => (await member(world, ann, direct, bob)).readSeq === 2);
    expect(await member(world, ann, direct, bob)).toMatchObject({ readSeq: 2, deliveredSeq: 2 });
    await world.ok(bob, op.mark(direct, { readSeq: 99 }));
    expect(await membership(world, bob, direct)).toMatchObject({ readSeq: 3 });
    expect(await world.refusal(bob, op.mark(direct, {}))).toBe('invalid');
    expect(await world.refusal(eve, op.mark(direct, { readSeq: 1 }))).toBe('not_found stream');
    await world.streams.close();
  });

  it('[RD2] [AP9] the mark is shared even if the process that stored it was killed', async () => {
    const store = createMemoryEntryStore();
    const world = await createWorld({ store, shareAfterMs: 1_000_000 });
    const direct = await withDirect(world);
    await world.ok(ann, op.send(direct, '1'));
    expect(await world.ok(bob, op.mark(direct, { deliveredSeq: 1 }))).toMatchObject({ stream: 'u:bob' });
    await world.ok(bob, op.settings(direct, { pinned: true }));
    expect(await member(world, ann, direct, bob)).not.toHaveProperty('deliveredSeq');
    const after = await createWorld({ store });
    await until(async () => (await member(after, ann, direct, bob)).deliveredSeq === 1);
    expect(await member(after, ann, direct, bob)).not.toHaveProperty('readSeq', 1);
    await after.streams.close();
    expect(await store.pending({})).toEqual([]);
    await world.streams.close();
  });

  it('[RD3] above 50 members, marks are no longer shared and earlier ones stay; with 50 members again, the next mark is shared', async () => {
    const world = await createWorld();
    const many = Array.from({ length: 49 }, (_, at) => `m${at}` as UserId);
    for (const id of many) world.names.set(id, id);
    const group = await withGroup(world, bob, ...many.slice(0, 48));
    for (const text of ['1', '2', '3', '4']) await world.ok(ann, op.send(group, text));
    await world.ok(bob, op.mark(group, { readSeq: 1 }));
    await until(async () => (await member(world, ann, group, bob)).readSeq === 1);
    await world.ok(ann, op.add(group, many[48] as UserId));
    await world.ok(bob, op.mark(group, { readSeq: 2 }));
    await world.ok(ann, op.remove(group, many[0] as UserId));
    expect(await member(world, ann, group, bob)).toMatchObject({ readSeq: 1 });
    await world.ok(bob, op.mark(group, { readSeq: 3 }));
    await until(async () => (await member(world, ann, group, bob)).readSeq === 3);
    await world.streams.close();
  });
});

describe('membership.update', () => {
  it('[OP16] a chat is marked as unread and back again, and no read mark moves', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const { readSeq } = await membership(world, bob, group);
    await world.ok(bob, op.settings(group, { unread: true }));
    expect(await membership(world, bob, group)).toMatchObject({ unreadAt: anyText, readSeq });
    await world.ok(bob, op.settings(group, { pinned: true }));
    expect(await membership(world, bob, group)).toMatchObject({ unreadAt: anyText, pinnedAt: anyText });
    await world.ok(bob, op.settings(group, { unread: false }));
    expect(await membership(world, bob, group)).not.toHaveProperty('unreadAt');
    await world.streams.close();
  });

  it('[OP16] [RC4] [SEC-09] sets personal fields that nobody else sees; an absent field stays as it is, null and false clear it', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const until8 = '2030-01-01T00:00:00.000Z';
    expect(
      await world.ok(bob, op.settings(group, { mutedUntil: until8, pinned: true, archived: true, draft: 'my draft' })),
    ).toMatchObject({ stream: 'u:bob', rev: 2 });
    await world.ok(bob, op.settings(group, {}));
    expect(await membership(world, bob, group)).toMatchObject({
      mutedUntil: until8,
      pinnedAt: anyText,
      archivedAt: anyText,
      draft: 'my draft',
      rev: 2,
    });
    await world.ok(bob, op.settings(group, { mutedUntil: null, pinned: false, archived: null }));
    const cleared = await membership(world, bob, group);
    expect(cleared).toMatchObject({ draft: 'my draft' });
    for (const field of ['mutedUntil', 'pinnedAt', 'archivedAt']) expect(cleared).not.toHaveProperty(field);
    expect(JSON.stringify([await world.pull(ann), await world.seen(ann, group)])).not.toContain('my draft');
    const others = world.announced.filter(({ stream }) => stream !== 'u:bob');
    expect(JSON.stringify(others)).not.toContain('my draft');
    expect(await world.refusal(eve, op.settings(group, { pinned: true }))).toBe('not_found stream');
    expect(await world.refusal(bob, op.settings(group, { draft: 'x'.repeat(8_001) }))).toBe('too_large draft');
    await world.streams.close();
  });

  it('[OP18] a person chooses what a chat notifies them of, and how much notifications tell', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    await world.ok(bob, op.settings(group, { notify: 'mentions', preview: 'sender' }));
    await world.ok(bob, op.settings(group, { pinned: true, notify: 'nothing' }));
    expect(await membership(world, bob, group)).toMatchObject({ notify: 'nothing', preview: 'sender' });
    await world.ok(bob, op.settings(group, { notify: null, preview: null }));
    const cleared = await membership(world, bob, group);
    for (const field of ['notify', 'preview']) expect(cleared).not.toHaveProperty(field);
    for (const [field, value] of [
      ['notify', 'all'],
      ['preview', 'text'],
    ] as const)
      expect(await world.refusal(bob, { ...op.settings(group, {}), [field]: value })).toBe(`invalid ${field}`);
    await world.streams.close();
  });

  it('[OP17] an archived chat keeps the last message that the person knew of, until it is archived again or unarchived', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const seqs: unknown[] = [];
    const archive = async (change: Parameters<typeof op.settings>[1]) => {
      await world.ok(bob, op.settings(group, change));
      seqs.push((await membership(world, bob, group)).archivedSeq);
    };
    for (const text of ['one', 'two', 'three']) await world.ok(ann, op.send(group, text));
    await archive({ archived: true, archivedSeq: 2 });
    await archive({ pinned: true });
    await archive({ archived: true });
    await archive({ archived: true, archivedSeq: 99 });
    await archive({ archived: false });
    expect(seqs).toEqual([2, 2, 3, 3, undefined]);
    expect(await world.refusal(bob, op.settings(group, { archived: true, archivedSeq: -1 }))).toBe(
      'invalid archivedSeq',
    );
    await world.streams.close();
  });

  it('[AP9] a late projection never undoes a newer one', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    await world.ok(bob, op.settings(group, { draft: 'kept' }));
    for (let n = 0; n < 5; n++) {
      await world.ok(ann, op.remove(group, bob));
      await world.ok(ann, op.add(group, bob));
    }
    const mine = await membership(world, bob, group);
    expect(mine).not.toHaveProperty('leftAt');
    expect(mine).not.toHaveProperty('removedBy');
    expect(mine).toMatchObject({ draft: 'kept', readSeq: 9 });
    await world.streams.close();
  });
});
