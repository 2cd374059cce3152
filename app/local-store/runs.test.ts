import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInside, outsideOf, withRun } from './runs.ts';

const range = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 8 }));

test('runs contain the seqs that were added, adjacent ones are merged, and everything else is outside', () => {
  fc.assert(
    fc.property(fc.array(range), ([...ranges]) => {
      const seqs = new Set<number>();
      let runs: number[] = [];
      for (const [from, more] of ranges) {
        runs = withRun(runs, from, from + more);
        for (let seq = from; seq <= from + more; seq++) seqs.add(seq);
      }
      const all = Array.from({ length: 60 }, (_, index) => index);
      expect(all.filter((seq) => isInside(runs, seq))).toEqual(all.filter((seq) => seqs.has(seq)));
      const outside = outsideOf(runs, 5, 45);
      expect(all.filter((seq) => outside.some(([from, to]) => from <= seq && seq <= to))).toEqual(
        all.filter((seq) => seq >= 5 && seq <= 45 && !seqs.has(seq)),
      );
      expect(outside.map(([from]) => from)).toEqual(outside.map(([from]) => from).toSorted((a, b) => b - a));
      expect(runs.every((seq, index) => index === 0 || seq - (runs[index - 1] ?? 0) >= (index % 2 === 0 ? 2 : 0))).toBe(
        true,
      );
    }),
  );
});
