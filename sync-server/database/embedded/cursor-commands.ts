import { Long } from 'bson';
import type { Command, Commands } from './command.ts';
import { takeBatch } from './cursors.ts';
import { CommandError } from './errors.ts';
import { integer, textOption } from './options.ts';

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
