import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type EngineOptions, runEngine } from './engine.ts';
import { DataFolderError } from './errors.ts';

export interface EmbeddedOptions {
  dataDir: string;
  /** Where to listen; chosen when absent. */
  socketPath?: string;
  durability?: 'flush' | 'none';
  /** The built worker. Without it the engine runs in the caller's own thread. */
  workerUrl?: URL;
}

export interface Embedded {
  /** For mongoose, without a database's name: append `/name`. */
  uri: string;
  close(): Promise<void>;
}

/** Starts the engine over a data folder. Throws DataFolderError where the folder is in use, newer, or can't be used. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { socketPath, forget } = chooseSocket(options);
  const settings: EngineOptions = {
    dataDir: resolve(options.dataDir),
    socketPath,
    durability: options.durability ?? 'flush',
  };
  try {
    const close =
      options.workerUrl === undefined
        ? (await runEngine(settings)).close
        : await startWorker(options.workerUrl, settings);
    return {
      uri: `mongodb://${encodeURIComponent(socketPath)}`,
      async close() {
        await close();
        forget();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

/** A socket's path ends at 107 bytes: a long data folder gets a private one among the temporary files. */
function chooseSocket({ dataDir, socketPath }: EmbeddedOptions): { socketPath: string; forget: () => void } {
  if (socketPath !== undefined) return { socketPath: resolve(socketPath), forget: () => undefined };
  const beside = join(resolve(dataDir), 'socket', 'database.sock');
  if (Buffer.byteLength(beside) < 100) return { socketPath: beside, forget: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-'));
  return { socketPath: join(folder, 'database.sock'), forget: () => rmSync(folder, { recursive: true, force: true }) };
}

type WorkerMessage =
  | { kind: 'ready' }
  | { kind: 'failed'; reason: DataFolderError['reason'] | null; message: string }
  | { kind: 'closed' };

async function startWorker(url: URL, settings: EngineOptions): Promise<() => Promise<void>> {
  const worker = new Worker(url, { workerData: settings });
  const next = (wanted: WorkerMessage['kind']) =>
    new Promise<void>((resolve, reject) => {
      const onMessage = (message: WorkerMessage) => {
        forget();
        if (message.kind === wanted) resolve();
        else if (message.kind === 'failed')
          reject(
            message.reason === null ? new Error(message.message) : new DataFolderError(message.reason, message.message),
          );
        else reject(new Error(`the database said ${message.kind}`));
      };
      const onError = (error: Error) => {
        forget();
        reject(error);
      };
      const onExit = () => onError(new Error('the database ended'));
      const forget = () => worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    });
  await next('ready');
  // From here nobody listens for `error`: an engine that breaks ends the process, like any uncaught exception,
  // instead of leaving a server without its database.
  return async () => {
    const closed = next('closed');
    worker.postMessage('close');
    await closed;
  };
}
