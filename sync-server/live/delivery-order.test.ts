import { describe, expect, it } from 'vitest';
import type { Announcement } from '#server/streams/announcement.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { ann, bob, createWorld, eve, newGroup, op } from '#server/streams/testing/world.fixture.ts';
import { createInOrder } from './delivery-order.ts';
import { createReaders } from './reader-cache.ts';

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
describe('steps that come from another server', () => {
  /** A group in which Bob is removed and added again between messages, as the server that writes announces it. */
  async function told() {
    const store = createMemoryEntryStore();
    const writer = await createWorld({ store });
    const group = newGroup();
    const steps: Announcement[] = [];
    const told = async () => {
      steps.push(...writer.announced.splice(0).filter(({ stream }) => stream === group));
    };
    await writer.ok(ann, op.create(group, [bob, eve], { title: 'Three' }));
    return {
      writer,
      group,
      steps,
      async write(...ops: Parameters<typeof writer.ok>[1][]) {
        for (const each of ops) await writer.ok(ann, each);
        await told();
      },
      readersOf: writer.streams.readersOf,
    };
  }

  it('[LV3] leave in rev order though they come in any, and what comes after a later one goes nowhere', async () => {
    const { group, steps, write, readersOf, writer } = await told();
    await write(...Array.from({ length: 5 }, (_, at) => op.send(group, `${at}`)));
    const out: number[] = [];
    const order = createInOrder({
      readers: createReaders(readersOf),
      deliver: ({ cursor }) => void out.push(cursor),
      holdMs: 60_000,
      onDefect: fail,
    });
    const [created, ...sent] = steps as [Announcement, ...Announcement[]];
    order.take(created, created.readers);
    for (const at of [1, 0, 3, 2, 4]) {
      const { readers: _, ...step } = sent[at] as Announcement;
      order.take(step);
    }
    while (out.length < 6) await turn();
    order.take(sent[1] as Announcement);
    order.passed(group, 100);
    order.take({ ...(sent[4] as Announcement), prev: 99, cursor: 100 });
    await turn();
    expect(out).toEqual(steps.map(({ cursor }) => cursor));
    await writer.streams.close();
  });

  it('[LV3] wait for a missing one only so long', async () => {
    const { group, steps, write, readersOf, writer } = await told();
    await write(...Array.from({ length: 3 }, (_, at) => op.send(group, `${at}`)));
    const out: number[] = [];
    const deliver = ({ cursor }: Announcement) => void out.push(cursor);
    const order = createInOrder({
      readers: createReaders(readersOf),
      deliver,
      holdMs: 5,
      onDefect: fail,
    });
    for (const at of [0, 1, 3]) order.take(steps[at] as Announcement);
    while (out.length < 3) await turn();
    expect(out).toEqual([0, 1, 3].map((at) => steps[at]?.cursor));
    await writer.streams.close();
  });

  it('[RA3] whatever is lost, late or doubled, one who was removed gets nothing from his removal on', async () => {
    let delivered = 0;
    let withheld = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const random = randomFrom(seed);
      const { group, steps, write, readersOf, writer } = await told();
      const cursors: number[] = [];
      const leaks: number[] = [];
      /** While he is out: from which rev on. */
      let removedAt = Number.POSITIVE_INFINITY;
      const order = createInOrder({
        readers: createReaders(readersOf),
        deliver({ readers, cursor }) {
          cursors.push(cursor);
          const said = steps.find((step) => step.cursor === cursor)?.readers.some(({ userId }) => userId === bob);
          const isTold = readers.some(({ userId }) => userId === bob);
          // What stood before he went he could read while he was in.
          if (isTold && cursor >= removedAt) leaks.push(cursor);
          if (!isTold && said !== true) withheld++;
          delivered++;
        },
        holdMs: 1,
        onDefect: fail,
      });
      const late: Announcement[] = [];
      let heard = 0;
      const hear = async () => {
        for (const step of steps.slice(heard)) {
          if (random() < 0.25) continue;
          if (random() < 0.3) late.push(step);
          else order.take(withoutReaders(step));
          if (random() < 0.2) late.push(step);
        }
        heard = steps.length;
        while (late.length > 0 && random() < 0.5)
          order.take(withoutReaders(late.splice(Math.floor(random() * late.length), 1)[0] as Announcement));
        for (let n = Math.floor(random() * 4); n > 0; n--) await turn();
      };
      await write(op.send(group, 'first'));
      for (let round = 0; round < 3; round++) {
        await hear();
        await write(op.remove(group, bob));
        removedAt = steps.at(-1)?.cursor ?? 0;
        await hear();
        await write(op.send(group, 'without him'), op.send(group, 'without him'));
        await hear();
        if (round === 2) break;
        removedAt = Number.POSITIVE_INFINITY;
        await write(op.add(group, bob));
        await hear();
        await write(op.send(group, 'with him'));
      }
      for (let n = 0; n < 20; n++) await turn();
      expect({ seed, leaks, cursors }).toEqual({
        seed,
        leaks: [],
        cursors: [...new Set(cursors)].sort((a, b) => a - b),
      });
      await writer.streams.close();
    }
    expect(delivered).toBeGreaterThan(400);
    expect(withheld).toBeGreaterThan(100);
  });
});

function withoutReaders({ readers: _, ...told }: Announcement) {
  return told;
}

function fail(error: unknown): void {
  throw error;
}
