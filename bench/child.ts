import { type ChildProcess, spawn } from 'node:child_process';

const children: ChildProcess[] = [];

/** Starts a program that prints its port; answers its origin. */
export function startChild([command = '', ...args]: string[], ready: RegExp, env = {}): Promise<string> {
  // The bundler that made the bench has set NODE_ENV to production, where limits can't be switched off.
  const settings = { ...process.env, NODE_ENV: 'test', ...env };
  const child = spawn(command, args, { env: settings, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const port = ready.exec(said)?.[1];
      if (port !== undefined) resolve(`http://localhost:${port}`);
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}: ${said}`)));
  });
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
