import { describe, expect, it } from 'vitest';
import { type OpId, type StreamId, directStream } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import { createMemoryEntryStore } from './memory-entry-store.ts';
import { newGroup, op } from './testing/op.fixture.ts';
import { ann, bob, eve } from './testing/people.fixture.ts';
import { createWorld, withDirect, withGroup } from './testing/world.fixture.ts';
import { interrupted } from './testing/interrupted.fixture.ts';

describe('pull', () => {
  it('[VB3] the person’s own stream first, then conversations by their newest message; streams at their head are left out', async () => {
    const world = await createWorld({ shareAfterMs: 1_000_000 });
    const [group, direct] = [await withGroup(world, bob), await withDirect(world)];
    const notes = directStream(ann, ann);
    await world.ok(ann, op.create(notes, []));
    await world.ok(bob, op.send(direct, 'older'));
    await world.ok(ann, op.send(notes, 'newest'));
    await world.ok(bob, op.mark(direct, { readSeq: 1 }));
    const all = await world.pull(ann);
    expect(all.streams.map(({ stream }) => stream)).toEqual(['u:ann', notes, direct, group]);
    expect(all.more).toBe(false);
    const cursors = Object.fromEntries(all.streams.map(({ stream, cursor }) => [stream, cursor]));
    expect((await world.pull(ann, { cursors, epoch: all.epoch })).streams).toEqual([]);
    await world.ok(bob, op.send(direct, 'news'));
    expect((await world.pull(ann, { cursors })).streams).toMatchObject([
      { stream: direct, records: [{ text: 'news' }] },
    ]);
    expect((await world.pull(ann, { cursors: {}, only: [group] })).streams.map(({ stream }) => stream)).toEqual([
      group,
    ]);
    await world.streams.close();
  });

  it('[VB3] [VB4] [ST4] pages of any size end in the server’s state, even if streams move meanwhile', async () => {
    const world = await createWorld();
    const direct = await withDirect(world);
    const start = (await world.page(bob, direct))?.cursor ?? 0;
    const ids: OpId[] = [];
    for (let n = 0; n < 60; n++) ids.push((await world.ok(ann, op.send(direct, `${n}`))).id as OpId);
    for (const limit of [1, 7, 59, 60, 61, 1000]) {
      const held = new Map<string, KnownRecord>();
      let cursor = start;
      for (let more = true, turn = 0; more; turn++) {
        const answer = await world.pull(bob, { cursors: { [direct]: cursor }, only: [direct], limit });
        const [page] = answer.streams;
        if (page === undefined) break;
        expect(page.records.length).toBeLessThanOrEqual(limit);
        for (const record of page.records as KnownRecord[])
          if (record.rev > (held.get(record.id)?.rev ?? 0)) held.set(record.id, record);
        expect(page.more).toBe(answer.more);
        cursor = page.cursor;
        ({ more } = page);
        if (turn < 3) await world.ok(ann, op.edit(direct, ids[turn] as OpId, `edited ${limit} ${turn}`));
      }
      const rest = await world.pull(bob, { cursors: { [direct]: cursor }, only: [direct] });
      for (const record of (rest.streams[0]?.records ?? []) as KnownRecord[]) held.set(record.id, record);
      const messages = [...held.values()].filter((record) => record.type === 'message').sort((a, b) => a.seq - b.seq);
      expect(messages).toEqual((await world.history(bob, direct, { limit: 1000 })).records);
    }
    await world.streams.close();
  });

  it('[VB11] a conversation that is new to the device begins with as many messages as it asks for, from a short chat and a long one', async () => {
    const world = await createWorld();
    const [group, direct] = [await withGroup(world, bob), await withDirect(world)];
    for (let n = 1; n <= 20; n++) await world.ok(ann, op.send(group, `${n}`));
    for (let n = 1; n <= 70; n++) await world.ok(ann, op.send(direct, `${n}`));
    for (const [stream, sent] of [
      [group, 20],
      [direct, 70],
    ] as const) {
      const whole = await world.pull(bob, { cursors: {}, only: [stream] });
      const started = await world.pull(bob, { cursors: {}, only: [stream], window: 5 });
      const [page] = started.streams;
      const texts = (page?.records ?? []).flatMap((record) =>
        'text' in record && record.text !== '' ? [record.text] : [],
      );
      expect(texts).toEqual(Array.from({ length: 5 }, (_, at) => `${sent - 4 + at}`));
      expect([page?.cursor, page?.more]).toEqual([whole.streams[0]?.cursor, false]);
    }
    for (const window of [0, 51])
      expect(await world.streams.pull({ userId: bob }, { cursors: {}, window })).toMatchObject({
        error: { code: 'invalid', path: 'window' },
      });
    await world.streams.close();
  });

  it('[VB4] [RA2] hidden revs count: a page that shows nothing moves the cursor', async () => {
    const world = await createWorld();
    const group = newGroup();
    await world.ok(ann, op.create(group, [], { history: 'joined' }));
    const old = (await world.ok(ann, op.send(group, 'hidden'))).id as OpId;
    await world.ok(ann, op.add(group, bob));
    const cursor = (await world.page(bob, group))?.cursor ?? 0;
    await world.ok(ann, op.edit(group, old, 'still hidden'));
    await world.ok(ann, op.react(group, old, '👍'));
    const page = await world.page(bob, group, cursor);
    expect(page).toEqual({ stream: group, records: [], cursor: cursor + 2, more: false });
    expect(await world.page(bob, group, cursor + 2)).toBeUndefined();
    await world.streams.close();
  });

  it('[CL8] [VB3] a probe, which wants no stream, looks up no conversation', async () => {
    const memory = createMemoryEntryStore();
    const looked: StreamId[] = [];
    const hints: typeof memory.hints = (streams) => {
      looked.push(...streams);
      return memory.hints(streams);
    };
    const world = await createWorld({ store: { ...memory, hints } });
    const group = await withGroup(world, bob);
    looked.length = 0;
    expect((await world.pull(bob, { cursors: {}, only: [] })).streams).toEqual([]);
    expect(looked).toEqual([]);
    expect((await world.pull(bob, { cursors: {}, only: [group] })).streams).toHaveLength(1);
    expect(looked).toEqual([group]);
    await world.streams.close();
  });

  it('[VB3] a conversation that a person is added to while their own stream is read comes with the next pull, which `more` asks for', async () => {
    const { store, meanwhile } = interrupted('feed');
    const world = await createWorld({ store });
    const before = await withDirect(world);
    const group = newGroup();
    meanwhile(() => world.ok(ann, op.create(group, [bob], { title: 'Two' })));
    const first = await world.pull(bob);
    expect(first.streams.map(({ stream }) => stream)).toEqual(['u:bob', before]);
    expect(first.more).toBe(true);
    const cursors = Object.fromEntries(first.streams.map(({ stream, cursor }) => [stream, cursor]));
    const next = await world.pull(bob, { cursors });
    expect(next.streams.map(({ stream }) => stream)).toEqual([group]);
    expect(next.more).toBe(false);
    await world.streams.close();
  });

  it('[VB6] answers with a reset: a cursor above the head, another epoch, a cursor from before the person joined, an unreadable stream', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    await world.ok(ann, op.send(group, 'x'));
    const head = (await world.page(bob, group))?.cursor ?? 0;
    expect(await world.page(bob, group, head + 5)).toMatchObject({ reset: true, cursor: head });
    expect((await world.page(bob, group, head + 5))?.records).toHaveLength(4);
    expect(await world.page(bob, 'u:bob' as StreamId, 99)).toMatchObject({
      reset: true,
      cursor: 1,
      records: [{ type: 'membership' }],
    });
    const other = await world.pull(bob, { epoch: 'another', cursors: { [group]: head, 'u:bob': 1, 'u:ann': 3 } });
    expect(other.streams.map(({ stream, reset, records }) => [stream, reset, records.length])).toEqual([
      ['u:bob', true, 1],
      [group, true, 4],
      ['u:ann', true, 0],
    ]);
    expect(other.epoch).toBe(world.streams.epoch);
    await world.ok(ann, op.remove(group, bob));
    await world.ok(ann, op.add(group, bob));
    expect(await world.page(bob, group, head)).toMatchObject({ reset: true });
    const unknown = newGroup();
    for (const request of [
      { cursors: { [unknown]: 4 } },
      { only: [unknown] },
      { only: ['u:ann'] },
      { cursors: { [unknown]: 0 }, only: [unknown] },
    ])
      expect(
        (await world.pull(bob, request)).streams.filter(({ stream }) => stream === unknown || stream === 'u:ann'),
      ).toMatchObject([{ records: [], cursor: 0, more: false, reset: true }]);
    await world.streams.close();
  });

  it('[VB7] a limit out of bounds is invalid, and so is every malformed request', async () => {
    const world = await createWorld();
    for (const [request, path] of [
      [{ cursors: {}, limit: 0 }, 'limit'],
      [{ cursors: {}, limit: 1001 }, 'limit'],
      [{ cursors: {}, limit: 1.5 }, 'limit'],
      [{}, 'cursors'],
      [{ cursors: { 'u:ann': -1 } }, 'cursors.u:ann'],
      [{ cursors: { 'u:ann': { $gt: 0 } } }, 'cursors.u:ann'],
      [{ cursors: JSON.parse('{"__proto__":1}') as unknown }, 'cursors'],
      [{ cursors: {}, only: ['x'] }, 'only.0'],
      [{ cursors: {}, surplus: 1 }, 'surplus'],
      [null, undefined],
    ] as const)
      expect(await world.streams.pull({ userId: ann }, request)).toMatchObject({
        error: { code: 'invalid', ...(path === undefined ? {} : { path }) },
      });
    expect(await world.streams.history({ userId: ann }, { stream: newGroup(), limit: 1001 })).toMatchObject({
      error: { code: 'invalid', path: 'limit' },
    });
    await world.streams.close();
  });

  it('[RA4] a removal in the middle of a pull does not leak', async () => {
    const { store, meanwhile } = interrupted('feed');
    const world = await createWorld({ store });
    const group = await withGroup(world, bob);
    const cursor = (await world.page(bob, group))?.cursor ?? 0;
    await world.ok(ann, op.send(group, 'for both'));
    meanwhile(async () => {
      await world.ok(ann, op.remove(group, bob));
      await world.ok(ann, op.send(group, 'behind his back'));
    });
    expect(await world.page(bob, group, cursor)).toEqual({
      stream: group,
      records: [],
      cursor: 0,
      more: false,
      reset: true,
    });
    await world.streams.close();
  });

  it('[RA1] [SEC-10] a stream that a person may not know of is answered like one that does not exist', async () => {
    const world = await createWorld();
    const [group, direct] = [await withGroup(world, bob), await withDirect(world)];
    const id = (await world.ok(ann, op.send(group, 'x'))).id as OpId;
    for (const [real, none] of [
      [group, newGroup()],
      [direct, directStream(ann, 'zoe' as never)],
    ] as const) {
      for (const make of [
        (s: typeof real) => op.send(s, 'x'),
        (s: typeof real) => op.edit(s, id, 'x'),
        (s: typeof real) => op.settings(s, {}),
        (s: typeof real) => op.add(s, eve),
        (s: typeof real) => op.remove(s, bob),
        (s: typeof real) => op.role(s, bob, 'admin'),
        (s: typeof real) => op.update(s, {}),
      ])
        expect(await world.refusal(eve, make(real))).toBe(await world.refusal(eve, make(none)));
      const [a, b] = [
        await world.streams.history({ userId: eve }, { stream: real }),
        await world.streams.history({ userId: eve }, { stream: none }),
      ];
      expect(a).toEqual(b);
      const [c, d] = [await world.page(eve, real, 1), await world.page(eve, none, 1)];
      expect({ ...c, stream: '' }).toEqual({ ...d, stream: '' });
    }
    await world.streams.close();
  });
});
