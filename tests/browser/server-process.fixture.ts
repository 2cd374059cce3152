import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HEAP_FLAGS } from '#server/testing/heap-flags.fixture.ts';
import { freePort } from '#server/testing/free-port.fixture.ts';

const main = fileURLToPath(new URL('../../dist/server/main.js', import.meta.url));
const quickHashes = new URL('../quick-hashes.mjs', import.meta.url).href;

/** The built server as an operator runs it: in its own process, on the embedded database. */
export interface ServerProcess {
  readonly port: number;
  readonly origin: string;
  readonly dataDir: string;
  start(): Promise<void>;
  /** Resolves when the process has exited. */
  end(signal: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** What it has printed so far. */
  output(): string;
  /** Stops it and deletes its data. */
  close(): Promise<void>;
  /** The same for a process that is ending, which can't wait. */
  kill(): void;
}

/** Starts a server, at a free port unless `env` names one. `program`: another copy of the built server, for tests that change it. */
export async function startServerProcess(env: Record<string, string> = {}, program = main): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-browser-'));
  const port = Number(env['PORT'] ?? (await freePort()));
  let child: ChildProcess | undefined;
  let output = '';

  const server: ServerProcess = {
    port,
    origin: `http://localhost:${port}`,
    dataDir,
    output: () => output,
    async start() {
      const settings = { PORT: String(port), DATA_DIR: dataDir, RATE_LIMIT: 'off', LOG_LEVEL: 'warn' };
      const started = spawn(process.execPath, [...HEAP_FLAGS, `--import=${quickHashes}`, program], {
        env: { ...process.env, NODE_ENV: 'test', ...settings, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      const ready = new Promise<void>((resolve, reject) => {
        const read = (chunk: string) => {
          output += chunk;
          if (output.includes('TeamLink is at')) resolve();
        };
        started.stdout.setEncoding('utf8').on('data', read);
        started.stderr.setEncoding('utf8').on('data', read);
        started.once('exit', (code) => reject(new Error(`the server exited with ${code}: ${output}`)));
      });
      output = '';
      await ready;
    },
    async end(signal) {
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = once(running, 'exit');
      running.kill(signal);
      await gone;
    },
    signal: (signal) => void child?.kill(signal),
    async close() {
      await server.end('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
    kill() {
      child?.kill('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}
