import { describe, expect, it } from 'vitest';
import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { createWorld } from '#server/streams/testing/world.fixture.ts';
import { createDeliveryOrder } from './delivery-order.ts';
import { createReaderCache } from './reader-cache.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
describe('steps from another server', () => {
  /** A group of three, with the steps that the server which writes announces. */
  async function announcedGroup() {
    const store = createMemoryEntryStore();
    const writer = await createWorld({ store });
    const group = newGroup();
    const steps: Announcement[] = [];
    await writer.ok(ann, op.create(group, [bob, eve], { title: 'Three' }));
    return {
      writer,
      group,
      steps,
      async write(...ops: Parameters<typeof writer.ok>[1][]) {
        for (const each of ops) await writer.ok(ann, each);
        steps.push(...writer.announced.splice(0).filter(({ stream }) => stream === group));
      },
      readersOf: writer.streams.readersOf,
    };
  }

  it('[LV3] are delivered in rev order, whatever order they arrive in; one that arrives after a later one is dropped', async () => {
    const { group, steps, write, readersOf, writer } = await announcedGroup();
    await write(...Array.from({ length: 5 }, (_, at) => op.send(group, `${at}`)));
    const out: number[] = [];
    const order = createDeliveryOrder({
      readers: createReaderCache(readersOf),
      deliver: ({ cursor }) => void out.push(cursor),
      holdMs: 60_000,
      onDefect: fail,
    });
    const [created, ...sent] = steps as [Announcement, ...Announcement[]];
    order.enqueue(created, created.readers);
    for (const at of [1, 0, 3, 2, 4]) {
      const { readers: _, ...step } = sent[at] as Announcement;
      order.enqueue(step);
    }
    while (out.length < 6) await turn();
    order.enqueue(sent[1] as Announcement);
    order.skipTo(group, 100);
    order.enqueue({ ...(sent[4] as Announcement), prev: 99, cursor: 100 });
    await turn();
    expect(out).toEqual(steps.map(({ cursor }) => cursor));
    await writer.streams.close();
  });

  it('[LV3] wait a limited time for a missing one', async () => {
    const { group, steps, write, readersOf, writer } = await announcedGroup();
    await write(...Array.from({ length: 3 }, (_, at) => op.send(group, `${at}`)));
    const out: number[] = [];
    const deliver = ({ cursor }: Announcement) => void out.push(cursor);
    const order = createDeliveryOrder({
      readers: createReaderCache(readersOf),
      deliver,
      holdMs: 5,
      onDefect: fail,
    });
    for (const at of [0, 1, 3]) order.enqueue(steps[at] as Announcement);
    while (out.length < 3) await turn();
    expect(out).toEqual([0, 1, 3].map((at) => steps[at]?.cursor));
    await writer.streams.close();
  });

  it('[RA3] whatever is lost, late or duplicated, a removed person gets nothing after their removal', async () => {
    let delivered = 0;
    let withheld = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const random = randomFrom(seed);
      const { group, steps, write, readersOf, writer } = await announcedGroup();
      const cursors: number[] = [];
      const leaks: number[] = [];
      /** The rev of Bob's removal, while he is out. */
      let removedAt = Number.POSITIVE_INFINITY;
      const order = createDeliveryOrder({
        readers: createReaderCache(readersOf),
        deliver({ readers, cursor }) {
          cursors.push(cursor);
          const wasReader = steps.find((step) => step.cursor === cursor)?.readers.some(({ userId }) => userId === bob);
          const isReader = readers.some(({ userId }) => userId === bob);
          // As a member he could read everything that was written before his removal.
          if (isReader && cursor >= removedAt) leaks.push(cursor);
          if (!isReader && wasReader !== true) withheld++;
          delivered++;
        },
        holdMs: 1,
        onDefect: fail,
      });
      const late: Announcement[] = [];
      let received = 0;
      const receive = async () => {
        for (const step of steps.slice(received)) {
          if (random() < 0.25) continue;
          if (random() < 0.3) late.push(step);
          else order.enqueue(withoutReaders(step));
          if (random() < 0.2) late.push(step);
        }
        received = steps.length;
        while (late.length > 0 && random() < 0.5)
          order.enqueue(withoutReaders(late.splice(Math.floor(random() * late.length), 1)[0] as Announcement));
        for (let n = Math.floor(random() * 4); n > 0; n--) await turn();
      };
      await write(op.send(group, 'first'));
      for (let round = 0; round < 3; round++) {
        await receive();
        await write(op.remove(group, bob));
        removedAt = steps.at(-1)?.cursor ?? 0;
        await receive();
        await write(op.send(group, 'without him'), op.send(group, 'without him'));
        await receive();
        if (round === 2) break;
        removedAt = Number.POSITIVE_INFINITY;
        await write(op.add(group, bob));
        await receive();
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

function withoutReaders({ readers: _, ...step }: Announcement) {
  return step;
}

function fail(error: unknown): void {
  throw error;
}
