import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HEAP_FLAGS } from '#server/testing/heap-flags.fixture.ts';

/** The set-up of `npm test` builds it. */
const built = (name: string) => fileURLToPath(new URL(`../../dist/server/${name}.js`, import.meta.url));

export interface Running {
  child: ChildProcess;
  /** Its standard output and error so far. */
  output(): string;
  /** Resolves to its exit code, or the signal that ended it. */
  gone: Promise<number | NodeJS.Signals>;
  /** Resolves to the first match in the output; rejects when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs a built program as a process. */
export function run(name: 'main' | 'database', env: Record<string, string>, args: string[] = []): Running {
  return runFile(built(name), env, args);
}

export function runFile(file: string, env: Record<string, string>, args: string[] = []): Running {
  return started(spawn(process.execPath, [...HEAP_FLAGS, file, ...args], spawnOptions(env)));
}

/** Runs a script of package.json by npm. `gone` is when the programs that npm started are gone too. */
export function runNpm(script: string, env: Record<string, string>): Running {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return started(spawn('npm', ['run', script], { ...spawnOptions(env), cwd }));
}

function spawnOptions(env: Record<string, string>): SpawnOptions {
  return { env: { PATH: process.env['PATH'], NODE_ENV: 'test', ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
}

function started(child: ChildProcess): Running {
  let text = '';
  const looks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      for (const look of looks) look();
    });
  // `close`, not `exit`, because by then all output has arrived.
  const gone = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  return {
    child,
    output: () => text,
    gone,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(text);
          if (found === null) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
        void gone.then((how) => reject(new Error(`ended with ${how}: ${text}`)));
      }),
  };
}

export interface RunningServer extends Running {
  origin: string;
}

export const settings = (dataDir: string) => ({
  PORT: '0',
  HOST: '127.0.0.1',
  DATA_DIR: dataDir,
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'error',
});

/** Starts the server; resolves when it serves. */
export async function startServer(dataDir: string, env: Record<string, string> = {}): Promise<RunningServer> {
  return ready(run('main', { ...settings(dataDir), ...env }));
}

export async function ready(server: Running): Promise<RunningServer> {
  const [, origin = ''] = await server.until(/TeamLink is at (\S+)/);
  return { ...server, origin };
}

/** A new folder, and a function that removes it. */
export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-faults-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/** How often to repeat: few times in every run, the full number in `npm run test:long`. */
export function often(few: number, many: number): number {
  return process.env['TEST_LONG'] === undefined ? few : many;
}
