// Prepares `npm start` and `npm test`: installs the libraries, and builds the app and the server.
// It runs on a bare clone, so it imports nothing but Node.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MINIMUM_NODE = [20, 19];
const BUILT_FROM = ['app', 'protocol', 'sync-server', 'public', 'scripts/build.mjs', 'vite.config.ts', 'package.json'];

/** A problem that the user can solve; its message is all that they need to see. */
export class SetupProblem extends Error {}

/** @param {string} version such as `v20.19.0` */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * Installs and builds what is missing or older than its sources; does nothing, and writes nothing, if everything is current.
 * Each stamp is inside the folder that it is for (node_modules, dist), so an interrupted step leaves none.
 *
 * @param {string} root the project's folder
 * @param {{ build?: boolean }} [options] `build: false` only installs
 */
export async function setUp(root, { build = true } = {}) {
  if (!isSupportedNode(process.version)) {
    throw new SetupProblem(`TeamLink needs Node.js ${MINIMUM_NODE.join('.')} or newer; this is ${process.version}.`);
  }
  if (isInstalled(root) && (!build || isBuilt(root))) return;
  await withLock(join(makeFolder(root, '.cache'), 'setup.lock'), async () => {
    // Checked again, because the previous holder of the lock may have done it all.
    if (!isInstalled(root)) await install(root);
    if (build && !isBuilt(root)) await buildAll(root);
  });
}

/** How often a waiting process checks a lock, and after how many checks without a change it takes the lock over. */
const LOOK_EVERY_MS = 200;
const LOOKS = 25;

/**
 * Runs `work` while no other process does. The lock is a folder whose owner touches it every second. It is judged by the changes
 * that the waiting process sees, and not by the clock, which may jump, or by a process id, which may be in use again.
 *
 * @template T
 * @param {string} lock @param {() => Promise<T>} work @param {(line: string) => void} [tell]
 * @returns {Promise<T>}
 */
export async function withLock(lock, work, tell = say) {
  let [seen, looks, hasTold] = [0, 0, false];
  while (!happened(() => mkdirSync(lock))) {
    const touched = touchedAt(lock);
    looks = touched === seen ? looks + 1 : 0;
    seen = touched;
    if (!hasTold) tell('Waiting for another set-up …');
    hasTold = true;
    if (looks > LOOKS) takeAway(lock, seen);
    else await delay(LOOK_EVERY_MS);
  }
  const heartbeat = setInterval(() => happened(() => utimesSync(lock, new Date(), new Date())), 1000);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @param {string} lock @returns {number} NaN if it is gone */
function touchedAt(lock) {
  return statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? NaN;
}

/**
 * Of two processes that find the same lock abandoned, the second one puts back what it moved: the first one's new lock.
 *
 * @param {string} lock @param {number} seen
 */
function takeAway(lock, seen) {
  const aside = `${lock}.${process.pid}`;
  if (!happened(() => renameSync(lock, aside))) return;
  if (touchedAt(aside) !== seen) happened(() => renameSync(aside, lock));
  rmSync(aside, { recursive: true, force: true });
}

/** False if another process was faster. @param {() => void} step */
function happened(step) {
  try {
    step();
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw asProblem(error);
  }
}

/** @param {string} root */
function installStamp(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  return hash.update(`${process.version} ${process.platform} ${process.arch}`).digest('hex');
}

/** @param {string} root */
function isInstalled(root) {
  return stampIs(join(root, 'node_modules', '.teamlink-stamp'), installStamp(root));
}

/** @param {string} root */
async function install(root) {
  const stamp = join(root, 'node_modules', '.teamlink-stamp');
  rmSync(stamp, { force: true });
  say('Installing libraries (about a minute, once) …');
  const before = installStamp(root);
  // `--include=dev`: the build tools are needed even if NODE_ENV is production. Not `npm ci`: it demands entries for every
  // platform's binaries, which a lock file written on one machine does not always have.
  await run(root, npmCommand(), ['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  // npm may complete the lock file (other platforms' binaries); the stamp is of the file as it is now.
  const after = installStamp(root);
  if (after !== before) say('npm changed package-lock.json.');
  makeFolder(root, 'node_modules');
  writeFileSync(stamp, after);
}

/** @param {string} root */
function buildStamp(root) {
  const hash = createHash('sha256').update(installStamp(root));
  for (const file of BUILT_FROM.flatMap((path) => filesUnder(join(root, path)))) {
    if (/\.test\.tsx?$/.test(file)) continue;
    hash.update(`\0${relative(root, file).split(sep).join('/')}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param {string} root */
function isBuilt(root) {
  return stampIs(join(root, 'dist', 'stamp'), buildStamp(root));
}

/** @param {string} root */
async function buildAll(root) {
  say('Building …');
  const cache = makeFolder(root, '.cache');
  for (const name of readdirSync(cache)) {
    // An interrupted build left it; nobody is using it, because we hold the lock.
    if (/^(build|replaced)-/.test(name)) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const fresh = join(cache, `build-${process.pid}`);
  const stamp = buildStamp(root);
  await run(root, process.execPath, [join(root, 'scripts', 'build.mjs'), fresh]);
  writeFileSync(join(fresh, 'stamp'), stamp);
  const dist = join(root, 'dist');
  const replaced = join(cache, `replaced-${process.pid}`);
  if (existsSync(dist)) renameSync(dist, replaced);
  renameSync(fresh, dist);
  rmSync(replaced, { recursive: true, force: true });
}

/** @param {string} path @returns {string[]} files, sorted */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).toSorted();
}

/** @param {string} file @param {string} wanted */
function stampIs(file, wanted) {
  return existsSync(file) && readFileSync(file, 'utf8') === wanted;
}

/** @param {string} root @param {string} name */
function makeFolder(root, name) {
  const folder = join(root, name);
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw asProblem(error);
  }
}

/** @param {unknown} error */
function asProblem(error) {
  return new SetupProblem(`TeamLink can't be set up: ${error instanceof Error ? error.message : String(error)}`);
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

/**
 * Resolves when the command has ended. Its output goes to stderr, because stdout belongs to the caller.
 *
 * @param {string} root @param {string} command @param {string[]} args
 * @returns {Promise<void>}
 */
function run(root, command, args) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && command.endsWith('.cmd');
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell });
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.once('error', (error) => reject(new SetupProblem(`${command} can't be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      if (code === 0) resolve();
      else reject(new SetupProblem(`${[command, ...args].join(' ')} ended with ${signal ?? code}.`));
    });
  });
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/** For the other scripts: sets up, or says in one line why it can't and ends the process. @param {{ build?: boolean }} [options] */
export async function setUpOrExit(options) {
  try {
    await setUp(fileURLToPath(new URL('..', import.meta.url)), options);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setUpOrExit({ build: !process.argv.includes('--no-build') });
}
