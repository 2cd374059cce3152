import { expect, test } from 'vitest';
import type { KnownRecord } from '#protocol/record.ts';
import { inPieces } from './in-pieces.ts';

const record = (rev: number, length = 1_000) => ({ rev, text: 'x'.repeat(length) }) as unknown as KnownRecord;
const revsOf = (pieces: ReturnType<typeof inPieces>) => pieces.map(({ records }) => records.map(({ rev }) => rev));

test('[LV3] a small step stays one, with or without records', () => {
  const step = { prev: 3, cursor: 9, records: [record(4), record(7)] };
  expect(inPieces(step)).toEqual([step]);
  expect(inPieces({ prev: 3, cursor: 9, records: [] })).toEqual([{ prev: 3, cursor: 9, records: [] }]);
});

test('[LV3] [CL8] a large step is sent as a chain in rev order that ends where the step does', () => {
  const records = [8, 4, 6, 5, 7].map((rev) => record(rev));
  const pieces = inPieces({ prev: 3, cursor: 10, records }, 2_500);
  expect(revsOf(pieces)).toEqual([[4, 5], [6, 7], [8]]);
  expect(pieces.map(({ prev, cursor }) => [prev, cursor])).toEqual([
    [3, 5],
    [5, 7],
    [7, 10],
  ]);
});

test('[LV3] a record that is larger than a piece gets a piece of its own', () => {
  const pieces = inPieces({ prev: 0, cursor: 3, records: [record(1), record(2, 9_000), record(3)] }, 2_500);
  expect(revsOf(pieces)).toEqual([[1], [2], [3]]);
});
