import { type Doc, encode } from './doc.ts';
import type { Reply } from './wire.ts';

interface Cursor {
  /** Encoded. Those before `at` have been sent. */
  documents: Uint8Array[];
  at: number;
  ns: string;
  touchedAt: number;
}

/** Open cursors of all connections, because a driver continues a cursor on any free connection. */
export type Cursors = Map<bigint, Cursor>;

const CURSOR_IDLE_MS = 600_000;

let nextCursorId = 1n;
const MAX_BATCH_BYTES = 16_000_000;

export function firstBatch(
  documents: Uint8Array[],
  ns: string,
  cursors: Cursors,
  batchSize: number,
  isSingle: boolean,
): Reply {
  const batch = takeBatch(documents, batchSize);
  const isDone = batch.length === documents.length || isSingle;
  const cursorId = isDone ? 0n : nextCursorId++;
  if (!isDone) {
    const now = Date.now();
    for (const [id, { touchedAt }] of cursors) if (now - touchedAt > CURSOR_IDLE_MS) cursors.delete(id);
    cursors.set(cursorId, { documents, at: batch.length, ns, touchedAt: now });
  }
  return { body: {}, batch: { name: 'firstBatch', documents: batch, ns, cursorId } };
}

export function listed(documents: Doc[], ns: string, cursors: Cursors): Reply {
  return firstBatch(documents.map(encode), ns, cursors, Number.MAX_SAFE_INTEGER, true);
}

export function takeBatch(documents: Uint8Array[], batchSize: number, from = 0): Uint8Array[] {
  const batch: Uint8Array[] = [];
  let bytes = 0;
  for (let at = from; at < documents.length; at++) {
    const document = documents[at] as Uint8Array;
    if (batch.length >= batchSize || (bytes + document.length > MAX_BATCH_BYTES && batch.length > 0)) break;
    bytes += document.length;
    batch.push(document);
  }
  return batch;
}
