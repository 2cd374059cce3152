import type { Batch, EntryStore } from '#server/streams/entry-store.ts';

const PAGE = 200;

/** The batches that wait for this consumer, in the order of their ids. */
export async function* batchPages(entries: Pick<EntryStore, 'batchesFor'>, consumer: string): AsyncGenerator<Batch[]> {
  for (let afterId = '', isLast = false; !isLast;) {
    const page = await entries.batchesFor(consumer, afterId, PAGE);
    if (page.length > 0) yield page;
    isLast = page.length < PAGE;
    afterId = page.at(-1)?.id ?? '';
  }
}
