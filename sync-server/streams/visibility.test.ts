import { describe, expect, it } from 'vitest';
import { formFor, recordsFor } from './visibility.ts';
import { newGroup, op } from './testing/op.fixture.ts';
import { ann, bob } from './testing/people.fixture.ts';
import { createWorld } from './testing/world.fixture.ts';

describe('visibility', () => {
  it('[RC3] `fromSeq` is only in a person’s own member record', async () => {
    const world = await createWorld();
    const group = newGroup();
    await world.ok(ann, op.create(group, [bob]));
    const owners = (await world.seen(ann, group)).filter((record) => 'fromSeq' in record).map(({ id }) => id);
    expect(owners).toEqual([`${group}/ann`]);
    const announced = world.announced.flatMap(({ records }) => records);
    expect(announced.some((record) => 'fromSeq' in record)).toBe(false);
    const live = recordsFor(announced, { userId: bob, fromSeq: 1 }).filter((record) => 'fromSeq' in record);
    expect(live.map(({ id }) => id)).toEqual([`${group}/bob`]);
    await world.streams.close();
  });

  it('[RA2] [SEC-04] no version of an older message reaches a newcomer live', async () => {
    const world = await createWorld();
    const group = newGroup();
    await world.ok(ann, op.create(group, [], { history: 'joined' }));
    const { id } = await world.ok(ann, op.send(group, 'old'));
    await world.ok(ann, op.add(group, bob));
    world.announced.length = 0;
    await world.ok(ann, op.edit(group, id as never, 'old, edited'));
    await world.ok(ann, op.send(group, 'new'));
    const { readers } = await world.streams.readersOf(group);
    const newcomer = readers.find(({ userId }) => userId === bob) as (typeof readers)[number];
    expect(newcomer).toEqual({ userId: bob, fromSeq: 2 });
    const [edited, fresh] = world.announced.flatMap(({ records }) => records);
    expect(formFor(edited as never, newcomer)).toBeUndefined();
    expect(formFor(fresh as never, newcomer)).toBe(fresh);
    expect(formFor(edited as never, { userId: ann, fromSeq: 1 })).toBe(edited);
    await world.streams.close();
  });
});
