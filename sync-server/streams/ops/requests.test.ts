import { describe, expect, it } from 'vitest';
import { type ConversationId, type UserId, directStream, personalStream } from '#protocol/ids.ts';
import type { MemberRecord, MembershipRecord } from '#protocol/record.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import type { StreamsOptions } from '#server/streams/create-streams.ts';
import { createStreamReads } from '#server/streams/stream-reads.ts';
import { memoryBlocks } from '#server/streams/testing/blocks.fixture.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, until, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';

const openWorld = (more: Partial<StreamsOptions> = {}) =>
  createWorld({ hasRequests: true, blocks: memoryBlocks(), ...more });

async function membership(world: World, user: UserId, stream: ConversationId): Promise<MembershipRecord> {
  const own = await world.seen(user, personalStream(user));
  return own.find((record) => record.id.endsWith(stream)) as MembershipRecord;
}

const isRequest = async (world: World, user: UserId, stream: ConversationId) =>
  (await membership(world, user, stream)).isRequest === true;

/** As the reader receives it. */
async function member(world: World, reader: UserId, stream: ConversationId, user: UserId): Promise<MemberRecord> {
  const records = await world.seen(reader, stream);
  return records.find((record) => record.type === 'member' && record.userId === user) as MemberRecord;
}

const accept = (stream: ConversationId) => op.settings(stream, { request: false });

describe('what is a request', () => {
  it('[RQ1] a direct chat is one for the person with whom a stranger begins it, and for nobody else', async () => {
    const world = await openWorld();
    const direct = await withDirect(world);
    expect([await isRequest(world, ann, direct), await isRequest(world, bob, direct)]).toEqual([false, true]);
    expect(JSON.stringify([await world.seen(ann, direct), await world.seen(bob, direct)])).not.toContain('isRequest');
    expect(JSON.stringify(await world.seen(ann, personalStream(ann)))).not.toContain('isRequest');
    await world.streams.close();
  });

  it('[RQ1] there are none when the setting is off', async () => {
    const world = await createWorld();
    expect(await isRequest(world, bob, await withDirect(world))).toBe(false);
    expect(await isRequest(world, bob, await withGroup(world, bob))).toBe(false);
    await world.streams.close();
  });

  it('[RQ1] people who share an accepted chat are not strangers; a request makes nobody known, and after leaving people are strangers again', async () => {
    const world = await openWorld();
    const team = await withGroup(world, bob, eve);
    expect([await isRequest(world, bob, team), await isRequest(world, eve, team)]).toEqual([true, true]);
    const direct = await withDirect(world);
    expect(await isRequest(world, bob, direct)).toBe(true);
    await world.ok(bob, accept(team));
    const second = await withGroup(world, bob, eve);
    expect([await isRequest(world, bob, second), await isRequest(world, eve, second)]).toEqual([false, true]);
    // Eve has not accepted the group that they share with Bob either.
    const fromBob = directStream(bob, eve);
    await world.ok(bob, op.create(fromBob, [eve]));
    expect(await isRequest(world, eve, fromBob)).toBe(true);
    for (const group of [team, second]) await world.ok(bob, op.remove(group, bob));
    expect(await membership(world, bob, team)).not.toHaveProperty('isRequest');
    await world.ok(ann, op.add(team, bob));
    expect(await isRequest(world, bob, team)).toBe(true);
    // Ann began the chat with Bob, so they know him.
    const fromOther = newGroup();
    await world.ok(bob, op.create(fromOther, [ann]));
    expect(await isRequest(world, ann, fromOther)).toBe(false);
    await world.streams.close();
  });

  it('[RQ1] [BL1] [BL4] somebody who is blocked sends no request, and after the block ends their chat is still one', async () => {
    const world = await openWorld();
    const direct = directStream(ann, bob);
    await world.ok(bob, op.settings(direct, { blocked: true }));
    await withDirect(world);
    expect(await membership(world, bob, direct)).toMatchObject({ blockedAt: expect.any(String) as string });
    expect(await isRequest(world, bob, direct)).toBe(false);
    const other = directStream(bob, eve);
    await world.ok(eve, op.create(other, [bob]));
    await world.ok(bob, op.settings(other, { blocked: true }));
    await world.ok(bob, op.settings(other, { blocked: false }));
    expect(await isRequest(world, bob, other)).toBe(true);
    await world.streams.close();
  });

  it('[RQ1] two strangers who start a chat at the same moment get one chat, and the one who writes second has accepted it', async () => {
    const world = await openWorld();
    const direct = directStream(ann, bob);
    const begin = (one: UserId, other: UserId) => world.push(one, op.create(direct, [other]), op.send(direct, 'hello'));
    const results = await Promise.all([begin(ann, bob), begin(bob, ann)]);
    expect(results.flat().map(({ ok }) => ok)).toEqual([true, true, true, true]);
    await until(async () => !(await isRequest(world, ann, direct)) && !(await isRequest(world, bob, direct)));
    expect(world.defects).toEqual([]);
    await world.streams.close();
  });

  it('[RQ1] a group of a thousand is a request exactly for those who do not know the person who added them', async () => {
    const world = await openWorld();
    const people = Array.from({ length: 999 }, (_, nth) => `p${nth}` as UserId);
    for (const id of people) world.names.set(id, id);
    const known = people.filter((_, nth) => nth % 10 === 0);
    for (const person of known) await world.ok(person, op.create(directStream(person, ann), [ann]));
    const crowd = newGroup();
    await world.ok(ann, op.create(crowd, people));
    const { membershipsOf } = world.streams;
    const accepted = await Promise.all(people.map(async (person) => (await membershipsOf(person)).accepted));
    expect(people.filter((_, at) => accepted[at]?.includes(crowd))).toEqual(known);
    await world.streams.close();
  }, 60_000);
});

describe('before it is accepted', () => {
  it('[RQ2] [RD2] no mark is shared; once it is accepted, the earlier marks are', async () => {
    const world = await openWorld();
    const direct = await withDirect(world);
    const known = await withGroup(world, bob);
    await world.ok(bob, accept(known));
    await world.ok(ann, op.send(direct, 'hello'));
    await world.ok(ann, op.send(known, 'hello'));
    await world.ok(bob, op.mark(direct, { readSeq: 1 }));
    await world.ok(bob, op.mark(known, { readSeq: 1 }));
    await until(async () => (await member(world, ann, known, bob)).readSeq === 1);
    expect(await member(world, ann, direct, bob)).not.toHaveProperty('deliveredSeq');
    expect(await membership(world, bob, direct)).toMatchObject({ readSeq: 1 });
    await world.ok(bob, accept(direct));
    await until(async () => (await member(world, ann, direct, bob)).readSeq === 1);
    await world.streams.close();
  });

  it('[RQ2] every process tells readers for whom it is a request, until those people accept it', async () => {
    const store = createMemoryEntryStore();
    const world = await openWorld({ store });
    const direct = await withDirect(world);
    const stored = async () => (await createStreamReads(store).readersOf(direct)).readers;
    const announced = () => world.announced.findLast(({ stream }) => stream === direct)?.readers;
    const [asked, plain] = [
      { userId: bob, fromSeq: 1, isRequest: true },
      { userId: bob, fromSeq: 1 },
    ];
    expect([await stored(), announced()].map((readers) => readers?.find(({ userId }) => userId === bob))).toEqual([
      asked,
      asked,
    ]);
    await world.ok(bob, accept(direct));
    await until(() => announced()?.some((reader) => reader.userId === bob && reader.isRequest !== true) === true);
    expect((await stored()).find(({ userId }) => userId === bob)).toEqual(plain);
    await world.streams.close();
  });
});

describe('accepting', () => {
  it('[RQ3] nobody can accept for another person, and accepting again has no effect', async () => {
    const world = await openWorld();
    const direct = await withDirect(world);
    const group = await withGroup(world, bob, eve);
    await world.ok(ann, accept(direct));
    await world.ok(ann, op.send(direct, 'it is me'));
    await world.ok(ann, op.role(group, bob, 'admin'));
    await world.ok(ann, op.role(group, bob, 'member'));
    await world.ok(eve, accept(group));
    expect([await isRequest(world, bob, direct), await isRequest(world, bob, group)]).toEqual([true, true]);
    expect(await world.refusal(dan, accept(direct))).toBe('not_found stream');
    expect(await world.refusal(bob, op.settings(direct, { request: true }))).toBe('invalid request');
    await world.ok(bob, op.settings(direct, { pinned: true }));
    expect(await isRequest(world, bob, direct)).toBe(true);
    const done = await world.ok(bob, op.settings(direct, { request: null }));
    expect(await membership(world, bob, direct)).toMatchObject({
      rev: done.rev,
      pinnedAt: expect.any(String) as string,
    });
    expect(await isRequest(world, bob, direct)).toBe(false);
    expect(await world.ok(bob, accept(direct))).toMatchObject({ rev: done.rev });
    await world.streams.close();
  });

  it.each([
    ['a text', (_world: World) => (stream: ConversationId) => [op.send(stream, 'who are you?')]],
    ['a forward', () => (stream: ConversationId) => [op.create(own, []), said, op.forward(stream, own, said.id)]],
  ])('[RQ3] %s that the person sends accepts it in one step', async (_what, make) => {
    const world = await openWorld();
    const direct = await withDirect(world);
    await world.ok(ann, op.send(direct, 'hello'));
    await world.ok(bob, op.mark(direct, { readSeq: 1 }));
    for (const each of make(world)(direct)) await world.ok(bob, each);
    await until(async () => !(await isRequest(world, bob, direct)));
    await until(async () => (await member(world, ann, direct, bob)).readSeq === 1);
    const texts = (await world.history(ann, direct)).records.map((record) => 'text' in record && record.text);
    expect(texts).toHaveLength(2);
    await world.streams.close();
  });

  it('[RQ3] [AP9] a message accepts it even if the process that stored the message was killed before it was done', async () => {
    const store = createMemoryEntryStore();
    let isDead = false;
    const world = await openWorld({
      deadlineMs: 300,
      store: {
        ...store,
        insert: (entries, batch) =>
          isDead && entries.some(({ stream }) => stream === personalStream(bob))
            ? Promise.reject(new StoreUnavailable('killed'))
            : store.insert(entries, batch),
      },
    });
    const direct = await withDirect(world);
    await world.ok(ann, op.send(direct, 'hello'));
    await world.ok(bob, op.mark(direct, { deliveredSeq: 1 }));
    isDead = true;
    // The message is stored, and is answered when its whole plan is.
    await world.push(bob, op.send(direct, 'who are you?'));
    expect(world.announced.at(-1)?.records[0]).toMatchObject({ text: 'who are you?' });
    const after = await openWorld({ store });
    await until(async () => !(await isRequest(after, bob, direct)));
    await until(async () => (await member(after, ann, direct, bob)).deliveredSeq === 1);
    await after.streams.close();
  });

  it('[RQ3] an acceptance from an earlier membership in a group does not accept a later invitation', async () => {
    const store = createMemoryEntryStore();
    const world = await openWorld({ store, shareAfterMs: 1_000_000 });
    const group = await withGroup(world, bob);
    await world.ok(bob, accept(group));
    await world.ok(ann, op.remove(group, bob));
    await world.ok(ann, op.add(group, bob));
    // Shares what was collected.
    await world.streams.close();
    const after = await openWorld({ store });
    await after.ok(ann, op.send(group, 'hello'));
    const readers = after.announced.at(-1)?.readers;
    expect(readers?.find(({ userId }) => userId === bob)).toMatchObject({ isRequest: true });
    await after.streams.close();
  });
});

const own = newGroup();
const said = op.send(own, 'a note');
