import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type RootDatabase, open } from 'lmdb';
import { CommandError, DataFolderError } from './errors.ts';
import { lock } from './lock.ts';

/**
 * Ordered bytes on disk. Reads see the last commit. Writes are queued, run in batches of one transaction each, and
 * resolve when their transaction is flushed.
 */
export interface Store {
  get(key: Buffer): Buffer | undefined;
  has(key: Buffer): boolean;
  /** Ascending from `start` (inclusive) to `end` (exclusive); with `reverse` descending over the same range. */
  range(start: Buffer, end: Buffer, reverse?: boolean): Iterable<{ key: Buffer; value: Buffer }>;
  count(start: Buffer, end: Buffer): number;
  /** Only within `write`. */
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
  /**
   * Queues work on the store. A batch is one transaction, so work must check everything before its first `put`: a
   * CommandError refuses only this work, and rolls nothing back. Any other error rolls the whole batch back, and each of
   * its works runs again alone, so work must be repeatable. Resolves after the flush.
   */
  write<T>(work: () => T): Promise<T>;
  /**
   * The same for work that nobody waits for: while other writes keep the disk busy, it runs in a batch with them, because a batch
   * of its own would hold up the next of theirs by a flush.
   */
  writeInBackground<T>(work: () => T): Promise<T>;
  /** Called when a write failed because the disk is full. */
  onDiskFull(listener: () => void): void;
  /** Writes what is there already: succeeds if the disk takes a small write. */
  touch(): Promise<unknown>;
  /** Called after a rollback: whatever was read from the store into memory must be read again. */
  onRollback(listener: () => void): void;
  /** A consistent copy without free pages, into a file that does not exist. */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Raised when older code cannot read what is stored. */
const FORMAT = 1;
const formatKey = Buffer.from([0, 0]);

export interface StoreOptions {
  dataDir: string;
  /** `none` leaves flushing to the system, for tests that do not crash. */
  durability: 'flush' | 'none';
}

/** Throws DataFolderError if another process uses the folder, or newer code wrote it. */
export function openStore(options: StoreOptions): Store {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const unlock = lock(join(options.dataDir, 'database.lock'));
  let root: RootDatabase<Buffer, Buffer>;
  try {
    root = open<Buffer, Buffer>({
      path: join(options.dataDir, 'database.lmdb'),
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync: options.durability === 'none',
      mapSize: 4 * 1024 ** 3,
      // lmdb's own batching creates a promise that nothing handles, so a failed commit would end the process. This store
      // batches before it. [REL-07]
      eventTurnBatching: false,
    } as Parameters<typeof open>[0]);
    checkFormat(root);
  } catch (error) {
    unlock();
    if (error instanceof DataFolderError) throw error;
    throw new DataFolderError('unusable', `The data folder cannot be opened: ${(error as Error).message}`);
  }
  return createStore(root, unlock);
}

/**
 * This thread waits for a flush that is as short as this, because handing it to another thread and back costs as much. Reads
 * would wait with it, so longer flushes are left to lmdb's thread.
 */
const SHORT_FLUSH_MS = 1.5;
const FIRST_FLUSH_MS = 10;
const FORGET = 0.9;

/** Other writes keep the disk busy if one was flushed within this time. */
const BUSY_MS = 100;
/** Work in the background waits this long for a batch that it can join. */
const JOINS_WITHIN_MS = 25;

type Outcome = { value: unknown } | { error: Error };

interface QueuedWrite {
  work: () => unknown;
  settle: (outcome: Outcome) => void;
}

function createStore(root: RootDatabase<Buffer, Buffer>, unlock: () => void): Store {
  const db: Database<Buffer, Buffer> = root;
  let queue: QueuedWrite[] = [];
  let inBackground: QueuedWrite[] = [];
  let joining: ReturnType<typeof setTimeout> | undefined;
  let flushedAt = Number.NEGATIVE_INFINITY;
  let isCommitting = false;
  let isScheduled = false;
  let isClosed = false;
  /** How long a flush takes now: the longest one, forgotten little by little. */
  let flushMs = FIRST_FLUSH_MS;
  let rolledBack = (): void => undefined;
  let diskFull = (): void => undefined;

  const schedule = () => {
    if (isScheduled || isCommitting || queue.length + inBackground.length === 0) return;
    if (queue.length === 0 && performance.now() - flushedAt < BUSY_MS && !isClosed) {
      joining ??= setTimeout(scheduleNow, JOINS_WITHIN_MS);
      return;
    }
    scheduleNow();
  };

  const scheduleNow = () => {
    if (isScheduled || isCommitting) return;
    isScheduled = true;
    // After the sockets of this turn have been read, so that writes that arrived together are flushed together.
    setImmediate(() => {
      isScheduled = false;
      void commit();
    });
  };

  const commit = async () => {
    const batch = [...queue, ...inBackground];
    const isOnlyBackground = queue.length === 0;
    queue = [];
    inBackground = [];
    clearTimeout(joining);
    joining = undefined;
    isCommitting = true;
    if (!(await runBatch(batch)) && batch.length > 1) {
      // One of them threw. Run alone, each succeeds or fails on its own.
      for (const one of batch) await runBatch([one]);
    }
    isCommitting = false;
    if (!isOnlyBackground) flushedAt = performance.now();
    schedule();
  };

  /** False after a rollback. Of a batch with several works, none is settled then. */
  const runBatch = async (batch: QueuedWrite[]): Promise<boolean> => {
    const outcomes: Outcome[] = [];
    let workedUntil: number | undefined;
    const workAll = () => {
      for (const { work } of batch) {
        try {
          outcomes.push({ value: work() });
        } catch (error) {
          if (!(error instanceof CommandError)) throw error;
          outcomes.push({ error });
        }
      }
      workedUntil = performance.now();
    };
    try {
      if (flushMs <= SHORT_FLUSH_MS) db.transactionSync(workAll);
      // A child transaction, because only that is rolled back when its callback throws.
      else await db.childTransaction(workAll);
      flushMs = Math.max(performance.now() - (workedUntil ?? 0), flushMs * FORGET);
    } catch (error) {
      rolledBack();
      flushMs = FIRST_FLUSH_MS;
      const reason = asDiskError(error, workedUntil !== undefined);
      if (isDiskFull(reason)) diskFull();
      if (batch.length === 1) batch[0]?.settle({ error: reason });
      return false;
    }
    batch.forEach(({ settle }, at) => settle(outcomes[at] ?? { error: new Error('a work without an outcome') }));
    return true;
  };

  function enqueue<T>(target: () => QueuedWrite[], work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (isClosed) {
        reject(new CommandError('InternalError', 'the database is closing'));
        return;
      }
      target().push({
        work,
        settle: (outcome) => {
          if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value as T);
        },
      });
      schedule();
    });
  }

  const write = <T>(work: () => T) => enqueue(() => queue, work);

  return {
    get: (key) => db.getBinary(key),
    has: (key) => db.getBinaryFast(key) !== undefined,
    *range(start, end, reverse = false) {
      // In reverse, lmdb reads from `start` (inclusive) down to `end` (exclusive), so ours are swapped.
      const bounds = reverse
        ? { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
        : { start, end };
      for (const entry of db.getRange(bounds)) {
        yield { key: entry.key, value: entry.value };
      }
    },
    count: (start, end) => db.getKeysCount({ start, end }),
    put(key, value) {
      db.putSync(key, value);
    },
    remove(key) {
      db.removeSync(key);
    },
    write,
    writeInBackground: (work) => enqueue(() => inBackground, work),
    onRollback: (listener) => (rolledBack = listener),
    onDiskFull: (listener) => (diskFull = listener),
    touch: () => write(() => db.putSync(formatKey, db.getBinary(formatKey) ?? Buffer.from([FORMAT]))),
    copyTo: (path) => db.backup(path, true),
    async close() {
      isClosed = true;
      schedule();
      while (isCommitting || queue.length + inBackground.length > 0)
        await new Promise((resolve) => setImmediate(resolve));
      await root.close();
      unlock();
    },
  };
}

function isDiskFull(error: Error): boolean {
  return error instanceof CommandError && error.codeName === 'OutOfDiskSpace';
}

function asDiskError(thrown: unknown, wasCommitting: boolean): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  // Only the disk makes a commit fail. A full one reports that, or a short write.
  const hasFailedToCommit = 'commitError' in error && error.commitError instanceof Promise;
  if (hasFailedToCommit) (error.commitError as Promise<unknown>).catch(() => undefined); // unhandled, its rejection would end the process
  return hasFailedToCommit || wasCommitting || /ENOSPC|No space|MDB_MAP_FULL/i.test(error.message)
    ? new CommandError('OutOfDiskSpace', 'the disk is full; nothing of this batch was written')
    : error;
}

function checkFormat(root: RootDatabase<Buffer, Buffer>): void {
  const stored = root.getBinary(formatKey);
  if (stored === undefined) {
    root.putSync(formatKey, Buffer.from([FORMAT]));
    return;
  }
  const format = stored[0] ?? 0;
  if (format > FORMAT) {
    void root.close();
    throw new DataFolderError(
      'newer',
      `The data folder was written by a newer TeamLink (format ${format}, this one reads ${FORMAT}).`,
    );
  }
}
