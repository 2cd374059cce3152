import { describe, expect, it } from 'vitest';
import { createMemoryEntryStore } from './memory-entry-store.ts';
import { op } from './testing/op.fixture.ts';
import { ann, bob } from './testing/people.fixture.ts';
import { createWorld, withGroup } from './testing/world.fixture.ts';

const DAY_MS = 86_400_000;

describe('a server whose clock jumps', () => {
  it('[REL-09] [SH6] [ST3] keeps the order, loses nothing and forgets no op when the clock jumps a day ahead and two days back', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    const sent = [];
    for (const jump of [0, DAY_MS, -2 * DAY_MS, DAY_MS]) {
      world.clock.ms += jump;
      const first = op.send(group, `after a jump of ${jump}`);
      sent.push(first, op.send(group, 'and the next'));
      for (const one of sent.slice(-2)) await world.ok(ann, one);
      // The same op is sent again after each jump and recognised, however old it is by the clock.
      for (const [at, one] of sent.entries())
        expect(await world.ok(ann, { ...one, retry: true })).toMatchObject({ seq: at + 1 });
    }
    const seen = (await world.seen(bob, group)).flatMap((record) => (record.type === 'message' ? [record] : []));
    expect(seen.toSorted((a, b) => a.rev - b.rev).map(({ id, seq }) => ({ id, seq }))).toEqual(
      sent.map(({ id }, at) => ({ id, seq: at + 1 })),
    );
    expect(world.defects).toEqual([]);
    await world.streams.close();
  });

  it('[REL-09] [ST3] gives no message an earlier time than the one before it, even after a restart with the clock set back', async () => {
    const store = createMemoryEntryStore();
    const world = await createWorld({ store });
    const group = await withGroup(world, bob);
    await world.ok(ann, op.send(group, 'before'));
    world.clock.ms -= 2 * DAY_MS;
    await world.ok(ann, op.send(group, 'after'));
    await world.streams.close();
    const restarted = await createWorld({ store });
    restarted.clock.ms -= 3 * DAY_MS;
    await restarted.ok(bob, op.send(group, 'after a restart'));
    const { records } = await restarted.history(ann, group);
    const times = records.map(({ createdAt }) => createdAt);
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times).toEqual(times.toSorted());
    restarted.clock.ms += 10 * DAY_MS;
    await restarted.ok(bob, op.send(group, 'the clock is right again'));
    const last = (await restarted.history(ann, group)).records.at(-1);
    expect(Date.parse(last?.createdAt ?? '') - Date.parse(times.at(-1) ?? '')).toBeGreaterThan(DAY_MS);
    await restarted.streams.close();
  });
});
