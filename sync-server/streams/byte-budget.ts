import type { Entry } from './entry.ts';

/** No record is smaller than this, so it limits how many records an answer of so many bytes can hold. */
const SMALLEST_RECORD_BYTES = 128;
/** At least what a page holds beside its records: the stream's name, cursor and flags. */
export const PAGE_FRAME_BYTES = 200;

/** The bytes of the entry's record in an answer, with its comma. */
export function bytesOf({ body }: Entry): number {
  return body === undefined ? 0 : Buffer.byteLength(body) + 1;
}

/** How many of these entries fit, from the first one on. */
export function countWithin(entries: readonly Entry[], bytes: number): number {
  let left = bytes;
  const first = entries.findIndex((entry) => (left -= bytesOf(entry)) < 0);
  return first === -1 ? entries.length : first;
}

/** How many entries to read for an answer of so many records and bytes. */
export function mostWithin(records: number, bytes: number): number {
  return Math.max(1, Math.min(records, Math.ceil(bytes / SMALLEST_RECORD_BYTES)));
}

export function bytesAsSent(value: object): number {
  return Buffer.byteLength(JSON.stringify(value)) + 1;
}

export function sizeOf(records: readonly object[]): number {
  return records.reduce((sum, record) => sum + bytesAsSent(record), 0);
}

/** How many of these records fit, from the first one on. */
export function countThatFit(records: readonly object[], bytes: number): number {
  let left = bytes;
  const first = records.findIndex((record) => (left -= bytesAsSent(record)) < 0);
  return first === -1 ? records.length : first;
}
