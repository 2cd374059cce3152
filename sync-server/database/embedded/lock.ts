import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { DataFolderError } from './errors.ts';

const heldHere = new Set<string>();

/**
 * Allows one process per folder. The file identifies its holder by pid and start time, so that neither a killed holder nor an
 * unrelated process with the same pid keeps the folder locked.
 */
export function lock(path: string): () => void {
  if (heldHere.has(path)) throw inUse(process.pid);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, `${process.pid} ${startTimeOf(process.pid)}\n`);
      closeSync(file);
      heldHere.add(path);
      return () => {
        heldHere.delete(path);
        unlinkSync(path);
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new DataFolderError('unusable', `The data folder cannot be written: ${(error as Error).message}`);
      }
    }
    const [pid, started] = readHolder(path);
    // Another thread of this process may hold it under our own pid. A dead process may have had the same pid, and only the start
    // time tells the two apart: in a container the server is always process 1.
    const isHolder = started === '' ? pid !== process.pid : started === startTimeOf(pid);
    if (isAlive(pid) && isHolder) throw inUse(pid);
    unlinkSync(path);
  }
  throw new DataFolderError('unusable', 'Other servers keep taking the lock of the data folder.');
}

function inUse(pid: number): DataFolderError {
  return new DataFolderError('in-use', `The data folder is in use by another server (process ${pid}).`);
}

function readHolder(path: string): [number, string] {
  try {
    const [pid = '0', started = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return [Number(pid), started];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [0, ''];
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** From /proc on Linux. Empty on other systems, where the pid alone decides. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // Without /proc the start time is unknown.
    return '';
  }
}
