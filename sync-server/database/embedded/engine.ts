import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, unlinkSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { dirname } from 'node:path';
import { openCatalog } from './catalog.ts';
import type { Engine } from './command.ts';
import { watchDiskSpace } from './disk-space.ts';
import { createHandler } from './commands.ts';
import { openStore } from './store.ts';
import { expire } from './ttl.ts';
import { serveConnection } from './wire.ts';

const EXPIRE_EVERY_MS = 60_000;

export interface EngineOptions {
  dataDir: string;
  /**
   * A unix socket's path; its folder is created with mode 0700, because there is no other authentication. Null, for
   * systems without such sockets: a free port of 127.0.0.1, which every user of the machine can reach.
   */
  socketPath: string | null;
  durability: 'flush' | 'none';
}

export interface RunningEngine {
  /** For a driver, without a database name. */
  uri: string;
  close(): Promise<void>;
}

/** Opens the data folder and serves it on the socket. Throws DataFolderError. */
export async function runEngine({ dataDir, socketPath, durability }: EngineOptions): Promise<RunningEngine> {
  const log = (sentence: string) => process.stderr.write(`database: ${sentence}\n`);
  const space = watchDiskSpace({ folder: dataDir, log });
  const store = openStore({ dataDir, durability });
  store.onDiskFull(() => space.failed(store.touch));
  const engine: Engine = { store, catalog: openCatalog(store), space, log, scans: new Set() };
  const sockets = new Set<Socket>();
  const handle = createHandler(engine);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, handle);
  });
  try {
    await listen(server, socketPath);
  } catch (error) {
    await store.close();
    throw error;
  }
  let expiring: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    expiring = expire(engine, Date.now()).catch(() => 0); // retried in the next round
  }, EXPIRE_EVERY_MS);
  timer.unref();
  return {
    uri: uriOf(server),
    async close() {
      clearInterval(timer);
      space.close();
      await expiring;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
      await store.close();
    },
  };
}

/** The data folder is locked by now, so an existing socket file belongs to a dead process. */
async function listen(server: Server, path: string | null): Promise<void> {
  if (path === null) server.listen(0, '127.0.0.1');
  else {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    if (existsSync(path)) unlinkSync(path);
    server.listen(path);
  }
  await once(server, 'listening');
}

function uriOf(server: Server): string {
  const address = server.address();
  if (address === null) throw new Error('not listening');
  return `mongodb://${typeof address === 'string' ? encodeURIComponent(address) : `127.0.0.1:${address.port}`}`;
}
