import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browserHere, findBrowser } from './find-browser.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teamlink-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program there; answers its path. */
function program(path: string, mode = 0o755): string {
  const whole = join(folder, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, '', { mode });
  return whole;
}

describe('the browser that is here', () => {
  it('is the one that CHROMIUM_PATH names, and no other in its place', () => {
    const named = program('named/browser');
    const PATH = join(folder, 'bin');
    program('bin/chromium');
    expect(browserHere({ CHROMIUM_PATH: named, PATH })).toBe(named);
    expect(browserHere({ CHROMIUM_PATH: join(folder, 'gone'), PATH }, named)).toBeUndefined();
  });

  it('else the system’s, and Chromium before others', () => {
    const PATH = [join(folder, 'first'), join(folder, 'second')].join(delimiter);
    const chrome = program('first/google-chrome');
    expect(browserHere({ CHROMIUM_PATH: '', PATH })).toBe(chrome);
    const chromium = program('second/chromium');
    expect(browserHere({ PATH })).toBe(chromium);
  });

  it('else Playwright’s', () => {
    const downloaded = program('cache/chrome');
    expect(browserHere({ PATH: folder }, downloaded)).toBe(downloaded);
  });

  it('is never a folder, nor a file that can’t be run', () => {
    mkdirSync(join(folder, 'chromium'));
    program('google-chrome', 0o644);
    expect(browserHere({ PATH: folder }, join(folder, 'gone'))).toBeUndefined();
  });
});

describe('finding a browser', () => {
  /** A machine without one, where a command may bring one; with what was tried and said. */
  async function findOn(env: NodeJS.ProcessEnv, mayInstall: boolean, brings: Record<string, string> = {}) {
    const tried: [command: string, limitMs: number][] = [];
    const said: string[] = [];
    const found = await findBrowser({ PATH: join(folder, 'bin'), ...env }, (line) => said.push(line), {
      downloaded: join(folder, 'cache', 'chrome'),
      packaged: join(folder, 'usr', 'bin'),
      mayInstall,
      attempt(_command, args, limitMs) {
        const command = args.find((arg) => arg === 'update' || arg === 'install') ?? '';
        const what = `${command} ${args.at(-1)}`;
        tried.push([what, limitMs]);
        if (brings[what] !== undefined) program(brings[what]);
      },
    });
    return { found, tried, said };
  }
  const download: [string, number] = ['install chromium', 60_000];
  const update: [string, number] = ['update -qq', 300_000];
  const install: [string, number] = ['install chromium', 300_000];

  it('tries nothing where there is one', async () => {
    const here = program('bin/chromium');
    expect(await findOn({}, true)).toEqual({ found: here, tried: [], said: [] });
  });

  it('asks Playwright for one first, for 60 s at most', async () => {
    const { found, tried } = await findOn({}, true, { 'install chromium': 'cache/chrome' });
    expect({ found, tried }).toEqual({ found: join(folder, 'cache', 'chrome'), tried: [download] });
  });

  it('then installs Debian’s, after an update, where that is allowed', async () => {
    const { found, tried } = await findOn({}, true, { 'update -qq': 'usr/bin/chromium' });
    expect({ found, tried }).toEqual({
      found: join(folder, 'usr', 'bin', 'chromium'),
      tried: [download, update, install],
    });
  });

  it('else says what to do', async () => {
    const { found, tried, said } = await findOn({}, false);
    expect({ found, tried }).toEqual({ found: undefined, tried: [download] });
    expect(said.at(-1)).toMatch(/install it .*set CHROMIUM_PATH/);
  });

  it('says that CHROMIUM_PATH names none, and tries nothing', async () => {
    const CHROMIUM_PATH = join(folder, 'gone');
    expect(await findOn({ CHROMIUM_PATH }, true)).toEqual({
      found: undefined,
      tried: [],
      said: [`CHROMIUM_PATH names no program: ${CHROMIUM_PATH}`],
    });
  });
});
