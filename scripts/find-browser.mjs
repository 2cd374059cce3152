// Finds the Chromium that the browser tests drive, and gets one if there is none.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const OTHER_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const APT_GET = '/usr/bin/apt-get';
const DOWNLOAD_LIMIT_MS = 60_000;
const PACKAGE_LIMIT_MS = 300_000;

/**
 * The parts of the machine that `findBrowser` uses; a test passes its own.
 *
 * @typedef {object} Machine
 * @property {string[]} places where a browser may be apart from the PATH
 * @property {string} playwright where Playwright puts its own
 * @property {boolean} mayInstall whether packages may be installed here
 * @property {(command: string, args: string[], limitMs: number) => void} attempt runs a command; what is there afterwards shows how it went
 */

/**
 * The browser that CHROMIUM_PATH names, and no other if it names one; otherwise the system's or Playwright's. If there is none, it
 * gets one: from Playwright, or as Debian's package where that is allowed.
 *
 * @param {NodeJS.ProcessEnv} env @param {(line: string) => void} say @param {Machine} [machine]
 * @returns {Promise<string | undefined>}
 */
export async function findBrowser(env, say, machine) {
  const named = env['CHROMIUM_PATH'] ?? '';
  if (named !== '') {
    if (isProgram(named)) return named;
    say(`CHROMIUM_PATH names no program: ${named}`);
    return undefined;
  }
  const { places, playwright, mayInstall, attempt } = machine ?? (await thisMachine(env));
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = () => [...onPath, ...places, playwright].find(isProgram);
  if (found() === undefined) {
    say('No Chromium here. Asking Playwright for one …');
    const cli = fileURLToPath(new URL('../node_modules/playwright-core/cli.js', import.meta.url));
    attempt(process.execPath, [cli, 'install', 'chromium'], DOWNLOAD_LIMIT_MS);
  }
  if (found() === undefined && mayInstall) {
    say('Playwright has none. Installing Debian’s chromium …');
    attempt(APT_GET, ['update', '-qq'], PACKAGE_LIMIT_MS);
    attempt(APT_GET, ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], PACKAGE_LIMIT_MS);
  }
  if (found() === undefined) {
    say('The browser tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.');
  }
  return found();
}

/** @param {NodeJS.ProcessEnv} env @returns {Promise<Machine>} */
async function thisMachine(env) {
  const { chromium } = await import('playwright-core');
  return {
    // Debian's package puts its program there, whatever the PATH is.
    places: [...OTHER_PLACES, '/usr/bin/chromium'],
    playwright: chromium.executablePath(),
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
    // A missing file and one that can't be run make no difference here.
    return false;
  }
}
