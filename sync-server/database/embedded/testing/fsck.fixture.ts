import { type Catalog, indexPrefix, recordRange, ridOf } from '#server/database/embedded/catalog.ts';
import { decode } from '#server/database/embedded/doc.ts';
import { keysOf } from '#server/database/embedded/index-keys.ts';
import type { Store } from '#server/database/embedded/store.ts';

/** Compares every index with its records. Returns one sentence per defect, and none if all is well. */
export function fsck(store: Store, catalog: Catalog): string[] {
  const defects: string[] = [];
  for (const collection of catalog.all()) {
    const expected = new Map<string, number>();
    for (const { key, value } of store.range(...recordRange(collection.id))) {
      const rid = ridOf(key);
      for (const spec of collection.indexes) {
        for (const entry of keysOf(spec, decode(value), rid).keys) expected.set(entry.toString('latin1'), rid);
      }
    }
    for (const spec of collection.indexes) {
      const start = indexPrefix(spec.id);
      for (const { key, value } of store.range(start, indexPrefix(spec.id + 1))) {
        const text = key.toString('latin1');
        const rid = spec.unique ? ridOf(value) : ridOf(key);
        if (expected.get(text) !== rid)
          defects.push(`${collection.name}.${spec.name}: an entry without its record ${rid}`);
        expected.delete(text);
      }
    }
    for (const rid of expected.values()) defects.push(`${collection.name}: record ${rid} lacks an index entry`);
  }
  return defects;
}
