// The Chromium that the browser tests drive: the one that is here, else one that can be had.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const DOWNLOAD_LIMIT_MS = 60_000;
const PACKAGE_LIMIT_MS = 300_000;

/**
 * The browser that is already here: CHROMIUM_PATH, the system's, or Playwright's own.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [downloaded] where Playwright puts its own
 * @returns {string | undefined}
 */
export function browserHere(env, downloaded) {
  const named = env['CHROMIUM_PATH'];
  // What is named is meant: no other browser in its place.
  if (named !== undefined && named !== '') return isProgram(named) ? named : undefined;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...PLACES, ...(downloaded === undefined ? [] : [downloaded])].find(isProgram);
}

/**
 * As `browserHere`; what is missing is fetched: Playwright's download first, Debian's package where that is allowed.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser(env, say) {
  const { chromium } = await import('playwright-core');
  const found = browserHere(env, chromium.executablePath());
  if (found !== undefined) return found;
  if (env['CHROMIUM_PATH'] !== undefined && env['CHROMIUM_PATH'] !== '') {
    say(`CHROMIUM_PATH names no program: ${env['CHROMIUM_PATH']}`);
    return undefined;
  }
  say('No Chromium here. Asking Playwright for one …');
  const cli = new URL('../node_modules/playwright-core/cli.js', import.meta.url).pathname;
  attempt(env, process.execPath, [cli, 'install', 'chromium'], DOWNLOAD_LIMIT_MS);
  const afterDownload = browserHere(env, chromium.executablePath());
  if (afterDownload !== undefined) return afterDownload;
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    say('Not to be had that way. Installing Debian’s chromium …');
    attempt(env, '/usr/bin/apt-get', ['update', '-qq'], PACKAGE_LIMIT_MS);
    attempt(env, '/usr/bin/apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], PACKAGE_LIMIT_MS);
  }
  const afterPackage = browserHere({ ...env, PATH: `${env['PATH'] ?? ''}${delimiter}/usr/bin` });
  if (afterPackage === undefined) {
    say('The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.');
  }
  return afterPackage;
}

/** Its failure shows in what is there afterwards. @param {NodeJS.ProcessEnv} env @param {string} command @param {string[]} args @param {number} timeout */
function attempt(env, command, args, timeout) {
  spawnSync(command, args, { stdio: ['ignore', 2, 2], timeout, env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } });
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Missing or not to be run: the same to whoever looks for a browser.
    return false;
  }
}
