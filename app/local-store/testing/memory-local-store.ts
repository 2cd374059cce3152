import type { UserId } from '#protocol/ids.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { memoryRows, type MemoryRows } from './memory-rows.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import type { Backing, Rows } from '#app/local-store/rows.ts';
import { wholeStoreOver } from '#app/local-store/testing/whole-store.ts';

/** The part that outlives a process: the committed rows of one person. Several stores (tabs) may be open on one disk. */
export interface MemoryDisk {
  rows: MemoryRows;
  /** Transactions run one after another, whichever store requested them. */
  queue: Promise<unknown>;
  committed: Set<() => void>;
}

export function createMemoryDisk(): MemoryDisk {
  return { rows: memoryRows(), queue: Promise.resolve(), committed: new Set() };
}

export interface MemoryLocalStore extends LocalStore {
  /**
   * The process dies: a transaction that is not committed is lost, and what was committed stays on the disk. As in a dead process,
   * the store's promises never settle. To reopen, call `openMemoryLocalStore` on the same disk.
   */
  crash(): void;
}

interface MemoryParts {
  userId: UserId;
  disk?: MemoryDisk;
  /** Runs between a transaction's last row and its commit, like the flush of a real disk. Rejects if the disk is full. */
  flush?: () => Promise<void>;
}

/** The local store in memory: the same rules over rows with IndexedDB's guarantees, for the simulation. */
export function openMemoryLocalStore({ userId, disk = createMemoryDisk(), flush }: MemoryParts): MemoryLocalStore {
  let phase: 'open' | 'closed' | 'dead' = 'open';
  const observers = new Set<() => void>();
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });

  // Read through a function: the phase changes while a transaction waits.
  const isDead = () => phase === 'dead';

  function run<T>(body: (rows: Rows) => Promise<T>, isWrite: boolean): Promise<T> {
    if (phase === 'closed') return Promise.reject(new StoreRefused('closed', undefined));
    return new Promise<T>((resolve, reject) => {
      const turn = async () => {
        if (phase === 'dead') return;
        try {
          const value = await body(disk.rows.rows);
          if (isWrite && flush !== undefined) await Promise.race([flush(), died]);
          // The process died meanwhile: nothing reached the disk, and nobody receives the result.
          if (isDead()) return disk.rows.rollback();
          if (disk.rows.commit()) for (const tell of disk.committed) tell();
          resolve(value);
        } catch (error) {
          disk.rows.rollback();
          if (!isDead()) reject(error instanceof Error ? error : new StoreRefused('lost', error));
        }
      };
      disk.queue = disk.queue.then(turn);
    });
  }

  const backing: Backing = {
    read: (body) => run(body, false),
    write: (body) => run(body, true),
    observe(query, onValue, onError) {
      let isOver = false;
      const ask = () => {
        query().then(
          (value) => isOver || onValue(value),
          (error: unknown) => isOver || onError(error),
        );
      };
      const stop = () => {
        isOver = true;
        disk.committed.delete(ask);
        observers.delete(stop);
      };
      disk.committed.add(ask);
      observers.add(stop);
      ask();
      return stop;
    },
    // A commit does not report what it has changed, so it may be everything.
    onChange(tables, listener) {
      const everything = Object.fromEntries(tables.map((name) => [name, 'all']));
      const tell = () => listener(everything as Parameters<typeof listener>[0]);
      const stop = () => {
        disk.committed.delete(tell);
        observers.delete(stop);
      };
      disk.committed.add(tell);
      observers.add(stop);
      return stop;
    },
    close() {
      if (phase === 'open') phase = 'closed';
      for (const stop of observers) stop();
    },
  };

  return {
    ...wholeStoreOver(backing, userId),
    crash() {
      phase = 'dead';
      die();
      for (const stop of observers) stop();
    },
  };
}
