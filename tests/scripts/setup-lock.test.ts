import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SetupProblem, withLock } from '#scripts/setup.mjs';

/** A process that takes the lock, says so, and gives it back when its input ends. */
const HOLDER = `
  import { appendFileSync } from 'node:fs';
  const [, url, lock, log] = process.argv;
  const { withLock } = await import(url);
  await withLock(lock, async () => {
    appendFileSync(log, 'in ');
    process.stdout.write('held');
    for await (const _ of process.stdin);
    appendFileSync(log, 'out ');
  });`;

let folder = '';
let lock = '';
let log = '';
const started: ChildProcessWithoutNullStreams[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teamlink-lock-'));
  [lock, log] = [join(folder, 'setup.lock'), join(folder, 'log')];
  writeFileSync(log, '');
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function startHolder(): ChildProcessWithoutNullStreams {
  const url = new URL('../../scripts/setup.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, url, lock, log]);
  started.push(child);
  return child;
}

describe('the lock of the set-up', () => {
  it('lets one in at a time, of several that come at once', async () => {
    const several = [startHolder(), startHolder(), startHolder(), startHolder()];
    for (const child of several) child.stdin.end();
    await Promise.all(several.map((child) => once(child, 'close')));
    expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(4));
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('waits for a holder that touches it, and says so once', async () => {
    const holder = startHolder();
    await once(holder.stdout, 'data');
    const said: string[] = [];
    const done = withLock(
      lock,
      async () => readFileSync(log, 'utf8'),
      (line) => said.push(line),
    );
    const first = statSync(lock).mtimeMs;
    await vi.waitUntil(() => statSync(lock).mtimeMs > first, { timeout: 50_000 });
    expect(readFileSync(log, 'utf8')).toBe('in ');
    holder.stdin.end();
    expect(await done).toBe('in out ');
    expect(said).toEqual(['Waiting for another set-up …']);
  });

  it('is taken over from a holder that was killed, by one of two that wait', async () => {
    const killed = startHolder();
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'close');
    const both = [startHolder(), startHolder()];
    for (const child of both) child.stdin.end();
    await Promise.all(both.map((child) => once(child, 'close')));
    expect(readFileSync(log, 'utf8')).toBe(`in ${'in out '.repeat(2)}`);
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('is given back if the work fails, and the failure is passed on', async () => {
    await expect(withLock(lock, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('says in one line that a folder can’t be written', async () => {
    const inFile = join(log, 'setup.lock');
    await expect(withLock(inFile, () => Promise.resolve())).rejects.toThrow(SetupProblem);
    await expect(withLock(inFile, () => Promise.resolve())).rejects.toThrow(/^TeamLink can't be set up: .*ENOTDIR/);
  });
});
