import * as v from 'valibot';
import {
  CELL_DIGITS,
  CELLS_PER_STREAM,
  SUM_RANGE,
  add,
  emptyCells,
  inRange,
  isZero,
  low32,
  placeOf,
  readCells,
  subtract,
  writeCells,
} from './digest-cells.ts';
import type { StreamId } from './ids.ts';
import { MAX_DIGEST_CELLS } from './limits.ts';
import { strict } from './shape.ts';

/*
 * Describes what a device holds in a few hundred bytes instead of all its cursors. [DG1] Each stream is in three cells. A cell
 * has the sum of its streams' cursors, and their sum weighted by a hash of the stream's name. The server computes the same sums
 * from its heads. If a single stream differs in a cell, the two differences tell which stream it is and what its cursor was. Once
 * it is subtracted from its two other cells, another stream may be the only one that differs there, and so on (an invertible
 * Bloom lookup table). The hash is salted, so that a coincidence does not repeat.
 *
 * Cursors never exceed their heads except after an accident, so equal plain sums mean equal cursors, and a coincidence of hashes
 * hides no stale stream.
 */

/** The cursor of a stream whose rows are damaged. It is above every head, so the server answers with a reset. [VB6] [DG4] */
export const DAMAGED_CURSOR = SUM_RANGE - 1;

export const Digest = strict({
  salt: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xff_ff_ff_ff)),
  cells: v.pipe(
    v.string(),
    v.maxLength(MAX_DIGEST_CELLS * CELL_DIGITS),
    v.regex(new RegExp(`^(?:[A-Za-z0-9_-]{${CELLS_PER_STREAM * CELL_DIGITS}})+$`)),
  ),
});
export type Digest = v.InferOutput<typeof Digest>;

export type CursorOf = readonly [stream: StreamId, cursor: number];

/** The digest of these cursors, in at least as many cells. */
export function digestOf(cursors: Iterable<CursorOf>, salt: number, count: number): Digest {
  const third = Math.max(1, Math.ceil(count / CELLS_PER_STREAM));
  const cells = emptyCells(third * CELLS_PER_STREAM);
  for (const [stream, cursor] of cursors) {
    const place = placeOf(stream, salt, third);
    for (const cell of place.cells) add(cells, cell, cursor, place.weight);
  }
  return { salt, cells: writeCells(cells) };
}

export interface Behind {
  /** Streams that differ, with the cursor that the device holds: 0 if it holds nothing of the stream. */
  cursors: Map<StreamId, number>;
  /** False if more streams differ than the digest can tell. */
  isComplete: boolean;
}

/**
 * Which of these streams are not at their heads on the device whose digest this is. The work is bounded by the number of streams,
 * whatever the digest contains. If a coincidence of hashes produces a wrong cursor, the page that follows does not continue from
 * what the device holds, and the device ignores it. [DG3]
 */
export function behindOf({ salt, cells: text }: Digest, heads: readonly CursorOf[]): Behind {
  const held = readCells(text);
  const count = held.sum.length;
  const places = heads.map(([stream]) => placeOf(stream, salt, count / CELLS_PER_STREAM));
  /** Heads minus cursors of the streams that are not identified yet. */
  const left = emptyCells(count);
  for (const [at, { cells, weight }] of places.entries())
    for (const cell of cells) add(left, cell, heads[at]?.[1] ?? 0, weight);
  subtract(left, held);

  const cursors = new Map<StreamId, number>();
  const differing = [...left.sum.keys()].filter((cell) => !isZero(left, cell));
  if (differing.length === 0) return { cursors, isComplete: true };

  const inCell: number[][] = Array.from({ length: count }, () => []);
  for (const [at, { cells }] of places.entries()) for (const cell of cells) inCell[cell]?.push(at);
  const isExplained = new Uint8Array(heads.length);
  const explain = (at: number, difference: number): readonly number[] => {
    const [stream, head] = heads[at] as CursorOf;
    const { cells, weight } = places[at] as (typeof places)[number];
    isExplained[at] = 1;
    for (const cell of cells) add(left, cell, -difference, weight);
    if (difference !== 0) cursors.set(stream, inRange(head - difference));
    return cells;
  };

  // Every cursor is above 0, so the device holds nothing of any stream in a cell without a sum.
  for (const cell of differing) {
    if (!isZero(held, cell)) continue;
    for (const at of inCell[cell] ?? []) if (isExplained[at] === 0) explain(at, heads[at]?.[1] ?? 0);
  }
  const waiting = [...differing];
  // A valid digest takes fewer steps than this, and one that was forged to cause work gets no more.
  for (let looks = 4 * count; waiting.length > 0 && looks > 0; looks--) {
    const cell = waiting.pop() as number;
    const [sum, weighted] = [left.sum[cell] as number, left.weighted[cell] as number];
    if (sum === 0) continue;
    const isAlone = (at: number) =>
      isExplained[at] === 0 && Math.imul((places[at] as (typeof places)[number]).weight, low32(sum)) === weighted;
    const found = (inCell[cell] ?? []).filter(isAlone);
    if (found.length === 1) waiting.push(...explain(found[0] as number, sum));
  }
  return { cursors, isComplete: differing.every((cell) => isZero(left, cell)) };
}
