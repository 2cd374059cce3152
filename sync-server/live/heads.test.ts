import { afterEach, describe, expect, it } from 'vitest';
import { type ConversationId, directStream, personalStream } from '#protocol/ids.ts';
import type { Heads } from '#protocol/live.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { until } from '#server/streams/testing/world.fixture.ts';
import { type LiveWorld, openLiveWorld } from './testing/live.fixture.ts';

const reaches = (stream: string, cursor: number) => (heads: Heads) =>
  ((heads as Record<string, number>)[stream] ?? 0) >= cursor;

describe('heads', () => {
  const worlds: LiveWorld[] = [];
  afterEach(async () => {
    await Promise.all(worlds.splice(0).map((world) => world.end()));
  });
  async function opened(options: Parameters<typeof openLiveWorld>[0]): Promise<LiveWorld> {
    const world = await openLiveWorld(options);
    worlds.push(world);
    return world;
  }

  it('[LV5] name the streams that moved since `welcome`, then since the last heads, including the person’s own stream', async () => {
    const world = await opened({ headsEveryMs: 30 });
    const [chat, other] = [directStream(ann, bob), directStream(bob, eve)];
    for (const stream of [chat, other]) await world.ok(bob, op.create(stream, []));
    const anns = await world.connect(ann);
    const { rev } = await world.ok(bob, op.send(chat, 'one'));
    const first = await anns.until<Heads>('heads');
    expect(first).toEqual({ [chat]: rev });
    const mark = await world.ok(ann, op.mark(chat, { readSeq: 1 }));
    expect(mark.stream).toBe(personalStream(ann));
    await anns.until('heads', reaches(mark.stream, mark.rev));
    await world.ok(bob, op.send(other, 'not hers'));
    const last = await world.ok(bob, op.send(chat, 'two'));
    await anns.until('heads', reaches(chat, last.rev));
    for (const heads of anns.of<Record<string, number>>('heads')) expect(heads).not.toHaveProperty([other]);
  });

  it('[LV5] name a group to which the person was added while connecting, which neither changes nor the first pull brought', async () => {
    const memory = createMemoryEntryStore();
    const projection: { release?: () => void } = {};
    const store: typeof memory = {
      ...memory,
      async insert(entries) {
        if (projection.release === undefined && entries.some(({ stream }) => stream === personalStream(ann)))
          await new Promise<void>((resolve) => (projection.release = resolve));
        return memory.insert(entries);
      },
    };
    const world = await opened({ store, headsEveryMs: 30 });
    const group = newGroup();
    const created = world.ok(bob, op.create(group, [ann], { title: 'Two' }));
    await until(() => projection.release !== undefined);
    const anns = await world.connect(ann);
    const first = await world.pull(ann);
    expect(first.streams).toEqual([]);
    projection.release?.();
    const { rev } = await created;
    const heads = await anns.until<Record<string, number>>('heads', (named) => group in named);
    const held = heads[group] ?? 0;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(rev);
    expect((await world.pull(ann)).streams.map(({ stream }) => stream)).toEqual([personalStream(ann), group]);
    // A setting of hers moves only her own stream.
    await world.ok(bob, op.send(group, 'one'));
    await anns.until('heads', reaches(group, rev + 1));
    const before = anns.of('heads').length;
    const pinned = await world.ok(ann, op.settings(group, { pinned: true }));
    await anns.until('heads', reaches(personalStream(ann), pinned.rev));
    for (const named of anns.of<Record<string, number>>('heads').slice(before))
      expect(named).not.toHaveProperty([group]);
  });

  it('[LV5] without a bus between servers, name the streams that moved through another server', async () => {
    const store = createMemoryEntryStore();
    const shared = { store, isShared: true, times: { pollEveryMs: 10 } };
    const [here, there] = [await opened(shared), await opened(shared)];
    const chat = directStream(ann, bob);
    const group = newGroup();
    await here.ok(ann, op.create(chat, []));
    await here.ok(ann, op.create(group, [bob, eve], { title: 'Three' }));
    const [bobs, eves] = [await there.connect(bob), await there.connect(eve)];
    for (const stream of [chat, group] as ConversationId[]) {
      const { rev } = await here.ok(ann, op.send(stream, 'moved'));
      await bobs.until('heads', reaches(stream, rev));
    }
    expect(eves.of<Record<string, number>>('heads').some((heads) => chat in heads)).toBe(false);
    const gone = await here.ok(ann, op.remove(group, eve));
    const { rev } = await here.ok(ann, op.send(group, 'without Eve'));
    await bobs.until('heads', reaches(group, rev));
    await eves.until<Heads>('heads', (heads) => personalStream(eve) in heads);
    for (const heads of eves.of<Record<string, number>>('heads')) expect(heads[group] ?? 0).toBeLessThan(gone.rev);
  });
});
