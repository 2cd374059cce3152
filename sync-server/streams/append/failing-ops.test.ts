import { describe, expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { createWorld, until, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';

describe('append of an op that fails', () => {
  it('[AP6] one bad op does not make its neighbours fail, and the results come in order', async () => {
    const world = await createWorld();
    const direct = await withDirect(world);
    const ops = [
      op.send(direct, '1'),
      7,
      { id: 'x', stream: direct },
      op.send(direct, ''),
      null,
      op.send(direct, '2'),
      op.send(newGroup(), '?'),
    ];
    const results = await world.push(ann, ...ops);
    expect(results.map((result) => (result.ok ? result.seq : result.error.code))).toEqual([
      1,
      'invalid',
      'invalid',
      'invalid',
      'invalid',
      2,
      'not_found',
    ]);
    expect(results.map(({ id }) => id)).toEqual(ops.map((given) => (given as { id?: string } | null)?.id ?? ''));
    await world.streams.close();
  });

  it('[AP7] after a retryable failure, later ops on that stream are answered unavailable and have no effect', async () => {
    const memory = createMemoryEntryStore();
    const unreachable = { stream: '' };
    const store: typeof memory = {
      ...memory,
      tail: (stream) =>
        stream === unreachable.stream ? Promise.reject(new StoreUnavailable('gone')) : memory.tail(stream),
    };
    const before = await createWorld({ store });
    const [direct, group] = [await withDirect(before), await withGroup(before, bob)];
    await before.streams.close();
    const world = await createWorld({ store, deadlineMs: 1_000 });
    unreachable.stream = direct;
    const ops = [op.send(direct, '1'), op.mark(direct, { readSeq: 1 }), op.send(group, 'a'), op.send(direct, '2')];
    const results = await world.push(ann, ...ops);
    expect(results.map((result) => (result.ok ? 'ok' : result.error.code))).toEqual([
      'unavailable',
      'unavailable',
      'ok',
      'unavailable',
    ]);
    unreachable.stream = '';
    expect((await world.history(ann, direct)).records).toEqual([]);
    await world.streams.close();
  });

  it('[AP6] [AP7] [ER1] an op that meets a bug is answered internal each time, and fails only the later ops of its stream in the push', async () => {
    const world = await createWorld();
    const [direct, group] = [await withDirect(world), await withGroup(world, bob)];
    const bad = {
      ...op.send(direct, ''),
      get text(): string {
        throw new TypeError('a defect');
      },
    };
    const ops = [op.send(direct, '1'), bad, op.send(direct, '2'), op.send(group, 'a')] as const;
    const said = async (...given: object[]) =>
      (await world.push(ann, ...given)).map((result) => (result.ok ? 'ok' : result.error.code));
    expect(await said(...ops)).toEqual(['ok', 'internal', 'unavailable', 'ok']);
    // Sent again, as a device would: stored ops are answered, the broken one stays broken, and nobody else has to wait.
    const again = ops.map((given) => Object.defineProperties({ retry: true }, Object.getOwnPropertyDescriptors(given)));
    const [mine, others] = await Promise.all([said(...again), world.push(bob, op.send(direct, 'from bob'))]);
    expect([mine, others]).toMatchObject([['ok', 'internal', 'unavailable', 'ok'], [{ ok: true }]]);
    expect(await said(ops[2])).toEqual(['ok']);
    expect((await world.history(bob, direct)).records.map(({ text }) => text)).toEqual(['1', 'from bob', '2']);
    expect(new Set(world.defects.map(String))).toEqual(new Set(['TypeError: a defect']));
    await world.streams.close();
  });

  it('[AP6] [AP7] [ER1] an op that can never be stored is found among the ops of its batch, and no other op fails', async () => {
    const memory = createMemoryEntryStore();
    const store: typeof memory = {
      ...memory,
      insert: (entries) =>
        entries.some(({ body }) => body?.includes('poison') === true)
          ? Promise.reject(new TypeError('a defect'))
          : memory.insert(entries),
    };
    const world = await createWorld({ store });
    const [direct, group] = [await withDirect(world), await withGroup(world, bob, eve)];
    const said = async (user: UserId, ...given: object[]) =>
      (await world.push(user, ...given)).map((result) => (result.ok ? 'ok' : result.error.code));
    const mine = [op.send(direct, '1'), op.send(direct, 'poison'), op.send(direct, '2'), op.send(group, 'a')];
    for (const retry of [false, true]) {
      const answers = await Promise.all([
        said(ann, ...mine.map((given) => ({ ...given, retry }))),
        said(bob, op.send(direct, 'from bob'), op.send(group, 'b')),
        said(eve, op.send(group, 'c'), op.mark(group, { readSeq: 1 })),
      ]);
      expect(answers).toEqual([
        ['ok', 'internal', 'unavailable', 'ok'],
        ['ok', 'ok'],
        ['ok', 'ok'],
      ]);
    }
    expect(await said(ann, mine[2] as object)).toEqual(['ok']);
    const held = async (stream: typeof direct) => (await world.history(bob, stream)).records.map(({ text }) => text);
    expect((await held(direct)).toSorted()).toEqual(['1', '2', 'from bob', 'from bob']);
    expect((await held(group)).toSorted()).toEqual(['a', 'b', 'b', 'c', 'c']);
    await world.streams.close();
  });

  it('[AP8] a refusal of a resend holds for every copy; other failures are not remembered', async () => {
    const world = await createWorld();
    const group = await withGroup(world);
    const early = op.send(group, 'hi');
    const resent = op.send(group, 'hi again');
    expect(await world.refusal(bob, early)).toBe('not_found stream');
    expect(await world.refusal(bob, { ...resent, retry: true })).toBe('not_found stream');
    await world.ok(ann, op.add(group, bob));
    expect(await world.ok(bob, early)).toMatchObject({ seq: 2 });
    expect(await world.refusal(bob, resent)).toBe('not_found stream');
    await world.streams.close();
  });

  it('[REL-06] while the store hangs, ops are answered unavailable in time, and the append recovers by itself', async () => {
    const memory = createMemoryEntryStore();
    let isHanging = false;
    const never = () => new Promise<never>(() => undefined);
    const store: typeof memory = {
      ...memory,
      insert: (entries) => (isHanging ? never() : memory.insert(entries)),
      tail: (stream) => (isHanging ? never() : memory.tail(stream)),
    };
    const world = await createWorld({ store, deadlineMs: 1_000 });
    const direct = await withDirect(world);
    isHanging = true;
    const results = await Promise.all([world.push(ann, op.send(direct, '1')), world.push(bob, op.send(direct, '2'))]);
    expect(results.flat().map((result) => (result.ok ? 'ok' : result.error.code))).toEqual([
      'unavailable',
      'unavailable',
    ]);
    isHanging = false;
    await until(async () => (await world.push(ann, op.send(direct, '3')))[0]?.ok === true);
    expect((await world.history(ann, direct)).records.map(({ text }) => text)).toContain('3');
    await world.streams.close();
  });
});
