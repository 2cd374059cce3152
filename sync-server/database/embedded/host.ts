import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type EngineOptions, type RunningEngine, runEngine } from './engine.ts';
import { DataFolderError } from './errors.ts';

export interface EmbeddedOptions {
  dataDir: string;
  /** Where to listen; chosen when absent, null for a port. */
  socketPath?: string | null;
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
    const { uri, close } =
      options.workerUrl === undefined ? await runEngine(settings) : await startWorker(options.workerUrl, settings);
    return {
      uri,
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
function chooseSocket({ dataDir, socketPath }: EmbeddedOptions): { socketPath: string | null; forget: () => void } {
  const forget = () => undefined;
  if (socketPath === null || (socketPath === undefined && process.platform === 'win32'))
    return { socketPath: null, forget };
  if (socketPath !== undefined) return { socketPath: resolve(socketPath), forget };
  const beside = join(resolve(dataDir), 'socket', 'database.sock');
  if (Buffer.byteLength(beside) < 100) return { socketPath: beside, forget };
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-'));
  return { socketPath: join(folder, 'database.sock'), forget: () => rmSync(folder, { recursive: true, force: true }) };
}

type WorkerMessage =
  | { kind: 'ready'; uri: string }
  | { kind: 'failed'; reason: DataFolderError['reason'] | null; message: string }
  | { kind: 'closed' };

async function startWorker(url: URL, settings: EngineOptions): Promise<RunningEngine> {
  const worker = new Worker(url, { workerData: settings });
  const next = <Kind extends WorkerMessage['kind']>(wanted: Kind) =>
    new Promise<Extract<WorkerMessage, { kind: Kind }>>((resolve, reject) => {
      const onMessage = (message: WorkerMessage) => {
        forget();
        if (message.kind === wanted) resolve(message as Extract<WorkerMessage, { kind: Kind }>);
        else reject(message.kind === 'failed' ? failureOf(message) : new Error(`the database said ${message.kind}`));
      };
      const onError = (error: Error) => {
        forget();
        reject(error);
      };
      const onExit = () => onError(new Error('the database ended'));
      const forget = () => worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    });
  const { uri } = await next('ready');
  // From here nobody listens for `error`: an engine that breaks ends the process, like any uncaught exception,
  // instead of leaving a server without its database.
  return {
    uri,
    async close() {
      const closed = next('closed');
      worker.postMessage('close');
      await closed;
    },
  };
}

function failureOf({ reason, message }: Extract<WorkerMessage, { kind: 'failed' }>): Error {
  return reason === null ? new Error(message) : new DataFolderError(reason, message);
}
