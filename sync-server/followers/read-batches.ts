import type { Batches } from '#server/streams/batches.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { batchPages } from './batch-pages.ts';
import type { Delivery } from './delivery.ts';
import type { Progress } from './progress.ts';
import type { WaitingBatches } from './waiting-batches.ts';

interface ReaderParts {
  consumer: string;
  entries: Pick<EntryStore, 'batchesFor'>;
  batches: Pick<Batches, 'isWaiting'>;
  waiting: WaitingBatches;
  progress: Progress;
  delivery: Delivery;
  /** A batch whose entries have not become durable after this long is given up, because its writer is gone. */
  giveUpMs: number;
  closing: AbortSignal;
}

/** A function that reads the batches in the store and delivers those that do not wait in memory. */
export function createBatchReader(parts: ReaderParts): () => Promise<void> {
  const { consumer, entries, batches, waiting, progress, delivery, giveUpMs, closing } = parts;
  /** Batches whose entries are not all stored, and when that was noticed. */
  let short = new Map<string, number>();

  return async () => {
    const knownShort = short;
    short = new Map();
    for await (const page of batchPages(entries, consumer)) {
      const inMemory = waiting.ids();
      const open = page.filter(
        ({ id }) => batches.isWaiting(id, consumer) && !progress.isFinished(id) && !inMemory.has(id),
      );
      await delivery.deliverBatches(open.map((batch) => ({ batch, entries: [] })));
      for (const { id } of open) {
        if (progress.isFinished(id)) continue;
        const since = knownShort.get(id) ?? performance.now();
        if (performance.now() - since > giveUpMs) progress.finish(id);
        else short.set(id, since);
      }
      if (closing.aborted) return;
      if (progress.hasManyUnsaved) await progress.save();
    }
  };
}
