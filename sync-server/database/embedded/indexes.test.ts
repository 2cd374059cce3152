import { expect, it } from 'vitest';
import type { Catalog, Collection, IndexSpec } from './catalog.ts';
import { type Doc, encode } from './doc.ts';
import { insertRecord } from './indexes.ts';
import type { Store } from './store.ts';

/** Keys that an insert writes for `{part, words}` in an index over both. */
function entriesOf(doc: Doc, order: 1 | -1): { keys: Set<string>; spec: IndexSpec } {
  const keys = new Set<string>();
  const store = { put: (key: Buffer) => void keys.add(key.toString('hex')) } as unknown as Store;
  const spec: IndexSpec = {
    id: 1,
    name: 'found',
    key: [
      ['part', 1],
      ['words', order],
    ],
    unique: false,
    sparse: false,
    partial: null,
    expireAfterSeconds: null,
    multikey: [],
    hasShortened: false,
  };
  const collection: Collection = { id: 1, db: 'test', name: 'keys', indexes: [spec], nextRid: 1 };
  insertRecord(store, { save: () => undefined } as unknown as Catalog, collection, doc, encode(doc));
  return { keys, spec };
}

it.each([1, -1] as const)('an array of texts alone has the same keys as beside other values, in order %i', (order) => {
  const words = ['ebb', 'flood', 'ebb', '', 'a\0b', 'é東', 'x'.repeat(900)];
  const alone = entriesOf({ part: 'g:1 0', words }, order);
  // The null leaves the path for arrays of texts; its key is the only one that is not expected.
  const mixed = entriesOf({ part: 'g:1 0', words: [...words, null] }, order);
  const others = [...mixed.keys].filter((key) => !alone.keys.has(key));
  expect(others).toHaveLength(1);
  expect([...alone.keys].every((key) => mixed.keys.has(key))).toBe(true);
  expect(alone.keys.size).toBe(1 + new Set(words).size); // and the record
  expect(alone.spec).toMatchObject({ multikey: [1], hasShortened: true });
});
