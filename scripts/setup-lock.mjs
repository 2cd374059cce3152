// One set-up at a time. Imports nothing but Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Something that the person at the keyboard can put right; its message is all they need to see. */
export class SetupProblem extends Error {}

const LONGEST_WAIT_MS = 15 * 60_000;

/**
 * Who holds the lock: a process, and when it began, for the system gives the ids of ended processes to new ones. Undefined
 * where the system doesn't say.
 *
 * @typedef {{ pid: number, begun: string | undefined }} Holder
 */

/**
 * Runs `work` while no other process does. A lock whose process is gone is taken over, and so is one that says nothing
 * readable; one whose process lives is waited for.
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
    writeFileSync(mine, `${process.pid} ${beginningOf(process.pid) ?? ''}`);
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
    const written = readLock(lock);
    if (written === undefined) continue;
    const holder = holderIn(written);
    if (holder === undefined || !isAlive(holder)) {
      takeAway(lock, mine, written);
      if (holder !== undefined && holder.pid !== process.pid) rmSync(`${lock}.${holder.pid}`, { force: true });
      continue;
    }
    if (!hasSaid) say(`Waiting for another set-up (process ${holder.pid}) …`);
    hasSaid = true;
    if (Date.now() > givenUpAt) {
      throw new SetupProblem(`Another set-up (process ${holder.pid}) does not end. If it is not one, delete ${lock}.`);
    }
    await delay(200);
  }
}

/**
 * Two may find the same lock stale: each moves what stands there aside and puts it back if it was not the stale one.
 *
 * @param {string} lock @param {string} mine @param {string} stale what stood in it
 */
function takeAway(lock, mine, stale) {
  const aside = `${mine}.stale`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readLock(aside) !== stale) linkSync(aside, lock);
  rmSync(aside, { force: true });
}

/** @param {string} lock @returns {string | undefined} what stands in it; undefined where there is none */
function readLock(lock) {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} written @returns {Holder | undefined} undefined for what no set-up has written whole */
function holderIn(written) {
  const [, pid, begun] = /^([1-9]\d*) (.*)$/.exec(written) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), begun: begun === '' ? undefined : begun };
}

/** @param {Holder} holder */
function isAlive({ pid, begun }) {
  // Ours, and yet not by us: we come after one that had our id.
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  const present = beginningOf(pid);
  return begun === undefined || present === undefined || begun === present;
}

/**
 * When a process began, in the system's own words.
 *
 * @param {number} pid @returns {string | undefined}
 */
function beginningOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may hold anything; of the rest the twentieth is the tick.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    // Ended, and only its parent has not looked yet: in a container it may never look.
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    // Not Linux, or the process has just ended.
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  // Without `ps` there is no output at all.
  return stdout === null || stdout.trim() === '' ? undefined : stdout.trim();
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
