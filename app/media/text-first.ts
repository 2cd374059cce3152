import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import { isToSend } from '#app/local-store/outbox-rows.ts';
import { fileQueue } from '#app/ops/file-queue.ts';

/** Longer than a text needs on any link. A server that accepts no texts for now should still get files. */
const MOST_MS = 10_000;

/** Resolves when nothing else waits to be sent: on a slow link, texts and receipts go before the next part of a file. [CL16] */
export async function textSent(store: Pick<LocalStore, 'outbox' | 'onListChange'>): Promise<void> {
  if (!isTextWaiting(await store.outbox())) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, MOST_MS);
    const stopListening = store.onListChange(({ outbox }) => {
      if (outbox === undefined) return;
      // A store that can no longer be read does not delay files.
      void store.outbox().then((rows) => (isTextWaiting(rows) ? undefined : end()), end);
    });
    function end() {
      clearTimeout(timer);
      stopListening();
      resolve();
    }
  });
}

/** A text that waits for a file of its own chat cannot be sent before that file. */
export function isTextWaiting(rows: readonly OutboxRow[]): boolean {
  const ops = rows.filter(isToSend).map(({ op }) => op);
  const waitsFor = fileQueue(ops);
  return ops.some((op) => waitsFor(op) === undefined);
}
