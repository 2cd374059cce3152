import { describe, expect, it, vi } from 'vitest';
import { type ConversationId, type OpId, directStream } from '#protocol/ids.ts';
import type { Entry } from '#server/streams/entry.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, dan, eve } from '#server/streams/testing/people.fixture.ts';
import { createWorld, until, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';

describe('append', () => {
  it('[AP1] ok is answered only after the flush', async () => {
    const release: (() => void)[] = [];
    let isHeld = false;
    const flush = () => (isHeld ? new Promise<void>((resolve) => release.push(resolve)) : Promise.resolve());
    const world = await createWorld({ store: createMemoryEntryStore({ flush }) });
    const direct = await withDirect(world);
    isHeld = true;
    let answered = false;
    const sending = world.push(ann, op.send(direct, 'hello'));
    void sending.then(() => (answered = true));
    await until(() => release.length > 0);
    expect(answered).toBe(false);
    expect(world.announced.flatMap(({ records }) => records).some(({ type }) => type === 'message')).toBe(false);
    isHeld = false;
    for (const go of release.splice(0)) go();
    expect((await sending)[0]).toMatchObject({ ok: true, seq: 1 });
    await world.streams.close();
  });

  it('[AP1] [AP2] an op that is lost before the flush is answered unavailable, and takes effect once when it is sent again', async () => {
    let crashes = 0;
    const flush = () => (crashes > 0 ? (crashes--, Promise.reject(new Error('killed'))) : Promise.resolve());
    const world = await createWorld({ store: createMemoryEntryStore({ flush }), deadlineMs: 1_000 });
    const direct = await withDirect(world);
    const sent = op.send(direct, 'hello');
    crashes = 1_000_000;
    expect(await world.refusal(ann, sent)).toBe('unavailable');
    crashes = 0;
    expect(await world.ok(ann, { ...sent, retry: true })).toMatchObject({ seq: 1 });
    expect((await world.history(ann, direct)).records.map(({ id }) => id)).toEqual([sent.id]);
    await world.streams.close();
  });

  it('[AP2] an op sent many times at once takes effect once, and every copy gets the same answer', async () => {
    const world = await createWorld();
    const direct = await withDirect(world);
    const sent = op.send(direct, 'once');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => world.ok(ann, at % 2 ? { ...sent, retry: true } : sent)),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await world.history(bob, direct)).records).toHaveLength(1);
    await world.streams.close();
  });

  it('[AP2] two processes that write to one stream give every op its own rev and seq', async () => {
    const store = createMemoryEntryStore();
    const [one, two] = [await createWorld({ store }), await createWorld({ store })];
    const direct = await withDirect(one);
    const ops = Array.from({ length: 60 }, (_, at) => op.send(direct, `m${at}`));
    const answers = await Promise.all(
      ops.flatMap((sent, at) => [
        (at % 2 ? one : two).ok(at % 3 ? ann : ann, sent),
        ...(at % 5 ? [] : [(at % 2 ? two : one).ok(ann, sent)]),
      ]),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const { records } = await one.history(ann, direct, { limit: 1000 });
    expect(records.map(({ seq }) => seq)).toEqual(ops.map((_, at) => at + 1));
    expect(new Set(records.map(({ id }) => id)).size).toBe(60);
    await Promise.all([one.streams.close(), two.streams.close()]);
  });

  it('[AP3] a repeated op id returns the first stream and seq, for every kind of op', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const first = await world.ok(ann, op.send(group, 'one'));
    for (const given of [
      op.send(group, 'two'),
      op.edit(group, first.id as OpId, 'edited'),
      op.react(group, first.id as OpId, '👍'),
      op.pin(group, first.id as OpId),
      op.add(group, eve),
      op.role(group, bob, 'admin'),
      op.update(group, { title: 'New' }),
      op.mark(group, { readSeq: 1 }),
      op.settings(group, { pinned: true }),
      op.remove(group, eve),
      op.create(newGroup(), [bob]),
      op.delete(group, first.id as OpId),
    ]) {
      const answer = await world.ok(ann, given);
      const { rev: _, ...same } = answer;
      expect(await world.ok(ann, given)).toMatchObject(same);
      expect(await world.ok(ann, { ...given, retry: true })).toMatchObject(same);
    }
    await world.streams.close();
  });

  it('[AP4] a resend is recognised before its other fields are read, even when its sender has left', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const sent = op.send(group, 'hello');
    const first = await world.ok(bob, sent);
    await world.ok(bob, op.remove(group, bob));
    expect(await world.ok(bob, sent)).toEqual(first);
    expect(
      await world.ok(bob, { id: sent.id, stream: sent.stream, kind: 'nonsense', retry: true } as { id: OpId }),
    ).toEqual(first);
    await world.streams.close();
  });

  it('[AP5] a foreign op id is a conflict for a member, and not found for a stranger', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const direct = await withDirect(world);
    const sent = op.send(group, 'mine');
    await world.ok(ann, sent);
    expect(await world.refusal(bob, sent)).toBe('conflict id');
    expect(await world.refusal(ann, { ...sent, stream: direct })).toBe('conflict id');
    expect(await world.refusal(eve, sent)).toBe('not_found stream');
    expect(await world.refusal(eve, { ...sent, retry: true })).toBe('not_found stream');
    await world.streams.close();
  });

  it('[AP9] when the server is killed after the first entry of an op on several records, that op is finished before the next one', async () => {
    const store = createMemoryEntryStore();
    let isKilled = false;
    const dying: typeof store = {
      ...store,
      async insert(entries) {
        if (!isKilled) return store.insert(entries);
        await store.insert(entries.slice(0, 1));
        throw new StoreUnavailable('killed');
      },
    };
    const first = await createWorld({ store: dying, deadlineMs: 50 });
    const group = newGroup();
    isKilled = true;
    const created = op.create(group, [bob, eve], { title: 'Half' });
    expect(await first.refusal(ann, created)).toBe('unavailable');
    const second = await createWorld({ store });
    expect(await second.ok(bob, op.send(group, 'whole'))).toMatchObject({ seq: 1, rev: 5 });
    expect((await second.seen(eve, group)).map(({ type }) => type)).toEqual([
      'conversation',
      'member',
      'member',
      'member',
      'message',
    ]);
    expect((await second.pull(eve)).streams.map(({ stream }) => stream)).toEqual(['u:eve', group]);
    expect(await second.ok(ann, { ...created, retry: true })).toMatchObject({ stream: group, rev: 4 });
    expect(await store.pending({})).toEqual([]);
    await second.streams.close();
  });

  it("[AP10] another stream's message is not found", async () => {
    const world = await createWorld();
    const [direct, group] = [await withDirect(world), await withGroup(world, bob)];
    const { id } = await world.ok(ann, op.send(direct, 'here'));
    const messageId = id as OpId;
    for (const given of [
      op.edit(group, messageId, 'x'),
      op.delete(group, messageId),
      op.pin(group, messageId),
      op.react(group, messageId, '👍'),
    ])
      expect(await world.refusal(ann, given)).toBe('not_found messageId');
    expect(await world.refusal(ann, op.send(group, 're', { replyTo: messageId }))).toBe('not_found replyTo');
    await world.streams.close();
  });

  it('[AP11] [ST5] pushes take effect in the order of their calls, whichever queues their ops go through', async () => {
    const world = await createWorld();
    const group = newGroup();
    const pushes = [
      op.create(group, [bob]),
      op.settings(group, { pinned: true }),
      op.send(group, '1'),
      op.mark(group, { readSeq: 1 }),
      op.send(group, '2'),
      op.settings(group, { pinned: false }),
      op.add(group, eve),
      op.send(group, '4'),
    ].map((given) => world.ok(ann, given));
    expect((await Promise.all(pushes)).map(({ seq }) => seq)).toEqual([
      undefined,
      undefined,
      1,
      undefined,
      2,
      undefined,
      3,
      4,
    ]);
    const [membership] = await world.seen(ann, 'u:ann' as never);
    expect(membership).toMatchObject({ readSeq: 1 });
    expect(membership).not.toHaveProperty('pinnedAt');
    await world.streams.close();
  });

  it('[AP12] an answer has the highest rev that the op created, or the current rev if it had no effect', async () => {
    const world = await createWorld();
    const group = newGroup();
    expect(await world.ok(ann, op.create(group, [bob, eve]))).toMatchObject({ stream: group, rev: 4 });
    const { id } = await world.ok(ann, op.send(group, 'x'));
    const deleted = await world.ok(ann, op.delete(group, id as OpId));
    expect(deleted).toMatchObject({ rev: 6 });
    expect(await world.ok(ann, op.delete(group, id as OpId))).toMatchObject({ stream: group, rev: 6 });
    expect(await world.ok(ann, op.mark(group, { readSeq: 0 }))).toMatchObject({ stream: 'u:ann' });
    await world.streams.close();
  });

  it('[ST2] [LV3] what is announced has no gap and comes in rev order', async () => {
    const world = await createWorld();
    const [direct, group] = [await withDirect(world), await withGroup(world, bob, dan)];
    await Promise.all(
      Array.from({ length: 30 }, (_, at) => world.ok(at % 2 ? ann : bob, op.send(at % 3 ? direct : group, `${at}`))),
    );
    const heads = new Map<string, number>();
    for (const { stream, prev, cursor, records } of world.announced) {
      expect(prev).toBe(heads.get(stream) ?? 0);
      expect(records.map(({ rev }) => rev)).toEqual(records.map((_, at) => prev + 1 + at));
      heads.set(stream, cursor);
    }
    expect(heads.get(direct)).toBe(3 + 20);
    await world.streams.close();
  });

  it('ops that arrive during a flush wait for the next one, and only a large batch is flushed in parallel', async () => {
    const memory = createMemoryEntryStore();
    const held: (() => void)[] = [];
    let isHolding = false;
    const inserts: number[] = [];
    const store: typeof memory = {
      ...memory,
      async insert(entries, batch) {
        inserts.push(entries.length);
        if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
        return memory.insert(entries, batch);
      },
    };
    const world = await createWorld({ store });
    const streams = [await withDirect(world)];
    while (streams.length < 4) streams.push(await withGroup(world, bob));
    for (const stream of streams) await world.ok(ann, op.send(stream, 'the state is in memory now'));
    const [first, ...others] = streams as [ConversationId, ...ConversationId[]];
    inserts.length = 0;
    isHolding = true;
    const answers = [world.ok(ann, op.send(first, 'in flight'))];
    await until(() => held.length === 1);
    const turns = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    for (const stream of others) {
      answers.push(world.ok(bob, op.send(stream, 'gathers')), world.ok(ann, op.send(stream, 'gathers')));
      await turns();
    }
    expect(inserts).toEqual([1]);
    for (let count = 6; count < 256; count++) answers.push(world.ok(ann, op.send(others[0] as ConversationId, 'many')));
    await turns();
    expect(inserts).toEqual([1, 256]);
    isHolding = false;
    for (const resume of held) resume();
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
    await world.streams.close();
  });

  it('after a flush of several ops the next one waits for as many, at most a moment; the op of a lone sender never waits', async () => {
    const memory = createMemoryEntryStore();
    const inserts: number[] = [];
    const store: typeof memory = {
      ...memory,
      insert(entries, batch) {
        inserts.push(entries.length);
        return memory.insert(entries, batch);
      },
    };
    const world = await createWorld({ store });
    const [one, two] = [await withDirect(world), await withGroup(world, bob)];
    const turns = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    for (const stream of [one, two]) await world.ok(ann, op.send(stream, 'the state is in memory now'));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      inserts.length = 0;
      await world.ok(ann, op.send(one, 'alone'));
      await world.ok(ann, op.send(one, 'alone again'));
      expect(inserts).toEqual([1, 1]);
      await Promise.all([world.ok(ann, op.send(one, 'together')), world.ok(bob, op.send(two, 'together'))]);
      const first = world.ok(ann, op.send(one, 'waits for the other sender'));
      await turns();
      expect(inserts).toEqual([1, 1, 2]);
      await Promise.all([first, world.ok(bob, op.send(two, 'the other sender'))]);
      expect(inserts).toEqual([1, 1, 2, 2]);
      const last = world.ok(ann, op.send(one, 'the other one is silent'));
      await turns();
      expect(inserts).toEqual([1, 1, 2, 2]);
      vi.advanceTimersByTime(1);
      await last;
      await world.ok(ann, op.send(one, 'alone again'));
      expect(inserts).toEqual([1, 1, 2, 2, 1, 1]);
    } finally {
      vi.useRealTimers();
    }
    await world.streams.close();
  });

  it('nothing of an op is pending after its answer and the clean-up', async () => {
    const store = createMemoryEntryStore();
    const world = await createWorld({ store });
    const group = await withGroup(world, bob, eve);
    const { id } = await world.ok(ann, op.send(group, 'x'));
    await Promise.all([world.ok(bob, op.mark(group, { readSeq: 1 })), world.ok(ann, op.edit(group, id as OpId, 'y'))]);
    await world.ok(ann, op.remove(group, eve));
    await world.ok(ann, op.settings(directStream(ann, bob), {})).catch(() => undefined);
    await world.streams.close();
    expect(await store.pending({})).toEqual([]);
    const versions = new Map<string, number>();
    for (const entry of store.dump() as Entry[])
      if (entry.current) versions.set(entry.id, (versions.get(entry.id) ?? 0) + 1);
    expect([...versions.values()].every((count) => count === 1)).toBe(true);
    expect(world.defects).toEqual([]);
  });
});
