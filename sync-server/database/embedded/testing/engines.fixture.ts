import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { build } from 'vite';
import { type Embedded, type EmbeddedOptions, startEmbedded } from '#server/database/embedded/host.ts';

/** A new folder, and a function that removes it. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tl-engine-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An engine over a new folder, and a connected client. */
export async function startWithClient(
  engineOptions: Partial<EmbeddedOptions> = {},
  clientOptions: MongoClientOptions = {},
): Promise<{ client: MongoClient; engine: Embedded; dataDir: string; end(): Promise<void> }> {
  const folder = temporaryFolder();
  const dataDir = engineOptions.dataDir ?? join(folder.path, 'd');
  const engine = await startEmbedded({ durability: 'none', ...engineOptions, dataDir });
  const client = await new MongoClient(engine.uri, clientOptions).connect();
  return {
    client,
    engine,
    dataDir,
    async end() {
      await client.close();
      await engine.close();
      folder.remove();
    },
  };
}

/**
 * Builds the worker and the process as JavaScript, because Node 20 does not run TypeScript. Inside of the project, so that
 * the bundles find their libraries.
 */
export async function bundleEngine(): Promise<{ workerUrl: URL; processPath: string; remove(): void }> {
  // Not a fixed number of folders up, because a benchmark's bundle is in another place.
  let root = import.meta.dirname;
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  mkdirSync(join(root, '.cache'), { recursive: true });
  const outDir = mkdtempSync(join(root, '.cache', 'engine-'));
  const here = (name: string) => join(root, 'sync-server', 'database', 'embedded', name);
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      rolldownOptions: {
        input: { worker: here('worker.ts'), process: here('process.ts') },
        output: { entryFileNames: '[name].js' },
      },
    },
  });
  return {
    workerUrl: pathToFileURL(join(outDir, 'worker.js')),
    processPath: join(outDir, 'process.js'),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}

/**
 * Waits for a client's work after its engine was killed, for a second: the driver may wait forever for room to write on a
 * dead connection.
 */
export async function afterKill(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, 1_000)))]);
  clearTimeout(timer);
}

export interface EngineProcess {
  uri: string;
  exited: Promise<void>;
  /** Its standard error so far. */
  errorOutput(): string;
  /** Resolves when the process has exited. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** Starts the engine as a process. Rejects with its error output if it does not start. */
export function startEngineProcess(
  processPath: string,
  dataDir: string,
  socketPath: string,
  env: Record<string, string> = {},
): Promise<EngineProcess> {
  const child = spawn(process.execPath, [processPath, '--data', dataDir, '--socket', socketPath], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let errorOutput = '';
  child.stderr.on('data', (chunk: Buffer) => (errorOutput += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(errorOutput.trim())));
    child.stdout.once('data', () =>
      resolve({
        uri: `mongodb://${encodeURIComponent(socketPath)}`,
        exited,
        errorOutput: () => errorOutput,
        async kill(signal) {
          child.kill(signal);
          await exited;
        },
      }),
    );
  });
}
