import { expect, it } from 'vitest';
import type { StreamId } from '#protocol/ids.ts';
import { countWithin, mostWithin } from './byte-budget.ts';
import type { Entry } from './entry.ts';
import { fittingEntries } from './fitting-entries.ts';

const stream = 'u:ann' as StreamId;

/** A stream of 2,000 entries whose records have so many bytes; it counts how many entries are read. */
function streamOf(recordBytes: number) {
  const entries = Array.from({ length: 2_000 }, (_, at) => ({ rev: at + 1, body: 'x'.repeat(recordBytes) }) as Entry);
  const store = {
    read: 0,
    feed(_stream: StreamId, afterRev: number, limit: number) {
      const found = entries.slice(afterRev, afterRev + limit);
      store.read += found.length;
      return Promise.resolve(found);
    },
  };
  return { store, entries };
}

it.each([1, 127, 200, 399, 450, 5_000, 40_000])(
  '[VB10] all that fits is found, and whether more follows, for records of %i bytes',
  async (recordBytes) => {
    for (const [records, bytes] of [
      [1_000, 32_768],
      [1_000, 262_144],
      [3, 32_768],
      [1_000, 100],
    ] as const)
      for (const after of [0, 1_500, 1_990, 2_000]) {
        const { store, entries } = streamOf(recordBytes);
        const found = await fittingEntries(store, stream, after, records, bytes);
        const rest = entries.slice(after);
        const fitting = Math.min(countWithin(rest, bytes), mostWithin(records, bytes));
        expect(found).toEqual(rest.slice(0, found.length));
        expect(found.length).toBeGreaterThanOrEqual(Math.min(rest.length, fitting + 1));
      }
  },
);

it('[VB10] with messages of usual length, few entries are read that do not fit', async () => {
  const { store, entries } = streamOf(420);
  const found = await fittingEntries(store, stream, 0, 1_000, 32_768);
  const fitting = countWithin(entries, 32_768);
  expect(found.length).toBeGreaterThan(fitting);
  expect(store.read).toBeLessThan(1.2 * fitting);
});
