import type { StoredBatch } from '#server/streams/batches.ts';

/** How much JSON may wait in memory; the rest is read from the store. */
const MAX_BYTES = 4_000_000;

/** What this process has just stored and the consumer has not had yet. */
export interface WaitingBatches {
  /** False if that would be too much. */
  add(stored: StoredBatch, bytes: number): boolean;
  /** Everything that waits, which then waits no longer. */
  take(): StoredBatch[];
  ids(): ReadonlySet<string>;
}

export function createWaitingBatches(): WaitingBatches {
  let waiting: StoredBatch[] = [];
  let waitingBytes = 0;
  return {
    add(stored, bytes) {
      if (waitingBytes + bytes > MAX_BYTES) return false;
      waiting.push(stored);
      waitingBytes += bytes;
      return true;
    },
    take() {
      const taken = waiting;
      waiting = [];
      waitingBytes = 0;
      return taken;
    },
    ids: () => new Set(waiting.map(({ batch }) => batch.id)),
  };
}
