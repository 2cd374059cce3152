// One set-up at a time. Imports nothing but Node: it runs before anything is installed.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Something that the person at the keyboard can put right; its message is all they need to see. */
export class SetupProblem extends Error {}

const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Runs `work` while no other process does. A lock whose process is gone is taken over; one whose process lives is
 * waited for.
 *
 * @template T
 * @param {string} lock the lock's file
 * @param {() => Promise<T>} work
 * @param {(line: string) => void} [say]
 * @returns {Promise<T>}
 */
export async function withSetupLock(lock, work, say = (line) => process.stderr.write(`${line}\n`)) {
  const mine = `${lock}.${process.pid}`;
  try {
    writeFileSync(mine, String(process.pid));
  } catch (error) {
    throw new SetupProblem(`TeamLink is not set up yet and can't write ${mine} (${codeOf(error)}).`);
  }
  let release = () => rmSync(mine, { force: true });
  try {
    await acquire(lock, mine, say);
    release = () => {
      rmSync(lock, { force: true });
      rmSync(mine, { force: true });
    };
    return await work();
  } finally {
    release();
  }
}

/** @param {string} lock @param {string} mine @param {(line: string) => void} say */
async function acquire(lock, mine, say) {
  const givenUpAt = Date.now() + LONGEST_WAIT_MS;
  let hasSaid = false;
  for (;;) {
    try {
      // A link appears whole: nobody ever reads a lock without its process id.
      linkSync(mine, lock);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw new SetupProblem(`${lock} can't be written (${codeOf(error)}).`);
    }
    const holder = readHolder(lock);
    if (holder === undefined) continue;
    if (holder === process.pid || !isAlive(holder)) {
      takeAway(lock, mine, holder);
      continue;
    }
    if (!hasSaid) say(`Waiting for another set-up (process ${holder}) …`);
    hasSaid = true;
    if (Date.now() > givenUpAt) {
      throw new SetupProblem(`Another set-up (process ${holder}) does not end. If it is not one, delete ${lock}.`);
    }
    await delay(200);
  }
}

/** Two may find the same lock stale: each moves what stands there aside and puts it back if it was not the stale one. @param {string} lock @param {string} mine @param {number} stale */
function takeAway(lock, mine, stale) {
  const aside = `${mine}.stale`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readHolder(aside) !== stale) linkSync(aside, lock);
  rmSync(aside, { force: true });
}

/** @param {string} lock @returns {number | undefined} */
function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
