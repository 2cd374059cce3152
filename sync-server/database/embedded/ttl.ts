import { recordKey, ridOf, indexPrefix } from './catalog.ts';
import type { Engine } from './command.ts';
import { removeRecord } from './indexes.ts';
import { encodeKey } from './key-encoding.ts';
import { decode } from './doc.ts';

const BATCH = 200;

/** Deletes expired documents in small batches, so that no writer waits long. Returns how many were deleted. */
export async function expire({ store, catalog }: Pick<Engine, 'store' | 'catalog'>, now: number): Promise<number> {
  let deleted = 0;
  for (const collection of catalog.all()) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds === null || index.unique || index.key[0]?.[1] !== 1) continue;
      const limit = new Date(now - index.expireAfterSeconds * 1000);
      const start = Buffer.concat([indexPrefix(index.id), encodeKey(new Date(-8.64e15))]);
      const end = Buffer.concat([indexPrefix(index.id), encodeKey(limit)]);
      for (;;) {
        const removed = await store.write(() => {
          const rids: number[] = [];
          for (const { key } of store.range(start, end)) {
            rids.push(ridOf(key));
            if (rids.length === BATCH) break;
          }
          for (const rid of new Set(rids)) {
            const bytes = store.get(recordKey(collection.id, rid));
            if (bytes !== undefined) removeRecord(store, collection, rid, decode(bytes));
          }
          return rids.length;
        });
        deleted += removed;
        if (removed < BATCH) break;
      }
    }
  }
  return deleted;
}
