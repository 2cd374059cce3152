import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCondition } from '#server/database/embedded/match.ts';
import { type Doc, decode, isDoc } from '#server/database/embedded/doc.ts';
import { isNumber, toNumber } from '#server/database/embedded/value-types.ts';
import { type Request, parseMessage } from '#server/database/embedded/wire.ts';

/** A proxy in front of an engine that records the shape of every command. */
export async function startRecorder(engineUri: string): Promise<{ uri: string; shapes: Set<string>; close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'tl-recorder-'));
  const path = join(folder, 'recorder.sock');
  const shapes = new Set<string>();
  const server = createServer((client) => {
    const engine = connect(decodeURIComponent(engineUri.slice('mongodb://'.length)));
    let read: Buffer = Buffer.alloc(0);
    client.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      while (read.length >= 16 && read.length >= read.readInt32LE(0)) {
        const frame = read.subarray(0, read.readInt32LE(0));
        read = read.subarray(frame.length);
        const shape = frame.readInt32LE(12) === 2004 ? 'ismaster, by OP_QUERY' : shapeOf(parseMessage(frame).request);
        // The driver's heartbeat depends on time, so it is left out.
        if (shape !== 'hello') shapes.add(shape);
      }
    });
    client.pipe(engine).pipe(client);
    for (const socket of [client, engine]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    uri: `mongodb://${encodeURIComponent(path)}`,
    shapes,
    close() {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A command in one line: the names of its options, and of their values only operators, counts and concerns. */
function shapeOf({ body, sequences }: Request): string {
  const [name = ''] = Object.keys(body);
  const handshake = ['hello', 'ismaster', 'isMaster'].includes(name);
  const parts = Object.entries(body)
    .slice(1)
    // Options of every command, and the facts about the driver in a handshake, are left out.
    .filter(([option]) => !handshake && option !== '$db' && option !== 'lsid')
    .map(([option, value]) => part(option, value));
  for (const [option, documents] of sequences)
    parts.push(option === 'documents' ? 'documents(sequence)' : `${part(option, documents.map(decode))} (sequence)`);
  return [name, ...parts.sort()].join(' ');
}

function part(option: string, value: unknown): string {
  const list = Array.isArray(value) ? (value as Doc[]) : [];
  switch (option) {
    case 'filter':
    case 'query':
    case 'q':
      return `${option}(${[...operators(value)].sort().join(' ')})`;
    case 'update':
    case 'u':
      return `${option}(${Object.keys(value as Doc).join(' ')})`;
    case 'updates':
    case 'deletes':
      return [
        ...new Set(
          list.map(
            (one) =>
              `${option}{${Object.entries(one)
                .map(([key, inner]) => part(key, inner))
                .join(' ')}}`,
          ),
        ),
      ].join(' ');
    case 'pipeline':
      return `pipeline[${list.map(stage).join(' ')}]`;
    case 'indexes':
      return `indexes{${Object.keys(list[0] ?? {}).join(' ')}}`;
    case 'sort':
      return `sort(${Object.keys(value as Doc).length})`;
    case 'projection':
    case 'fields':
      return `${option}(${[...new Set(Object.values(value as Doc).map((kept) => (kept === true || (isNumber(kept) && toNumber(kept) !== 0) ? '+' : '-')))].join('')})`;
    case 'readConcern':
      return `readConcern(${String((value as Doc)['level'])})`;
    case 'writeConcern':
      return `writeConcern(${Object.entries(value as Doc)
        .map(([key, inner]) => `${key}:${isNumber(inner) ? toNumber(inner) : String(inner)}`)
        .join(' ')})`;
    default:
      return option;
  }
}

function stage(one: Doc): string {
  const [operator = '', operand] = Object.entries(one)[0] ?? [];
  if (operator === '$match') return `$match(${[...operators(operand)].sort().join(' ')})`;
  return isDoc(operand)
    ? `${operator}{${Object.keys(operand)
        .filter((key) => operator === '$lookup' || key.startsWith('$'))
        .join(' ')}}`
    : operator;
}

/** The operators of a filter at any depth; `=` for a plain value. */
function operators(filter: unknown, into = new Set<string>()): Set<string> {
  for (const [key, value] of Object.entries(filter as Doc)) {
    if (key.startsWith('$')) into.add(key);
    if (key === '$expr') continue;
    if (isCondition(value)) operators(value, into);
    else if (!key.startsWith('$')) into.add('=');
    else if (Array.isArray(value))
      for (const item of value) if (isDoc(item) && ['$and', '$or', '$nor'].includes(key)) operators(item, into);
  }
  return into;
}
