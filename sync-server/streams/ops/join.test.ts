import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { MAX_OPEN_LINKS } from '#protocol/limits.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { targets } from '#server/database/testing/targets.fixture.ts';
import { type GroupLinks, createGroupLinks } from '#server/group-links/group-links.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, withGroup } from '#server/streams/testing/world.fixture.ts';

describe.each(targets)('joining by a link on $name', ({ fresh }) => {
  let place: Awaited<ReturnType<typeof fresh>>;
  let database: Database;
  let links: GroupLinks;
  let world: World;
  beforeAll(async () => {
    place = await fresh();
    database = await openDatabase(place.options);
    links = createGroupLinks(database.connection, () => world.clock.ms);
    world = await createWorld({ links });
  });
  afterAll(async () => {
    await world.streams.close();
    await database.close();
    await place.remove();
  });

  const make = async (stream: ConversationId, more: { days?: number; maxUses?: number } = {}, by: UserId = ann) => {
    const made = await links.make({ stream, days: 1, ...more }, by);
    if (made === null) throw new Error('no link was made');
    return made;
  };
  const texts = async (user: UserId, stream: ConversationId) =>
    (await world.history(user, stream)).records.map(({ text, event }) => event?.kind ?? text);

  it('[GL3] lets somebody in as a member who starts at the last seq, says so in the chat, and answers a resend like the first time', async () => {
    const group = await withGroup(world);
    await world.ok(ann, op.send(group, 'before'));
    const { token } = await make(group);
    const joining = op.join(group, token);
    const first = await world.ok(bob, joining);
    expect(await world.ok(bob, { ...joining, retry: true })).toEqual(first);
    expect(await texts(bob, group)).toEqual(['before', 'member.join']);
    const { records } = await world.history(bob, group);
    expect((records.at(-1) as MessageRecord).event).toEqual({ kind: 'member.join', by: bob });
    const membership = (await world.seen(bob, `u:${bob}` as never)).find(
      (record) => record.type === 'membership' && record.conversation === group,
    );
    expect(membership).toMatchObject({ role: 'member', readSeq: 1 });
    // A member may send it again; nothing happens.
    await world.ok(bob, op.join(group, token));
    expect(await texts(bob, group)).toEqual(['before', 'member.join']);
    expect(await links.open(group)).toMatchObject([{ uses: 1 }]);
  });

  it('[GL3] shows a person who joins no more of the history than the group’s setting allows', async () => {
    const group = await withGroup(world);
    await world.ok(ann, op.update(group, { history: 'joined' }));
    await world.ok(ann, op.send(group, 'secret'));
    await world.ok(eve, op.join(group, (await make(group)).token));
    expect(await texts(eve, group)).toEqual(['member.join']);
  });

  it('[GL1] a link that is used up, expired, revoked or made for another group lets nobody in', async () => {
    const [group, other] = [await withGroup(world), await withGroup(world)];
    const single = await make(group, { maxUses: 1 });
    await world.ok(bob, op.join(group, single.token));
    expect(await world.refusal(eve, op.join(group, single.token))).toBe('conflict token');
    const { token, id } = await make(group);
    expect(await world.refusal(eve, op.join(other, token))).toBe('not_found token');
    expect(await world.refusal(eve, op.join(group, 'x'.repeat(24)))).toBe('not_found token');
    await links.revoke(id);
    expect(await world.refusal(eve, op.join(group, token))).toBe('conflict token');
    const late = await make(group);
    world.clock.ms += 86_400_000;
    expect(await world.refusal(eve, op.join(group, late.token))).toBe('conflict token');
    expect(await links.open(group)).toEqual([]);
    expect((await world.seen(ann, group)).some((record) => record.id === `${group}/${eve}`)).toBe(false);
  });

  it('[GL1] counts one use for each person, even if the process ended after counting, and however many people join at once', async () => {
    const group = await withGroup(world);
    const { token } = await make(group, { maxUses: 2 });
    // As if the process had ended after counting and before writing the entry.
    expect(await links.use(token, eve)).toBe(true);
    const outcomes = await Promise.all(
      [bob, dan, eve].map(async (user) => (await world.push(user, op.join(group, token)))[0]?.ok),
    );
    expect(outcomes.filter((isIn) => isIn)).toHaveLength(2);
    expect(outcomes[2]).toBe(true);
    // A person who has used the link can return by it.
    await world.ok(eve, op.remove(group, eve));
    await world.ok(eve, op.join(group, token));
  });

  it('[GL4] works only while the person who made it may add people, and not for somebody whom an admin removed', async () => {
    const group = await withGroup(world, bob, eve);
    await world.ok(ann, op.role(group, bob, 'admin'));
    const { token } = await make(group, {}, bob);
    await world.ok(ann, op.remove(group, eve));
    expect(await world.refusal(eve, op.join(group, token))).toBe('forbidden');
    await world.ok(ann, op.add(group, eve));
    await world.ok(eve, op.remove(group, eve));
    await world.ok(eve, op.join(group, token));
    await world.ok(ann, op.role(group, bob, 'member'));
    expect(await world.refusal(dan, op.join(group, token))).toBe('conflict token');
  });

  it('[GL1] the number of working links of a group is limited, and the database holds no token', async () => {
    const group = await withGroup(world);
    const tokens: string[] = [];
    for (let at = 0; at < MAX_OPEN_LINKS; at++) tokens.push((await make(group)).token);
    expect(await links.make({ stream: group, days: 1 }, ann)).toBe(null);
    const stored = JSON.stringify(await database.connection.collection('group_links').find({}).toArray());
    for (const token of tokens) expect(stored).not.toContain(token);
  });
});
