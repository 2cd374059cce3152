import type { KnownRecord } from '#protocol/record.ts';
import { bytesAsSent } from '#server/streams/byte-budget.ts';

/**
 * On a slow line, a frame is noticed only once it is complete, and a connection that is silent for some seconds counts as dead.
 * So a piece is small enough to arrive in less time, like the smallest pages. [LV3] [CL8]
 */
const PIECE_BYTES = 8 * 1024;

interface Step {
  prev: number;
  cursor: number;
  records: readonly KnownRecord[];
}

/** Splits a step into a chain of smaller ones, in rev order. A record that is larger than a piece gets a piece of its own. */
export function inPieces({ prev, cursor, records }: Step, maxBytes = PIECE_BYTES): Step[] {
  // The most frequent case. Measuring the record would cost as much as encoding it.
  if (records.length === 1) return [{ prev, cursor, records }];
  const pieces: KnownRecord[][] = [];
  let left = 0;
  for (const record of records.toSorted((a, b) => a.rev - b.rev)) {
    const bytes = bytesAsSent(record);
    if (bytes > left) {
      pieces.push([]);
      left = maxBytes;
    }
    pieces.at(-1)?.push(record);
    left -= bytes;
  }
  if (pieces.length < 2) return [{ prev, cursor, records }];
  const ends = pieces.map((piece, at) => (at === pieces.length - 1 ? cursor : (piece.at(-1)?.rev ?? cursor)));
  return pieces.map((piece, at) => ({ prev: ends[at - 1] ?? prev, cursor: ends[at] ?? cursor, records: piece }));
}
