import { type Change, Changes, addedBy, changeOf, decodeChanges, encodeChanges, mergedRange } from './changes.ts';
import type { Database } from 'lmdb';
import { CommandError } from './errors.ts';
import { type WriteLog, readLog } from './write-log.ts';

export interface LayerLimits {
  /** Changes are written into the file when they take this much memory, or after `DRAIN_MS`. */
  drainBytes: number;
  /**
   * A batch with this many changes is written into the file directly: two flushes for all of them cost less than writing each
   * change twice.
   */
  many: number;
}

const LIMITS: LayerLimits = { drainBytes: 2 * 1024 * 1024, many: 400 };
const DRAIN_MS = 1_000;
/** With as much as this in memory, writes wait for the file. */
const MOST_BYTES = 16 * 1024 * 1024;
/** In one transaction of lmdb; reads wait for it. */
const PUTS_AT_ONCE = 500;
/** The wait after a failure, which doubles after each further one. */
const RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** The generation of the log up to which everything is in the file. */
const drainedKey = Buffer.from([0, 1]);
const generationBytes = (generation: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(generation));
  return bytes;
};

/** Writes what a crash has left in the log into the file. Returns the latest generation. */
export function restore(db: Database<Buffer, Buffer>, folder: string): number {
  const stored = db.getBinary(drainedKey);
  const drained = stored === undefined ? 0 : Number(stored.readBigUInt64BE());
  const { records, latest } = readLog(folder, drained);
  if (latest === drained) return drained;
  const changes = new Changes();
  for (const record of records) decodeChanges(record, changes);
  db.transactionSync(() => {
    for (const change of changes.all()) store(db, change);
    db.putSync(drainedKey, generationBytes(latest));
  });
  return latest;
}

function store(db: Database<Buffer, Buffer>, { key, value }: Change): void {
  if (value === null) db.removeSync(key);
  else db.putSync(key, value);
}

function diskFull(): CommandError {
  return new CommandError('OutOfDiskSpace', 'the disk is full; nothing of this batch was written');
}

/** Ordered bytes. Reads see what is flushed and, within work, the work's own changes. */
export interface StoredBytes {
  get(key: Buffer): Buffer | undefined;
  has(key: Buffer): boolean;
  /** Ascending from `start` (inclusive) to `end` (exclusive); with `reverse` descending over the same range. */
  range(start: Buffer, end: Buffer, reverse?: boolean): Iterable<{ key: Buffer; value: Buffer }>;
  count(start: Buffer, end: Buffer): number;
  /**
   * Only within work. Neither the key nor the value may be modified afterwards. A key that a range yields must be copied, because
   * the next one overwrites it.
   */
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
}

export interface Layers extends StoredBytes {
  /**
   * Runs the work and stores what it changes as a whole. Only the work sees it until it is flushed, unless it is so large that it
   * goes into the file directly. If the work or the disk fails, nothing has changed. One at a time.
   */
  change(work: () => void): Promise<void>;
  /** Resolves when little enough waits for the file. Throws OutOfDiskSpace if the disk is full. */
  hasRoom(): Promise<void>;
  /** Writes everything that is flushed into the file. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface LayersParts {
  db: Database<Buffer, Buffer>;
  /** Undefined: nothing is flushed. */
  log: WriteLog | undefined;
  /** The latest generation of the log that is in the file. */
  drained: number;
  limits?: Partial<LayerLimits> | undefined;
}

/**
 * What is stored, in layers: the changes of the running work; what is flushed to the log; what is being written from there into
 * the file; and the file. Reads look from the first layer to the last.
 */
export function createLayers({ db, log, drained: upTo, limits }: LayersParts): Layers {
  const { drainBytes, many } = { ...LIMITS, ...limits };
  let generation = upTo + 1;
  log?.begin(generation);
  let working: Changes | undefined;
  let flushed = new Changes();
  let draining: Changes | undefined;
  /** A batch that goes into the file directly. */
  let entering: Changes | undefined;
  let appending: Promise<void> | undefined;
  let drain: Promise<void> | undefined;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let layers: readonly Changes[] = [flushed];

  function relayer(): void {
    layers = [entering, flushed, draining].filter((layer) => layer !== undefined && layer.size > 0) as Changes[];
  }

  async function append(changes: Changes): Promise<void> {
    await log?.append(encodeChanges(changes));
    flushed.add(changes);
    relayer();
  }

  /** In one transaction, with what was flushed before. */
  async function putIntoFile(changes: Changes): Promise<void> {
    const before = flushed;
    // Otherwise reads would see a part of it: lmdb shows what it has committed before that is flushed, together with the older layers.
    entering = changes;
    relayer();
    try {
      await inTransaction(() => {
        for (const change of before.all()) store(db, change);
        for (const change of changes.all()) store(db, change);
        if (before.size > 0) db.putSync(drainedKey, generationBytes(generation));
      });
      db.resetReadTxn();
      flushed = new Changes();
      if (before.size > 0) beginGeneration();
    } finally {
      entering = undefined;
      relayer();
    }
  }

  function beginGeneration(): void {
    generation += 1;
    log?.begin(generation);
  }

  /** Nothing else is being written into the file, and nothing older is left to be written. */
  async function alone(work: () => Promise<void>): Promise<void> {
    await drain;
    if (draining !== undefined) await startDrain();
    if (draining !== undefined) throw diskFull();
    drain = work().finally(drained);
    await drain;
  }

  function drainLater(): void {
    if (drain !== undefined || failures > 0 || flushed.size === 0) return;
    if (flushed.bytes >= drainBytes) void startDrain();
    else timer ??= setTimeout(() => void startDrain(), DRAIN_MS);
  }

  function startDrain(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    drain ??= drainOnce().finally(drained);
    return drain;
  }

  function drained(): void {
    drain = undefined;
    drainLater();
  }

  async function drainOnce(): Promise<void> {
    if (draining === undefined) {
      // A record that is being written belongs to the generation that it began in.
      while (appending !== undefined) await appending.catch(() => undefined);
      if (flushed.size === 0) return;
      draining = flushed;
      flushed = new Changes();
      relayer();
      beginGeneration();
    }
    try {
      await bringIntoFile(draining, generation - 1);
      failures = 0;
      // Reads of this turn may still look at the file as it was before.
      db.resetReadTxn();
      draining = undefined;
      relayer();
    } catch {
      // The disk is full. What is in the log is safe there, and writing it into the file is tried again.
      timer = setTimeout(() => void startDrain(), Math.min(LAST_RETRY_MS, RETRY_MS * 2 ** failures));
      failures += 1;
    }
  }

  async function bringIntoFile(changes: Changes, upTo: number): Promise<void> {
    const all = [...changes.all()];
    for (let at = 0; at < all.length; at += PUTS_AT_ONCE)
      await inTransaction(() => {
        for (const change of all.slice(at, at + PUTS_AT_ONCE)) store(db, change);
        if (at + PUTS_AT_ONCE >= all.length) db.putSync(drainedKey, generationBytes(upTo));
      });
  }

  async function inTransaction(work: () => void): Promise<void> {
    try {
      // A child transaction, because only that is rolled back when its callback throws.
      await db.childTransaction(work);
    } catch (error) {
      // Unhandled, its rejection would end the process.
      const { commitError } = error as { commitError?: unknown };
      if (commitError instanceof Promise) commitError.catch(() => undefined);
      throw diskFull();
    }
  }

  function change(key: Buffer, value: Buffer | null): void {
    if (working === undefined) throw new Error('changed outside of work');
    working.set({ key, value });
  }

  const isInFile = (key: Buffer) => db.doesExist(key);

  return {
    get(key) {
      const changed = changeOf(layers, key);
      return changed === undefined ? db.getBinary(key) : (changed.value ?? undefined);
    },
    has(key) {
      const changed = changeOf(layers, key);
      return changed === undefined ? isInFile(key) : changed.value !== null;
    },
    range(start, end, reverse = false) {
      // In reverse, lmdb reads from `start` (inclusive) down to `end` (exclusive), so ours are swapped.
      const bounds = reverse
        ? { start: end, end: start, reverse: true, exclusiveStart: true, inclusiveEnd: true }
        : { start, end };
      return mergedRange(layers, db.getRange(bounds), start, end, reverse);
    },
    count: (start, end) => db.getKeysCount({ start, end }) + addedBy(layers, isInFile, start, end),
    put: (key, value) => change(key, value),
    remove: (key) => change(key, null),
    async change(work) {
      const changes = new Changes();
      working = changes;
      layers = [changes, ...layers];
      try {
        work();
      } finally {
        working = undefined;
        relayer();
      }
      if (changes.size === 0) return;
      if (changes.size >= many) return alone(() => putIntoFile(changes));
      appending = append(changes).finally(() => (appending = undefined));
      await appending;
      drainLater();
    },
    async hasRoom() {
      if (flushed.bytes < MOST_BYTES) return;
      await startDrain();
      if (failures > 0) throw diskFull();
    },
    async drain() {
      await drain;
      await startDrain();
    },
    async close() {
      await drain;
      await startDrain();
      clearTimeout(timer);
      log?.close();
    },
  };
}
