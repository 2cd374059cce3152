// What `npm start` and `npm test` need before they can do anything: the libraries installed, app and server built.
// It runs on a bare clone, so it imports nothing but Node.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SetupProblem, withSetupLock } from './setup-lock.mjs';

const MINIMUM_NODE = [20, 19];
const BUILT_FROM = ['app', 'protocol', 'sync-server', 'public', 'scripts/build.mjs', 'vite.config.ts', 'package.json'];

/** @param {string} version such as `v20.19.0` */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = MINIMUM_NODE;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/**
 * Installs and builds what is missing or older than its sources; does nothing, and writes nothing, where all is current.
 * A stamp stands inside the folder that it vouches for (node_modules, dist): an interrupted step leaves none.
 *
 * @param {string} root the project's folder
 * @param {{ build?: boolean }} [options] `build: false` only installs
 */
export async function setUp(root, { build = true } = {}) {
  if (!isSupportedNode(process.version)) {
    throw new SetupProblem(`TeamLink needs Node.js ${MINIMUM_NODE.join('.')} or newer; this is ${process.version}.`);
  }
  if (isInstalled(root) && (!build || isBuilt(root))) return;
  await withSetupLock(join(makeFolder(root, '.cache'), 'setup.lock'), async () => {
    // Looked at again: whoever held the lock before may have done it all.
    if (!isInstalled(root)) await install(root);
    if (build && !isBuilt(root)) await buildAll(root);
  });
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
  // `--include=dev`: the build tools are needed where NODE_ENV is production too. Not `npm ci`: it demands entries for
  // every platform's binaries, which a lock written on one machine does not always hold.
  await run(root, npmCommand(), ['install', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  // npm may complete the lock (other platforms' binaries); the stamp names what stands now.
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
    // Left by a build that was interrupted; the lock says that nobody is at work there.
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
    const reason = error instanceof Error && 'code' in error ? error.code : error;
    throw new SetupProblem(`TeamLink is not set up yet and can't write ${folder} (${String(reason)}).`);
  }
}

function npmCommand() {
  return process.platform === 'win32' ? 'npm.cmd' : 'npm';
}

/**
 * Ends when the command has ended; its output goes to stderr, so that stdout stays the caller's.
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

/** For the other scripts: sets up, or says in one line why not and ends the process. @param {{ build?: boolean }} [options] */
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
