// The Chromium that the browser tests drive: the one that is here, else one that can be had.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const APT_GET = '/usr/bin/apt-get';
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
 * What `findBrowser` asks of the machine; a test gives it another one.
 *
 * @typedef {object} Machine
 * @property {string} downloaded where Playwright puts its own
 * @property {string} packaged the folder where Debian's package puts its program
 * @property {boolean} mayInstall whether packages may be installed here
 * @property {(command: string, args: string[], limitMs: number) => void} attempt runs a command; how it went shows in what is there afterwards
 */

/**
 * As `browserHere`; what is missing is fetched: Playwright's download first, Debian's package where that is allowed.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(line: string) => void} say
 * @param {Machine} [machine]
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser(env, say, machine) {
  const { downloaded, packaged, mayInstall, attempt } = machine ?? (await thisMachine(env));
  const found = browserHere(env, downloaded);
  if (found !== undefined) return found;
  if (env['CHROMIUM_PATH'] !== undefined && env['CHROMIUM_PATH'] !== '') {
    say(`CHROMIUM_PATH names no program: ${env['CHROMIUM_PATH']}`);
    return undefined;
  }
  say('No Chromium here. Asking Playwright for one …');
  const cli = fileURLToPath(new URL('../node_modules/playwright-core/cli.js', import.meta.url));
  attempt(process.execPath, [cli, 'install', 'chromium'], DOWNLOAD_LIMIT_MS);
  const afterDownload = browserHere(env, downloaded);
  if (afterDownload !== undefined) return afterDownload;
  if (mayInstall) {
    say('Not to be had that way. Installing Debian’s chromium …');
    attempt(APT_GET, ['update', '-qq'], PACKAGE_LIMIT_MS);
    attempt(APT_GET, ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], PACKAGE_LIMIT_MS);
  }
  const afterPackage = browserHere({ ...env, PATH: `${env['PATH'] ?? ''}${delimiter}${packaged}` });
  if (afterPackage === undefined) {
    say('The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.');
  }
  return afterPackage;
}

/** @param {NodeJS.ProcessEnv} env @returns {Promise<Machine>} */
async function thisMachine(env) {
  const { chromium } = await import('playwright-core');
  return {
    downloaded: chromium.executablePath(),
    packaged: '/usr/bin',
    mayInstall: existsSync(APT_GET) && process.getuid?.() === 0,
    attempt(command, args, timeout) {
      const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
      spawnSync(command, args, { stdio: ['ignore', 2, 2], timeout, env: quiet });
    },
  };
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Missing or not to be run: the same to whoever looks for a browser.
    return false;
  }
}
