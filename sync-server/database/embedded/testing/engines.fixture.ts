import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import { build } from 'vite';
import { type Embedded, type EmbeddedOptions, startEmbedded } from '#server/database/embedded/host.ts';

/** For tests only: a folder that goes with its holder. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tl-engine-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** For tests only: an engine over a fresh folder and a driver's client on it. */
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
 * For tests and figures: worker and process as JavaScript, for Node 20 starts no TypeScript. Within the project, so that
 * the bundles find their libraries.
 */
export async function bundleEngine(): Promise<{ workerUrl: URL; processPath: string; remove(): void }> {
  // Not by steps upward: a figure's own bundle lies elsewhere.
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
 * For tests only: what a client still does after its engine was killed. The driver waits for ever for room to write where
 * a connection has just died, so this ends without it.
 */
export async function afterKill(work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, 1_000)))]);
  clearTimeout(timer);
}

export interface EngineProcess {
  uri: string;
  gone: Promise<void>;
  /** What it has written to its standard error. */
  complaint(): string;
  /** Resolves when the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/** For tests only: the engine as a process of its own. Rejects with what it says where it does not start. */
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
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(complaint.trim())));
    child.stdout.once('data', () =>
      resolve({
        uri: `mongodb://${encodeURIComponent(socketPath)}`,
        gone,
        complaint: () => complaint,
        async kill(signal) {
          child.kill(signal);
          await gone;
        },
      }),
    );
  });
}
