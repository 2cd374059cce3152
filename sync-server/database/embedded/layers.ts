import { setTimeout as delay } from 'node:timers/promises';
import { Changes, addedBy, changeOf, encodeChanges, mergedRange } from './changes.ts';
import type { Database } from 'lmdb';
import { diskFull, putAtOnce, putInParts } from './file-writes.ts';
import type { WriteLog } from './write-log.ts';

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
/** The wait after a failure, which doubles after each further one. */
const RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

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
  /** What is being written into the file. */
  let writing: Promise<void> | undefined;
  /** Undefined while nothing waits for the file. */
  let loop: Promise<void> | undefined;
  let pause = new AbortController();
  let failures = 0;
  let isClosed = false;
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
      await putAtOnce(db, [...before.all(), ...changes.all()], before.size > 0 ? generation : undefined);
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

  /** Only one work writes into the file at a time. */
  async function inTurn(work: () => Promise<void>): Promise<void> {
    while (writing !== undefined) await writing.catch(() => undefined);
    writing = work().finally(() => (writing = undefined));
    await writing;
  }

  /** Nothing older may be left to be written before these changes. */
  async function putAfterDraining(changes: Changes): Promise<void> {
    if (draining !== undefined) await drainOnce();
    if (draining !== undefined) throw diskFull();
    await putIntoFile(changes);
  }

  async function drainLoop(): Promise<void> {
    while (!isClosed && (flushed.size > 0 || draining !== undefined)) {
      if (failures > 0) await delayed(Math.min(LAST_RETRY_MS, RETRY_MS * 2 ** (failures - 1)));
      else if (flushed.bytes < drainBytes) await delayed(DRAIN_MS);
      if (!isClosed) await inTurn(drainOnce);
    }
    loop = undefined;
  }

  /** Resolves after this time, or once the pause is aborted. */
  async function delayed(ms: number): Promise<void> {
    pause = new AbortController();
    await delay(ms, undefined, { signal: pause.signal }).catch(() => undefined);
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
      await putInParts(db, [...draining.all()], generation - 1);
      failures = 0;
      // Reads of this turn may still look at the file as it was before.
      db.resetReadTxn();
      draining = undefined;
      relayer();
    } catch {
      // The disk is full. What is in the log is safe there, and writing it into the file is tried again.
      failures += 1;
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
      if (changes.size >= many) return inTurn(() => putAfterDraining(changes));
      appending = append(changes).finally(() => (appending = undefined));
      await appending;
      if (flushed.size > 0) loop ??= drainLoop();
      if (failures === 0 && flushed.bytes >= drainBytes) pause.abort();
    },
    async hasRoom() {
      if (flushed.bytes < MOST_BYTES) return;
      await (writing ?? inTurn(drainOnce));
      if (failures > 0) throw diskFull();
    },
    drain: () => inTurn(drainOnce),
    async close() {
      isClosed = true;
      pause.abort();
      await loop;
      await inTurn(drainOnce);
      log?.close();
    },
  };
}
