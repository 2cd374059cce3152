import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '#scripts/find-browser.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teamlink-browser-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Puts a program there and returns its path. */
function program(path: string, mode = 0o755): string {
  const whole = join(folder, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, '', { mode });
  return whole;
}

describe('finding a browser', () => {
  /** A machine without a browser, where a command may bring one; answers what was found, tried and said. */
  async function findOn(env: NodeJS.ProcessEnv, mayInstall = false, brings: Record<string, string> = {}) {
    const tried: [command: string, limitMs: number][] = [];
    const said: string[] = [];
    const found = await findBrowser({ PATH: join(folder, 'bin'), ...env }, (line) => said.push(line), {
      places: [join(folder, 'usr', 'bin', 'chromium')],
      playwright: join(folder, 'cache', 'chrome'),
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

  it('takes the one that CHROMIUM_PATH names', async () => {
    program('bin/chromium');
    const named = program('named/browser');
    expect(await findOn({ CHROMIUM_PATH: named })).toEqual({ found: named, tried: [], said: [] });
  });

  it('takes no other and tries nothing if CHROMIUM_PATH names none', async () => {
    program('bin/chromium');
    const CHROMIUM_PATH = join(folder, 'gone');
    const said = [`CHROMIUM_PATH names no program: ${CHROMIUM_PATH}`];
    expect(await findOn({ CHROMIUM_PATH }, true)).toEqual({ found: undefined, tried: [], said });
  });

  it('otherwise takes the system’s, Chromium before others, and then Playwright’s', async () => {
    const PATH = [join(folder, 'first'), join(folder, 'second')].join(delimiter);
    const env = { CHROMIUM_PATH: '', PATH };
    const found = [program('cache/chrome'), program('first/google-chrome'), program('second/chromium')];
    for (const expected of found.toReversed()) {
      expect(await findOn(env, true)).toEqual({ found: expected, tried: [], said: [] });
      rmSync(expected);
    }
  });

  it('takes neither a folder nor a file that can’t be run', async () => {
    mkdirSync(join(folder, 'bin', 'chromium'), { recursive: true });
    program('bin/google-chrome', 0o644);
    expect((await findOn({})).found).toBeUndefined();
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

  it('otherwise says what to do', async () => {
    const { found, tried, said } = await findOn({});
    expect({ found, tried }).toEqual({ found: undefined, tried: [download] });
    expect(said.at(-1)).toMatch(/install it .*set CHROMIUM_PATH/);
  });
});
