import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { wrapStore } from '#server/streams/wrap-store.ts';

interface CrashingStoreParts {
  target: EntryStore;
  isDead: () => boolean;
  /** Called when the process is killed, after which it is dead. */
  die: () => void;
  /** False once nothing may fail any more. */
  mayCrash: () => boolean;
  random: () => number;
  /** Waits for a random number of turns, up to this many. */
  pause: (most: number) => Promise<void>;
  did: { lostAnswers: number; conflicts: number };
}

/** A store as one process sees it: slow, killed at any write, and unreachable once the process is dead. */
export function createCrashingStore(parts: CrashingStoreParts): EntryStore {
  const { target, isDead, die, mayCrash, random, pause, did } = parts;

  async function guarded<T>(call: () => Promise<T>): Promise<T> {
    await pause(3);
    if (isDead()) throw new StoreUnavailable('dead');
    const result = await call();
    await pause(2);
    if (isDead()) throw new StoreUnavailable('dead');
    return result;
  }

  function writing<T>(call: () => Promise<T>): Promise<T> {
    return guarded(async () => {
      if (mayCrash() && random() < 0.02) {
        die();
        throw new StoreUnavailable('killed before the write');
      }
      const result = await call();
      if (mayCrash() && random() < 0.02) die();
      if (mayCrash() && random() < 0.02) {
        did.lostAnswers++;
        throw new StoreUnavailable('the answer is lost');
      }
      return result;
    });
  }

  return {
    ...wrapStore(target, { read: guarded, write: writing }),
    insert: (entries, batch) =>
      writing(async () => {
        // Killed in the middle of a bulk write: the batch and a prefix of the entries become durable.
        const isTorn = mayCrash() && random() < 0.05;
        const torn = isTorn ? Math.floor(random() * (entries.length + 1)) : entries.length;
        const { written } = await target.insert(entries.slice(0, torn), batch);
        if (written < torn) did.conflicts++;
        if (torn < entries.length && written === torn) {
          die();
          throw new StoreUnavailable('killed in the write');
        }
        return { written };
      }),
  };
}
