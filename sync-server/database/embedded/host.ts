import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type EngineOptions, type RunningEngine, runEngine } from './engine.ts';
import { DataFolderError } from './errors.ts';

export interface EmbeddedOptions {
  dataDir: string;
  /** Where to listen. Absent: chosen. Null: a port. */
  socketPath?: string | null;
  durability?: 'flush' | 'none';
  /** The built worker. Absent: the engine runs in the caller's thread. */
  workerUrl?: URL;
}

export interface Embedded {
  /** For mongoose, without a database name: append `/name`. */
  uri: string;
  close(): Promise<void>;
}

/** Starts the engine over a data folder. Throws DataFolderError if the folder is in use, newer or unusable. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { socketPath, cleanUp } = chooseSocket(options);
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
        cleanUp();
      },
    };
  } catch (error) {
    cleanUp();
    throw error;
  }
}

/** A socket's path has at most 107 bytes, so a long data folder gets a private folder among the temporary files. */
function chooseSocket({ dataDir, socketPath }: EmbeddedOptions): { socketPath: string | null; cleanUp: () => void } {
  const cleanUp = () => undefined;
  if (socketPath === null || (socketPath === undefined && process.platform === 'win32'))
    return { socketPath: null, cleanUp };
  if (socketPath !== undefined) return { socketPath: resolve(socketPath), cleanUp };
  const beside = join(resolve(dataDir), 'socket', 'database.sock');
  if (Buffer.byteLength(beside) < 100) return { socketPath: beside, cleanUp };
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-'));
  return { socketPath: join(folder, 'database.sock'), cleanUp: () => rmSync(folder, { recursive: true, force: true }) };
}

type WorkerMessage =
  | { kind: 'ready'; uri: string }
  | { kind: 'failed'; reason: DataFolderError['reason'] | null; message: string }
  | { kind: 'closed' };

async function startWorker(url: URL, settings: EngineOptions): Promise<RunningEngine> {
  const worker = new Worker(url, { workerData: settings });
  const { uri } = await nextMessage(worker, 'ready');
  // From here on nothing listens for `error`: an engine that crashes ends the process, like any uncaught exception,
  // instead of leaving a server without a database.
  return {
    uri,
    async close() {
      const closed = nextMessage(worker, 'closed');
      worker.postMessage('close');
      await closed;
    },
  };
}

/** The worker's next message. Rejects if it is another one than expected, or if the worker fails or exits before. */
async function nextMessage<Kind extends WorkerMessage['kind']>(
  worker: Worker,
  wanted: Kind,
): Promise<Extract<WorkerMessage, { kind: Kind }>> {
  const finished = new AbortController();
  const { signal } = finished;
  const exited = async (): Promise<never> => {
    await once(worker, 'exit', { signal });
    throw new Error('the database thread exited');
  };
  try {
    const [message] = (await Promise.race([once(worker, 'message', { signal }), exited()])) as [WorkerMessage];
    if (message.kind === 'failed') throw failureOf(message);
    if (message.kind !== wanted) throw new Error(`unexpected message from the database: ${message.kind}`);
    return message as Extract<WorkerMessage, { kind: Kind }>;
  } finally {
    finished.abort();
  }
}

function failureOf({ reason, message }: Extract<WorkerMessage, { kind: 'failed' }>): Error {
  return reason === null ? new Error(message) : new DataFolderError(reason, message);
}
