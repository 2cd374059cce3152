import { type Socket, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { commandIn, eachMessage } from '#server/database/testing/wire-messages.fixture.ts';

const writes = new Set(['insert', 'update', 'delete', 'findAndModify']);

export interface CuttingProxy {
  uri: string;
  /** Command and collection of each write that passed since it was armed, up to the cut. */
  passed: string[];
  /** The number of index commands that were answered. */
  indexing: Record<'createIndexes' | 'listIndexes', number>;
  /** Counts writes from here on, and lets the nth pass as the last. */
  arm(nth: number): void;
  /** Resolves when the database has done the last write; its answer is withheld, and nothing passes any more. */
  cut: Promise<void>;
  close(): void;
}

/**
 * A proxy between a driver and a database that simulates a process killed right after its nth write: the write is done,
 * its answer is lost, and no other write follows.
 */
export async function startCuttingProxy(target: string, folder: string): Promise<CuttingProxy> {
  const path = join(folder, 'proxy.sock');
  const passed: string[] = [];
  const indexing = { createIndexes: 0, listIndexes: 0 };
  let nth: number | null = null;
  const open = new Set<Socket>();
  let isCut = false;
  let resolveCut: () => void = () => undefined;
  const cut = new Promise<void>((resolve) => (resolveCut = resolve));
  const end = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
    resolveCut();
  };

  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(target);
    let isLast = false;
    // A driver sends the next command on a connection only after the answer to the last one.
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
