import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type RootDatabase, open } from 'lmdb';
import { CommandError, DataFolderError } from './errors.ts';
import { restore } from './file-writes.ts';
import { type LayerLimits, type Layers, type StoredBytes, createLayers } from './layers.ts';
import { lock } from './lock.ts';
import { type WriteLog, openWriteLog } from './write-log.ts';
import { type Outcome, type QueuedWrite, WriteQueue } from './write-queue.ts';

/**
 * Ordered bytes on disk. Reads see what is flushed. Writes are queued and run in batches; each batch is one record of the log, is
 * flushed there, and is written into the database's file later, together with many others.
 */
export interface Store extends StoredBytes {
  /**
   * Queues work on the store. A batch is stored as a whole or not at all, so work must check everything before its first `put`: a
   * CommandError refuses only this work, and rolls nothing back. Any other error rolls the whole batch back, and each of
   * its works runs again alone, so work must be repeatable. Resolves after the flush.
   */
  write<T>(work: () => T): Promise<T>;
  /**
   * The same for work that nobody waits for. While other writes keep the disk busy, it runs in a batch with them, because a batch
   * of its own would delay their next batch by a flush.
   */
  writeInBackground<T>(work: () => T): Promise<T>;
  /** Called after a rollback: everything that was read from the store into memory must be read again. */
  onRollback(listener: () => void): void;
  /** Called when a write failed because the disk is full. */
  onDiskFull(listener: () => void): void;
  /** Writes what is stored already, to find out whether there is room again. */
  touch(): Promise<void>;
  /** A consistent copy without free pages, into a file that does not exist. */
  copyTo(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Raised when older code cannot read what is stored. Since 2 there is a log. */
const FORMAT = 2;
const formatKey = Buffer.from([0, 0]);

export interface StoreOptions {
  dataDir: string;
  /** `none` leaves flushing to the system, for tests that do not crash. */
  durability: 'flush' | 'none';
  /** For tests. */
  limits?: Partial<LayerLimits>;
  /** For tests. */
  openLog?: (folder: string) => WriteLog;
}

/** Throws DataFolderError if another process uses the folder, or newer code wrote it. */
export function openStore({ dataDir, durability, limits, openLog = openWriteLog }: StoreOptions): Store {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const unlock = lock(join(dataDir, 'database.lock'));
  let db: RootDatabase<Buffer, Buffer> | undefined;
  try {
    db = open<Buffer, Buffer>({
      path: join(dataDir, 'database.lmdb'),
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
      noSync: durability === 'none',
      mapSize: 4 * 1024 ** 3,
      // lmdb's own batching creates a promise that nothing handles, so a failed commit would end the process. This store
      // batches before it. [REL-07]
      eventTurnBatching: false,
    } as Parameters<typeof open>[0]);
    checkFormat(db);
    const drained = restore(db, dataDir);
    const log = durability === 'none' ? undefined : openLog(dataDir);
    return createStore({ db, layers: createLayers({ db, log, drained, limits }), unlock });
  } catch (error) {
    void db?.close();
    unlock();
    if (error instanceof DataFolderError) throw error;
    throw new DataFolderError('unusable', `The data folder cannot be opened: ${(error as Error).message}`);
  }
}

interface StoreParts {
  db: Database<Buffer, Buffer>;
  layers: Layers;
  unlock: () => void;
}

function createStore({ db, layers, unlock }: StoreParts): Store {
  const onRollback: (() => void)[] = [];
  const onDiskFull: (() => void)[] = [];

  /** False after a rollback. Of a batch with several works, none is settled then. */
  async function runBatch(batch: QueuedWrite[]): Promise<boolean> {
    let outcomes: Outcome[] = [];
    try {
      await layers.hasRoom();
      await layers.change(() => {
        outcomes = batch.map(({ work }) => outcomeOf(work));
      });
    } catch (error) {
      for (const listener of onRollback) listener();
      const reason = asDiskError(error);
      if (isDiskFull(reason)) for (const listener of onDiskFull) listener();
      if (batch.length === 1) batch[0]?.settle({ error: reason });
      return false;
    }
    batch.forEach(({ settle }, at) => settle(outcomes[at] ?? { error: new Error('a work without an outcome') }));
    return true;
  }

  const queue = new WriteQueue(async (batch) => {
    if ((await runBatch(batch)) || batch.length === 1) return;
    // One of them threw. Run alone, each succeeds or fails on its own.
    for (const one of batch) await runBatch([one]);
  });

  return {
    get: layers.get,
    has: layers.has,
    range: layers.range,
    count: layers.count,
    put: layers.put,
    remove: layers.remove,
    write: (work) => queue.add(work),
    writeInBackground: (work) => queue.addInBackground(work),
    touch: () => queue.add(() => layers.put(formatKey, layers.get(formatKey) ?? Buffer.from([FORMAT]))),
    onRollback: (listener) => void onRollback.push(listener),
    onDiskFull: (listener) => void onDiskFull.push(listener),
    async copyTo(path) {
      await layers.drain();
      await db.backup(path, true);
    },
    async close() {
      await queue.close();
      await layers.close();
      await db.close();
      unlock();
    },
  };
}

/** Throws whatever must roll back the batch. */
function outcomeOf(work: () => unknown): Outcome {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof CommandError) return { error };
    throw error;
  }
}

function isDiskFull(error: Error): boolean {
  return error instanceof CommandError && error.codeName === 'OutOfDiskSpace';
}

/** Only errors of the log have the name of a system call. */
function asDiskError(thrown: unknown): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return 'syscall' in error
    ? new CommandError('OutOfDiskSpace', 'the disk is full; nothing of this batch was written')
    : error;
}

function checkFormat(db: RootDatabase<Buffer, Buffer>): void {
  const format = db.getBinary(formatKey)?.[0] ?? 0;
  if (format > FORMAT)
    throw new DataFolderError(
      'newer',
      `The data folder was written by a newer TeamLink (format ${format}, this one reads ${FORMAT}).`,
    );
  if (format < FORMAT) db.putSync(formatKey, Buffer.from([FORMAT]));
}
