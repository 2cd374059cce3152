import { type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { commandIn, eachMessage } from '#server/database/wire-messages.fixture.ts';

const writes = new Set(['insert', 'update', 'delete', 'findAndModify']);

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
