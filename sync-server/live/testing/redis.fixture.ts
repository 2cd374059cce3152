import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '#server/testing/free-port.fixture.ts';

export interface TestRedis {
  url: string;
  /** Suspends the process, which keeps its connections. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

const program = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'redis-server'))
  .find((path) => existsSync(path));

/** Whether this machine has a redis-server. Without one, a line is printed that says what is not tested. */
export const hasRedis = program !== undefined;
if (!hasRedis) process.stdout.write('There is no redis-server here: messages between servers are not tested.\n');

/** Starts a Redis on a free port, in memory only. */
export async function startRedis(): Promise<TestRedis> {
  if (program === undefined) throw new Error('there is no redis-server');
  const dir = await mkdtemp(join(tmpdir(), 'teamlink-redis-'));
  for (;;) {
    const port = await freePort();
    const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'no' };
    const child = spawn(
      program,
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      { stdio: 'ignore' },
    );
    let hasEnded = false;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve())).then(
      () => void (hasEnded = true),
    );
    while (!hasEnded && !(await answers(port))) await setTimeout(20);
    // Another program may have taken the port meanwhile; then this process has exited.
    if (hasEnded) continue;
    return {
      url: `redis://127.0.0.1:${port}`,
      freeze: () => child.kill('SIGSTOP'),
      thaw: () => child.kill('SIGCONT'),
      async close() {
        child.kill('SIGKILL');
        await ended;
        await rm(dir, { recursive: true, force: true });
      },
    };
  }
}

/** Whether a Redis answers on this port, and not another program. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (reply) => {
      resolve(reply.toString() === '+PONG\r\n');
      socket.destroy();
    });
    socket.once('close', () => resolve(false));
    socket.on('error', () => resolve(false));
  });
}
