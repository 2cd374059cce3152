import { describe, expect, it } from 'vitest';
import { type OpId, type UserId, directStream } from '#protocol/ids.ts';
import { newGroup, nextId, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { createWorld, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';

describe('conversations', () => {
  it('[OP9] a direct chat has the two members in its name, and creating an existing one is ok', async () => {
    const world = await createWorld();
    const direct = directStream(ann, bob);
    const made = await world.ok(ann, op.create(direct, [bob]));
    expect(made).toMatchObject({ stream: direct, rev: 3 });
    expect(await world.ok(bob, op.create(direct, []))).toMatchObject({ stream: direct });
    expect((await world.seen(bob, direct)).filter(({ type }) => type === 'member')).toMatchObject([
      { userId: ann, role: 'member', name: 'ANN' },
      { userId: bob, role: 'member', name: 'BOB', fromSeq: 1 },
    ]);
    expect(await world.refusal(eve, op.create(direct, []))).toBe('not_found stream');
    expect(await world.refusal(ann, op.create(directStream(ann, eve), [bob]))).toBe('invalid memberIds.0');
    expect(await world.refusal(ann, op.create(directStream(ann, 'nobody' as UserId), []))).toBe('not_found stream');
    const notes = directStream(ann, ann);
    expect(await world.ok(ann, op.create(notes, [ann]))).toMatchObject({ rev: 2 });
    expect(await world.ok(ann, op.send(notes, 'to myself'))).toMatchObject({ seq: 1 });
    await world.streams.close();
  });

  it('[OP9] both members may create the same direct chat offline and at the same time', async () => {
    const world = await createWorld();
    const direct = directStream(ann, bob);
    const [[one, first], [two, second]] = await Promise.all([
      world.push(ann, op.create(direct, [bob]), op.send(direct, 'from ann')),
      world.push(bob, op.create(direct, [ann]), op.send(direct, 'from bob')),
    ]);
    expect([one?.ok, two?.ok, first?.ok, second?.ok]).toEqual([true, true, true, true]);
    expect((await world.history(ann, direct)).records.map(({ seq }) => seq)).toEqual([1, 2]);
    await world.streams.close();
  });

  it('[OP10] the creator of a group owns it; duplicate members are ignored, unknown ones refused, and an existing group is a conflict', async () => {
    const world = await createWorld();
    const group = newGroup();
    expect(await world.ok(ann, op.create(group, [bob, ann, bob], { title: 'Team' }))).toMatchObject({ rev: 3 });
    const records = await world.seen(ann, group);
    expect(records).toMatchObject([
      { type: 'conversation', kind: 'group', title: 'Team', createdBy: ann, history: 'all', pins: [] },
      { type: 'member', userId: ann, role: 'owner' },
      { type: 'member', userId: bob, role: 'member' },
    ]);
    expect((await world.seen(bob, 'u:bob' as never))[0]).toMatchObject({
      type: 'membership',
      conversation: group,
      role: 'member',
      readSeq: 0,
    });
    expect(await world.refusal(ann, op.create(group, []))).toBe('conflict stream');
    expect(await world.refusal(ann, op.create(newGroup(), [bob, 'nobody' as UserId]))).toBe('not_found memberIds.1');
    expect(await world.refusal(ann, op.create(newGroup(), [], { title: 'x'.repeat(201) }))).toBe('too_large title');
    await world.streams.close();
  });

  it('[OP11] an admin and the owner may change a group, null clears a field, and nobody may change a direct chat', async () => {
    const world = await createWorld();
    const [group, direct] = [await withGroup(world, bob, eve), await withDirect(world)];
    await world.ok(ann, op.role(group, bob, 'admin'));
    await world.ok(bob, op.update(group, { title: 'New', about: 'what for', history: 'joined' }));
    const frame = async () => (await world.seen(eve, group)).find(({ type }) => type === 'conversation');
    expect(await frame()).toMatchObject({ title: 'New', about: 'what for', history: 'joined' });
    expect((await world.history(eve, group)).records.at(-1)?.event).toEqual({
      kind: 'conversation.update',
      by: bob,
      title: 'New',
    });
    await world.ok(ann, op.update(group, { title: null, about: null }));
    expect(await frame()).not.toHaveProperty('title');
    expect(await frame()).not.toHaveProperty('about');
    expect(await world.refusal(eve, op.update(group, { title: 'mine' }))).toBe('forbidden');
    expect(await world.refusal(ann, op.update(group, { avatar: 'm1' }))).toBe('not_found avatar');
    expect(await world.refusal(ann, op.update(group, { history: null }))).toBe('invalid history');
    expect(await world.refusal(ann, op.update(direct, { title: 'us' }))).toBe('forbidden');
    expect(await world.refusal(dan, op.update(group, { title: 'x' }))).toBe('not_found stream');
    await world.streams.close();
  });

  it('[RC5] a changed name reaches every member record', async () => {
    const world = await createWorld();
    const [group, direct] = [await withGroup(world, bob), await withDirect(world)];
    world.names.set(bob, 'Robert');
    await world.streams.profileChanged(bob);
    for (const stream of [group, direct])
      expect(
        (await world.seen(ann, stream)).find((record) => record.type === 'member' && record.userId === bob),
      ).toMatchObject({ name: 'Robert' });
    await world.streams.close();
  });

  it('[SH1] [SH2] [SH3] a malformed field of any op is refused with its code and path', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const messageId = (await world.ok(ann, op.send(group, 'x'))).id as OpId;
    const valid = [
      op.send(group, 'x'),
      op.edit(group, messageId, 'y'),
      op.delete(group, messageId),
      op.pin(group, messageId),
      op.react(group, messageId, '👍'),
      op.mark(group, { readSeq: 1 }),
      op.create(newGroup(), [bob]),
      op.update(group, { title: 't' }),
      op.add(group, eve),
      op.remove(group, bob),
      op.role(group, bob, 'admin'),
      op.settings(group, { draft: 'd' }),
    ];
    const hostile = [{ $gt: '' }, { $ne: null }, [], 7, '\ud800', JSON.parse('{"__proto__":{"x":1}}') as unknown, true];
    for (const given of valid)
      for (const field of Object.keys(given))
        for (const value of hostile) {
          if (
            typeof value === typeof (given as Record<string, unknown>)[field] &&
            typeof value !== 'string' &&
            !Array.isArray(value)
          )
            continue;
          const [result] = await world.push(ann, { ...given, [field]: value });
          if (result?.ok === true) continue;
          expect(['invalid', 'not_found', 'too_large']).toContain(result?.error.code);
          expect(result?.error.path?.split('.')[0]).toBe(field);
        }
    // Fresh ids: some of these ops were accepted above and would be recognised as resends before their fields are read.
    for (const given of valid.map((one) => ({ ...one, id: nextId() }))) {
      expect(await world.refusal(ann, { ...given, surplus: 1 })).toBe('invalid surplus');
      expect(
        await world.refusal(ann, JSON.parse(JSON.stringify(given).replace('{', '{"__proto__":1,')) as object),
      ).toBe('invalid __proto__');
    }
    for (const ops of [undefined, {}, 'x', [...Array(101).keys()]])
      expect(await world.streams.push({ userId: ann }, { ops })).toMatchObject({ error: { path: 'ops' } });
    expect(await world.streams.push({ userId: ann }, null)).toMatchObject({ error: { code: 'invalid' } });
    expect(await world.push(ann)).toEqual([]);
    expect(await world.refusal(ann, op.send(group, 'half \ud800'))).toBe('invalid text');
    expect(await world.refusal(ann, { ...op.send(group, 'x'), stream: 'u:ann' })).toBe('invalid stream');
    expect(await world.refusal(ann, { ...op.send(group, 'x'), stream: 'd:bob.ann' })).toBe('invalid stream');
    expect(await world.refusal(ann, { ...op.send(group, 'x'), id: '00000000-0000-4000-8000-000000000000' })).toBe(
      'invalid id',
    );
    expect(world.defects).toEqual([]);
    await world.streams.close();
  });
});
