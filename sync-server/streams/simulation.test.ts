import { describe, expect, it } from 'vitest';
import type { Entry } from './entry.ts';
import { type Fault, type Ran, simulate } from './testing/simulation.fixture.ts';

const SEEDS = 40;
const firstSeed = Number(process.env['SEED'] ?? 1);

function told(seed: number, { violations, history }: Ran): string {
  return `SEED=${seed}\n${violations.join('\n')}\n--- history\n${history.join('\n')}`;
}

describe('simulation', () => {
  it(`[AP1] [AP2] [AP3] [AP8] [AP9] [ST1] [ST2] [ST3] [ST4] [RC2] hold over ${SEEDS} random lives of two processes`, async () => {
    const sum: Record<string, number> = {};
    for (let seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
      const ran = await simulate(seed);
      expect(ran.violations.length === 0 ? '' : told(seed, ran)).toBe('');
      for (const [what, count] of Object.entries(ran.did)) sum[what] = (sum[what] ?? 0) + count;
    }
    // It did something: every kind of bad day came, often.
    for (const what of ['ops', 'crashes', 'lostAnswers', 'conflicts', 'resends', 'refusals', 'pages'])
      expect([what, (sum[what] ?? 0) >= SEEDS]).toEqual([what, true]);
  }, 120_000);
});

/** Faults as they were made elsewhere, or would be by taking a precaution away: the simulation must notice each. */
const faults: Record<string, Fault> = {
  'goes on after a conflict inside a stream': (store) => ({
    ...store,
    async insert(entries) {
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
    async insert(entries) {
      if (entries.length % 7 === 3) return { written: entries.length };
      return store.insert(entries);
    },
  }),
  'remembers ops only in the process': (store) => {
    let n = 0;
    const forgetful = (entry: Entry): Entry =>
      entry.partCount === 1 && entry.pending !== true ? { ...entry, _id: `${entry._id}#${n++}` } : entry;
    return { ...store, insert: (entries) => store.insert(entries.map(forgetful)) };
  },
  'takes the counter first and inserts where there is room': (store, memory) => ({
    ...store,
    async insert(entries) {
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
      return store.insert(moved);
    },
  }),
  'strips before it inserts': (store) => ({
    ...store,
    async insert(entries) {
      for (const { replaced } of entries) if (replaced !== undefined) await store.strip(replaced, 0);
      return store.insert(entries);
    },
  }),
  'never finishes what a crash left': (store) => ({ ...store, pending: () => Promise.resolve([]) }),
  'raises no hints': (store) => ({ ...store, raiseHints: () => Promise.resolve() }),
  'keeps the text of what is deleted': (store) => ({ ...store, strip: () => Promise.resolve() }),
};

describe('planted faults', () => {
  it.each(Object.keys(faults))(
    'the simulation notices a store that %s',
    async (name) => {
      for (let seed = 1; seed <= 60; seed++) if ((await simulate(seed, faults[name])).violations.length > 0) return;
      expect.unreachable(`60 lives with a store that ${name}, and nothing was noticed`);
    },
    120_000,
  );
});
