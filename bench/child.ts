import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A server counts as idle below this CPU time in a second. */
const IDLE_MICROS = 60_000;

const children: ChildProcess[] = [];
const pids = new Map<string, number>();

/** A built server, by default with the flags that `npm start` gives Node. */
export function serverCommand(dir = 'dist', flags: readonly string[] = []): string[] {
  const main = join(dir, 'server', 'main.js');
  if (!existsSync(main)) throw new Error(`${main} is not built: run node scripts/setup.mjs`);
  return [process.execPath, ...nodeFlags(flags), main];
}

/** A TypeScript file that starts a server, with the same flags. */
export function scriptCommand(file: string, flags: readonly string[] = []): string[] {
  return [process.execPath, ...nodeFlags(flags), join('scripts', 'build.mjs'), '--run', file];
}

function nodeFlags(flags: readonly string[]): readonly string[] {
  if (flags.length > 0) return flags;
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}

/** Starts a program that prints its port; answers its origin. */
export function startChild([command = '', ...args]: string[], ready: RegExp, env = {}): Promise<string> {
  // The bundler that built the bench has set NODE_ENV to production, where limits can't be switched off.
  const settings = { ...process.env, NODE_ENV: 'test', ...env };
  const child = spawn(command, args, { env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const port = ready.exec(said)?.[1];
      if (port === undefined) return;
      pids.set(`http://localhost:${port}`, child.pid as number);
      resolve(`http://localhost:${port}`);
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}: ${said}`)));
  });
}

/** CPU time that the program at this origin and its children have used so far, microseconds. Linux only. */
export function cpuMicros(origin: string): number {
  return cpuOf(String(pids.get(origin)));
}

function cpuOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  const below = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
  return below.reduce((sum, child) => sum + cpuOf(child), (Number(user) + Number(system)) * 10_000);
}

/** Resolves when the server and its followers have handled everything that was sent: after `seconds` without work. */
export async function untilIdle(origin: string, seconds: number): Promise<void> {
  for (let [calm, before] = [0, cpuMicros(origin)]; calm < seconds;) {
    await pause(1_000);
    const now = cpuMicros(origin);
    calm = now - before < IDLE_MICROS ? calm + 1 : 0;
    before = now;
  }
}

/** The memory of the program at this origin, without its children. */
export interface Memory {
  /** Memory that is freed only when the program ends: heap, buffers, stacks. */
  ownKilobytes: number;
  /** Pages of files, which the system takes back when it needs the memory. */
  mappedKilobytes: number;
}

/** Linux only. */
export function memoryOf(origin: string): Memory {
  const status = readFileSync(`/proc/${String(pids.get(origin))}/status`, 'latin1');
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1] ?? 0);
  return { ownKilobytes: kilobytes('RssAnon'), mappedKilobytes: kilobytes('RssFile') };
}

export function residentKilobytes(origin: string): number {
  const { ownKilobytes, mappedKilobytes } = memoryOf(origin);
  return ownKilobytes + mappedKilobytes;
}

export async function endChildren(): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
