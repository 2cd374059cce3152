import { expect, it } from 'vitest';
import { NAMED_AT_ONCE } from './batched-rows.ts';
import { piecesOf } from './pieces.ts';
import { bootstrap, membership, messages, newGroup, own, page } from './testing/records.fixture.ts';

const memberships = (count: number) =>
  Array.from({ length: count }, (_, at) => membership(newGroup(), { rev: 2 * (at + 1) }));

it('[ask 12] an answer is applied in pieces of as many conversations as are written with one request, in its order', () => {
  const groups = Array.from({ length: 2 * NAMED_AT_ONCE + 1 }, () => bootstrap(newGroup(), []));
  const pieces = piecesOf([page(own, 4, memberships(2)), ...groups]);
  expect(pieces.map(({ length }) => length)).toEqual([1, NAMED_AT_ONCE, NAMED_AT_ONCE, 1]);
  expect(pieces.flat().slice(1)).toEqual(groups);
  expect(piecesOf([])).toEqual([]);
});

it('[VB4] a page of many memberships is split into several, each with the cursor up to which it goes', () => {
  const records = memberships(2 * NAMED_AT_ONCE + 1);
  const whole = page(own, 999, records, { more: true, reset: true, after: 0 });
  const slices = piecesOf([whole]).flat();
  expect(slices.flatMap((slice) => slice.records)).toEqual(records);
  expect(slices.map(({ cursor }) => cursor)).toEqual([2 * NAMED_AT_ONCE, 4 * NAMED_AT_ONCE, 999]);
  expect(slices.map(({ more }) => more)).toEqual([true, true, true]);
  expect(slices.map(({ after }) => after)).toEqual([0, 0, 0]);
  // The stream's rows are dropped once.
  expect(slices.map(({ reset }) => reset)).toEqual([true, undefined, undefined]);
  expect(piecesOf([{ ...whole, more: false }]).map(([slice]) => slice?.more)).toEqual([true, true, false]);
});

it('[VB4] a page whose records do not ascend is not split, and neither is one of a conversation', () => {
  const descending = page(own, 999, memberships(2 * NAMED_AT_ONCE).toReversed());
  expect(piecesOf([descending])).toEqual([[descending]]);
  const stream = newGroup();
  const long = page(stream, 300, messages(stream, 1, 300));
  expect(piecesOf([long])).toEqual([[long]]);
});
