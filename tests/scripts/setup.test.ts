import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSupportedNode } from '#scripts/setup.mjs';

/*
 * The real set-up, npm included, over a small project. Its build records that it ran, copies the app's source and, if the source
 * says so, fails or hangs half-way.
 */
const BUILD = `
  import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
  const source = readFileSync('app/main.tsx', 'utf8');
  appendFileSync('built.log', source + '\\n');
  mkdirSync(process.argv[2] + '/app', { recursive: true });
  writeFileSync(process.argv[2] + '/app/first.js', source);
  if (source === 'fails') process.exit(3);
  if (source === 'hangs') {
    writeFileSync('hanging.pid', String(process.pid));
    setInterval(() => {}, 1000);
  } else writeFileSync(process.argv[2] + '/app/second.js', source);
`;
const LOCK = {
  name: 'small',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: { '': { name: 'small' } },
};

let root = '';
/** A copy with its libraries installed, which most tests begin with: `npm install` takes seconds. */
let installed = '';

beforeAll(() => {
  installed = root = mkdtempSync(join(tmpdir(), 'teamlink-setup-'));
  cpSync(new URL('../../scripts/setup.mjs', import.meta.url), join(root, 'scripts', 'setup.mjs'));
  write('package.json', JSON.stringify({ name: 'small', type: 'module', private: true }));
  write('package-lock.json', JSON.stringify(LOCK, null, 2));
  write('scripts/build.mjs', BUILD);
  write('app/main.tsx', 'one');
  setUp(['--no-build']);
});
afterAll(() => rmSync(installed, { recursive: true, force: true }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'teamlink-setup-'));
  cpSync(installed, root, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function uninstall(): void {
  rmSync(join(root, 'node_modules'), { recursive: true });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function setUp(args: string[] = [], nodeArgs: string[] = []) {
  const script = join(root, 'scripts', 'setup.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [...nodeArgs, script, ...args], { encoding: 'utf8' });
  return { status, stdout, lines: stderr.trimEnd().split('\n') };
}

/** What was built, what `dist` contains, and what is left in the cache. */
function state() {
  const read = (file: string) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined);
  const left = existsSync(join(root, '.cache')) ? readdirSync(join(root, '.cache')) : [];
  return {
    builds: read('built.log')?.trimEnd().split('\n') ?? [],
    dist: [read('dist/app/first.js'), read('dist/app/second.js')],
    left,
  };
}

describe('set-up', () => {
  it('installs and builds once; does nothing and writes nothing if everything is current', () => {
    uninstall();
    const first = setUp();
    // npm's own lines are between these two.
    const lines = [first.lines[0], first.lines.at(-1)];
    expect({ ...first, lines }).toEqual({
      status: 0,
      stdout: '',
      lines: [expect.stringContaining('Installing'), 'Building …'],
    });
    expect(state()).toEqual({ builds: ['one'], dist: ['one', 'one'], left: [] });
    rmSync(join(root, '.cache'), { recursive: true });
    expect(setUp()).toEqual({ status: 0, stdout: '', lines: [''] });
    expect(existsSync(join(root, '.cache'))).toBe(false);
  });

  it('builds again for a changed source or another lock, never for a test', () => {
    setUp();
    write('app/main.test.ts', 'changed');
    expect(setUp().lines).toEqual(['']);
    write('app/main.tsx', 'two');
    expect(setUp().lines).toEqual(['Building …']);
    write('app/added.ts', 'more');
    expect(setUp().lines).toEqual(['Building …']);
    write('package-lock.json', JSON.stringify({ ...LOCK, version: '1.0.1' }, null, 2));
    expect(setUp().lines).toEqual(expect.arrayContaining([expect.stringContaining('Installing'), 'Building …']));
    expect(state().dist).toEqual(['two', 'two']);
  });

  it('only installs if that is all it is asked for', () => {
    uninstall();
    expect(setUp(['--no-build']).status).toBe(0);
    expect(existsSync(join(root, 'node_modules', '.teamlink-stamp'))).toBe(true);
    expect(state()).toEqual({ builds: [], dist: [undefined, undefined], left: [] });
  });

  it('keeps the old build if a new one fails, says so in one line, and tries again', () => {
    setUp();
    write('app/main.tsx', 'fails');
    const { status, lines } = setUp();
    expect({ status, lines }).toEqual({ status: 1, lines: ['Building …', expect.stringMatching(/ ended with 3\.$/)] });
    expect(state().dist).toEqual(['one', 'one']);
    write('app/main.tsx', 'two');
    expect(setUp().status).toBe(0);
    expect(state()).toEqual({ builds: ['one', 'fails', 'two'], dist: ['two', 'two'], left: [] });
  });

  it.each([
    ['the old build', true, ['one', 'one']],
    ['none', false, [undefined, undefined]],
  ])('killed in the middle of a build, it leaves %s, never half of one', async (_what, hasOld, dist) => {
    if (hasOld) setUp();
    write('app/main.tsx', 'hangs');
    const killed = spawn(process.execPath, [join(root, 'scripts', 'setup.mjs')], { stdio: 'ignore' });
    const hanging = await vi.waitUntil(() => existsSync(join(root, 'hanging.pid')) && readPid(), { timeout: 50_000 });
    killed.kill('SIGKILL');
    await once(killed, 'close');
    process.kill(hanging, 'SIGKILL');
    expect(state().dist).toEqual(dist);
    write('app/main.tsx', 'two');
    expect(setUp().lines.at(-1)).toBe('Building …');
    expect(state()).toMatchObject({ dist: ['two', 'two'], left: [] });
  });

  it('interrupted by a signal, it ends its build and releases the lock', async () => {
    write('app/main.tsx', 'hangs');
    const interrupted = spawn(process.execPath, [join(root, 'scripts', 'setup.mjs')], { stdio: 'ignore' });
    const hanging = await vi.waitUntil(() => existsSync(join(root, 'hanging.pid')) && readPid(), { timeout: 50_000 });
    interrupted.kill('SIGTERM');
    await once(interrupted, 'close');
    expect(() => process.kill(hanging, 0)).toThrow('ESRCH');
    expect(state().left.filter((name) => name.startsWith('setup.lock'))).toEqual([]);
  });

  it('builds once if two start at once', async () => {
    const both = [0, 1].map(() => spawn(process.execPath, [join(root, 'scripts', 'setup.mjs')], { stdio: 'ignore' }));
    const codes = await Promise.all(both.map(async (child) => (await once(child, 'close'))[0] as number));
    expect({ codes, ...state() }).toEqual({ codes: [0, 0], builds: ['one'], dist: ['one', 'one'], left: [] });
  });

  it('says in one line that Node.js is too old', () => {
    expect(['v18.20.4', 'v20.18.9', 'v20.19.0', 'v22.0.0', 'v3.99.0'].map(isSupportedNode)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
    const old = `data:text/javascript,Object.defineProperty(process, 'version', { value: 'v18.20.4' })`;
    expect(setUp([], ['--import', old])).toEqual({
      status: 1,
      stdout: '',
      lines: ['TeamLink needs Node.js 20.19 or newer; this is v18.20.4.'],
    });
    expect(state()).toEqual({ builds: [], dist: [undefined, undefined], left: [] });
  });
});

/** 0 while it is being written. */
function readPid(): number {
  return Number(readFileSync(join(root, 'hanging.pid'), 'utf8'));
}
