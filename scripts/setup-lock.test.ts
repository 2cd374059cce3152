import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SetupProblem, withSetupLock } from './setup-lock.mjs';

/** A process that takes the lock, says so, and gives it back when its input ends. */
const HOLDER = `
  import { appendFileSync } from 'node:fs';
  const [, url, lock, log] = process.argv;
  const { withSetupLock } = await import(url);
  await withSetupLock(lock, async () => {
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
  const url = new URL('setup-lock.mjs', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, url, lock, log]);
  started.push(child);
  return child;
}

async function takeLock(): Promise<string[]> {
  const said: string[] = [];
  await withSetupLock(
    lock,
    async () => writeFileSync(log, `${readFileSync(log, 'utf8')}ours `),
    (line) => said.push(line),
  );
  return said;
}

describe('the lock of the set-up', () => {
  it('lets one in at a time, of many that come at once', async () => {
    const many = [startHolder(), startHolder(), startHolder(), startHolder()];
    for (const child of many) child.stdin.end();
    await Promise.all(many.map((child) => once(child, 'close')));
    expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(4));
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('waits for one that lives, and says for whom', async () => {
    const holder = startHolder();
    await once(holder.stdout, 'data');
    const said: string[] = [];
    const done = withSetupLock(
      lock,
      async () => readFileSync(log, 'utf8'),
      (line) => {
        said.push(line);
        holder.stdin.end();
      },
    );
    expect(await done).toBe('in out ');
    expect(said).toEqual([`Waiting for another set-up (process ${holder.pid}) …`]);
  });

  it('is taken over at once from one that was killed', async () => {
    const holder = startHolder();
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'close');
    expect(existsSync(lock)).toBe(true);
    expect(await takeLock()).toEqual([]);
    expect(readFileSync(log, 'utf8')).toBe('in ours ');
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('is taken over at once where another process has got the id since', async () => {
    const other = startHolder();
    await once(other.stdout, 'data');
    // The same id, of a process that began at another time.
    writeFileSync(lock, `${other.pid} an earlier time`);
    expect(await takeLock()).toEqual([]);
  });

  it('is taken over at once where we have got the id ourselves', async () => {
    writeFileSync(lock, `${process.pid} `);
    expect(await takeLock()).toEqual([]);
  });

  it.each([['nothing'], [''], ['12'], ['12x 7'], ['\0\0\0\0'], ['0 7'], ['-1 7']])(
    'is taken over at once where it holds %j, which no set-up has written whole',
    async (text) => {
      writeFileSync(lock, text);
      expect(await takeLock()).toEqual([]);
      expect(readdirSync(folder)).toEqual(['log']);
    },
  );

  it('is given back where the work fails, and the failure is passed on', async () => {
    await expect(withSetupLock(lock, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network');
    expect(readdirSync(folder)).toEqual(['log']);
  });

  it('says in one line that a folder can’t be written', async () => {
    const inFile = join(log, 'setup.lock');
    await expect(withSetupLock(inFile, () => Promise.resolve())).rejects.toThrow(SetupProblem);
    await expect(withSetupLock(inFile, () => Promise.resolve())).rejects.toThrow(/can't write .*ENOTDIR\)\.$/);
  });
});
