import { type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { deserialize } from 'bson';

const writes = new Set(['insert', 'update', 'delete', 'findAndModify']);
const HEADER_BYTES = 16;
const OP_MSG = 2013;

export interface CuttingProxy {
  uri: string;
  /** Names and collections of the writes that passed since it was armed, as far as the cut. */
  passed: string[];
  /** How many commands about indexes were answered. */
  indexing: Record<'createIndexes' | 'listIndexes', number>;
  /** From here on writes are counted, and the nth is the last. */
  arm(nth: number): void;
  /** The database has done the last write, its answer was withheld, and nothing passes any more. */
  cut: Promise<void>;
  close(): void;
}

/**
 * Stands between a driver and a database as a process stands that is killed the moment its nth write is done: the write
 * happened, nobody learnt of it, and no other one follows.
 */
export async function startCuttingProxy(target: string, folder: string): Promise<CuttingProxy> {
  const path = join(folder, 'proxy.sock');
  const passed: string[] = [];
  const indexing = { createIndexes: 0, listIndexes: 0 };
  let nth: number | null = null;
  const open = new Set<Socket>();
  let isCut = false;
  let tell: () => void = () => undefined;
  const cut = new Promise<void>((resolve) => (tell = resolve));
  const end = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
    tell();
  };

  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(target);
    let isLast = false;
    // A driver sends the next command of a connection when it has the answer to the last one.
    let asked = '';
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined).on('close', () => open.delete(socket));
    }
    near.on(
      'data',
      eachMessage((message) => {
        const [command = '', collection = ''] = commandIn(message);
        if (isCut) return;
        asked = command;
        if (writes.has(command) && nth !== null) {
          passed.push(`${command} ${collection}`);
          isLast ||= passed.length === nth;
        }
        far.write(message);
      }),
    );
    far.on('data', (bytes) => {
      if (asked === 'createIndexes' || asked === 'listIndexes') indexing[asked]++;
      asked = '';
      if (isLast) end();
      else near.write(bytes);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = () => {
    end();
    server.close();
  };
  return { uri: `mongodb://${encodeURIComponent(path)}`, passed, indexing, arm: (count) => (nth = count), cut, close };
}

/** Cuts a stream of bytes into the messages of the wire protocol, each with its length in front. */
function eachMessage(take: (message: Buffer) => void): (bytes: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= HEADER_BYTES && held.length >= held.readInt32LE(0)) {
      const length = held.readInt32LE(0);
      take(held.subarray(0, length));
      held = held.subarray(length);
    }
  };
}

/** A command's name and, of most, its collection. */
function commandIn(message: Buffer): string[] {
  // After the header: flags, the kind of the first section, and that section's document.
  if (message.readInt32LE(12) !== OP_MSG || message[HEADER_BYTES + 4] !== 0) return [];
  const at = HEADER_BYTES + 5;
  const [first] = Object.entries(deserialize(message.subarray(at, at + message.readInt32LE(at))));
  return first === undefined ? [] : first.map(String);
}
