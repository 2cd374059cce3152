import type { StreamId } from './ids.ts';

/*
 * The cells of a digest: how streams are spread over them, what a cell holds, and how it is written. See digest.ts.
 */

/** A cell as text: eight digits in base 64 for the sum, and six for the weighted sum. */
const SUM_DIGITS = 8;
const WEIGHTED_DIGITS = 6;
export const CELL_DIGITS = SUM_DIGITS + WEIGHTED_DIGITS;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Sums are taken modulo 2^48. */
export const SUM_RANGE = 2 ** 48;
/** Each stream has one cell in each third of them. */
export const CELLS_PER_STREAM = 3;

export interface Cells {
  /** Modulo 2^48. */
  sum: Float64Array;
  /** Modulo 2^32. */
  weighted: Int32Array;
}

/** The cells of a stream. */
export interface Place {
  cells: readonly [number, number, number];
  /** Odd, so that a small difference is never lost in the weighted sum. */
  weight: number;
}

export function emptyCells(count: number): Cells {
  return { sum: new Float64Array(count), weighted: new Int32Array(count) };
}

export function add({ sum, weighted }: Cells, cell: number, value: number, weight: number): void {
  sum[cell] = inRange((sum[cell] as number) + value);
  weighted[cell] = ((weighted[cell] as number) + Math.imul(weight, low32(value))) | 0;
}

export function isZero({ sum, weighted }: Cells, cell: number): boolean {
  return sum[cell] === 0 && weighted[cell] === 0;
}

/** The cells' values, one by one, minus those of the others. */
export function subtract(cells: Cells, others: Cells): void {
  for (const [at, value] of others.sum.entries()) cells.sum[at] = inRange((cells.sum[at] as number) - value);
  for (const [at, value] of others.weighted.entries())
    cells.weighted[at] = ((cells.weighted[at] as number) - value) | 0;
}

export function inRange(value: number): number {
  const rest = value % SUM_RANGE;
  return rest < 0 ? rest + SUM_RANGE : rest;
}

/** Modulo 2^32, for numbers of either sign. */
export function low32(value: number): number {
  return value | 0;
}

/** `third`: a third of the number of cells. */
export function placeOf(stream: StreamId, salt: number, third: number): Place {
  let [one, two] = [0xde_ad_be_ef ^ salt, 0x41_c6_ce_57 ^ salt];
  for (let at = 0; at < stream.length; at++) {
    const unit = stream.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x9e_37_79_b1);
    two = Math.imul(two ^ unit, 0x5f_35_64_95);
  }
  one = mixed(one ^ salt);
  two = mixed(two + one);
  const three = mixed(one ^ Math.imul(two, 0x85_eb_ca_6b));
  const weight = mixed(one + Math.imul(three, 0xc2_b2_ae_35)) | 1;
  const within = (hash: number) => (hash >>> 0) % third;
  return { cells: [within(one), third + within(two), 2 * third + within(three)], weight };
}

/** Spreads every bit over all bits, like the final step of MurmurHash3. */
function mixed(hash: number): number {
  let bits = hash;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85_eb_ca_6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2_b2_ae_35);
  return bits ^ (bits >>> 16);
}

export function writeCells({ sum, weighted }: Cells): string {
  let text = '';
  for (const [cell, value] of sum.entries())
    text += digits(value, SUM_DIGITS) + digits((weighted[cell] as number) >>> 0, WEIGHTED_DIGITS);
  return text;
}

/** Whether the text has only digits of the alphabet, and a whole number of cells. */
export function readCells(text: string): Cells {
  const cells = emptyCells(text.length / CELL_DIGITS);
  for (const cell of cells.sum.keys()) {
    const at = cell * CELL_DIGITS;
    cells.sum[cell] = numberIn(text, at, SUM_DIGITS);
    cells.weighted[cell] = low32(numberIn(text, at + SUM_DIGITS, WEIGHTED_DIGITS));
  }
  return cells;
}

function digits(value: number, count: number): string {
  let text = '';
  for (let rest = value, nth = 0; nth < count; nth++) {
    text = ALPHABET.charAt(rest % 64) + text;
    rest = Math.floor(rest / 64);
  }
  return text;
}

const valueOf = new Map([...ALPHABET].map((digit, value) => [digit, value]));

function numberIn(text: string, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) value = value * 64 + (valueOf.get(text.charAt(at)) ?? 0);
  return value;
}
