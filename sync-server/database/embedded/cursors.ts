import { Long } from 'bson';
import { type Command, type Commands, integer, textOption } from './command.ts';
import { CommandError } from './errors.ts';
import { type Doc, encode } from './values.ts';
import type { Reply } from './wire.ts';

interface Cursor {
  /** Already as bytes; those before `at` have been sent. */
  documents: Uint8Array[];
  at: number;
  ns: string;
  touchedAt: number;
}

/** Open cursors of all connections, for a driver continues on whichever connection is free. */
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

function takeBatch(documents: Uint8Array[], batchSize: number, from = 0): Uint8Array[] {
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

const getMore: Command = (_engine, request, db, cursors) => {
  const id = request.body['getMore'];
  const cursorId = id instanceof Long ? id.toBigInt() : BigInt(integer(id));
  const cursor = cursors.get(cursorId);
  if (cursor === undefined || cursor.ns !== `${db}.${textOption(request.body['collection'], 'collection')}`)
    throw new CommandError('CursorNotFound', `cursor id ${cursorId} not found`);
  const batch = takeBatch(
    cursor.documents,
    integer(request.body['batchSize'], Number.MAX_SAFE_INTEGER) || Number.MAX_SAFE_INTEGER,
    cursor.at,
  );
  cursor.at += batch.length;
  cursor.touchedAt = Date.now();
  const isDone = cursor.at >= cursor.documents.length;
  if (isDone) cursors.delete(cursorId);
  return {
    body: {},
    batch: {
      name: 'nextBatch',
      documents: batch,
      ns: cursor.ns,
      cursorId: isDone ? 0n : cursorId,
    },
  };
};

const killCursors: Command = (_engine, request, _db, cursors) => {
  const { cursors: given } = request.body;
  const ids = (Array.isArray(given) ? given : []).filter((id) => id instanceof Long);
  const killed = ids.filter((id) => cursors.delete(id.toBigInt()));
  return {
    body: {
      cursorsKilled: killed,
      cursorsNotFound: ids.filter((id) => !killed.includes(id)),
      cursorsAlive: [],
      cursorsUnknown: [],
    },
  };
};

export const cursorCommands: Commands = {
  getMore: { run: getMore, options: ['collection', 'batchSize'] },
  killCursors: { run: killCursors, options: ['cursors'] },
};
