import { describe, expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import type { ConsumerFault } from './testing/following.fixture.ts';
import { type Fault, type Ran, simulate } from './testing/simulation.fixture.ts';

const SEEDS = process.env['TEST_LONG'] === undefined ? 12 : 400;
const troubles = ['ops', 'crashes', 'lostAnswers', 'conflicts', 'resends', 'refusals', 'pages', 'deliveries'];
const firstSeed = Number(process.env['SEED'] ?? 1);
/** `SEED=n` runs only that life. */
const lives = process.env['SEED'] === undefined ? SEEDS : 1;

function report(seed: number, { violations, history }: Ran): string {
  return `SEED=${seed}\n${violations.join('\n')}\n--- history\n${history.join('\n')}`;
}

describe('simulation', () => {
  it(`[AP1] [AP2] [AP3] [AP8] [AP9] [ST1] [ST2] [ST3] [ST4] [RC2] [RQ1] [RQ2] [RQ3] hold over ${SEEDS} random lives of two processes`, async () => {
    const sum: Record<string, number> = {};
    for (let seed = firstSeed; seed < firstSeed + lives; seed++) {
      const ran = await simulate(seed);
      expect(ran.violations.length === 0 ? '' : report(seed, ran)).toBe('');
      for (const [what, count] of Object.entries(ran.did)) sum[what] = (sum[what] ?? 0) + count;
    }
    // Every kind of trouble happened, and often.
    for (const what of troubles) expect([what, lives === 1 || (sum[what] ?? 0) >= lives]).toEqual([what, true]);
    // Most requests are accepted by a message.
    expect(lives === 1 || (sum['acceptances'] ?? 0) >= lives / 4).toBe(true);
  }, 400_000);
});

it('a seed repeats a life exactly, whatever ran before it', async () => {
  const [first, other, again] = [await simulate(3), await simulate(4), await simulate(3)];
  expect(again).toEqual(first);
  expect(other.history).not.toEqual(first.history);
});

/** Defects that other systems have had, or that removing a precaution would cause. The simulation must notice each. */
const faults: Record<string, Fault> = {
  'goes on after a conflict inside a stream': (store) => ({
    ...store,
    async insert(entries, batch) {
      await store.insert([], batch);
      let written = 0;
      let hasFailed = false;
      for (const entry of entries) {
        const one = await store.insert([entry]);
        hasFailed ||= one.written === 0;
        if (!hasFailed) written++;
      }
      return { written };
    },
  }),
  'answers before the flush': (store) => ({
    ...store,
    async insert(entries, batch) {
      if (entries.length % 7 === 3) return { written: entries.length };
      return store.insert(entries, batch);
    },
  }),
  'remembers ops only in the process': (store) => {
    let n = 0;
    const forgetful = (entry: Entry): Entry =>
      entry.partCount === 1 && entry.pending !== true ? { ...entry, _id: `${entry._id}#${n++}` } : entry;
    return { ...store, insert: (entries, batch) => store.insert(entries.map(forgetful), batch) };
  },
  'takes the counter first and inserts where there is room': (store, memory) => ({
    ...store,
    async insert(entries, batch) {
      const moved: Entry[] = [];
      for (const entry of entries) {
        const tail = (await memory.tail(entry.stream))?.rev ?? 0;
        moved.push(
          entry.rev <= tail && entry.partCount === 1
            ? {
                ...entry,
                rev: tail + 2,
                ...(entry.body === undefined ? {} : { body: entry.body.replace(/"rev":\d+/, `"rev":${tail + 2}`) }),
              }
            : entry,
        );
      }
      return store.insert(moved, batch);
    },
  }),
  'strips before it inserts': (store) => ({
    ...store,
    async insert(entries, batch) {
      for (const { replaced } of entries) if (replaced !== undefined) await store.strip(replaced, 0);
      return store.insert(entries, batch);
    },
  }),
  'never finishes what a crash left': (store) => ({ ...store, pending: () => Promise.resolve([]) }),
  'raises no hints': (store) => ({ ...store, raiseHints: () => Promise.resolve() }),
  'keeps the text of what is deleted': (store) => ({ ...store, strip: () => Promise.resolve() }),
  'writes entries without their batch': (store) => ({ ...store, insert: (entries) => store.insert(entries) }),
  'settles a batch for all consumers when one has dealt with it': (store) => ({
    ...store,
    settleBatches: (_consumer, ids) => store.deleteBatches(ids),
  }),
};

const consumerFaults: Record<string, ConsumerFault> = {
  'answers before it has handled': (consumer) => ({
    ...consumer,
    handle(stream, entries, signal) {
      consumer.handle(stream, entries, signal).catch(() => undefined);
      return Promise.resolve();
    },
  }),
  'swallows its failures': (consumer) => ({
    ...consumer,
    handle: (stream, entries, signal) => consumer.handle(stream, entries, signal).catch(() => undefined),
  }),
};

describe('planted faults', () => {
  it.each(Object.keys(faults))(
    'the simulation notices a store that %s',
    async (name) => {
      for (let seed = 1; seed <= 60; seed++) if ((await simulate(seed, faults[name])).violations.length > 0) return;
      expect.unreachable(`60 lives with a store that ${name}, and nothing was noticed`);
    },
    400_000,
  );

  it.each(Object.keys(consumerFaults))(
    'the simulation notices a consumer that %s, so that its cursor is saved too early',
    async (name) => {
      for (let seed = 1; seed <= 60; seed++)
        if ((await simulate(seed, undefined, consumerFaults[name])).violations.length > 0) return;
      expect.unreachable(`60 lives with a consumer that ${name}, and nothing was noticed`);
    },
    400_000,
  );
});
