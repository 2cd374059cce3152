import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Int32 } from 'bson';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Catalog, type Collection, type IndexSpec, openCatalog, recordKey } from './catalog.ts';
import { buildIndex, insertRecord, removeRecord } from './indexes.ts';
import { fsck } from './testing/fsck.fixture.ts';
import { countDocs, findDocs } from './find-documents.ts';
import { type Store, openStore } from './store.ts';
import { temporaryFolder } from './testing/engines.fixture.ts';
import { expire } from './ttl.ts';
import { type Doc, encode } from './doc.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: Store;
let catalog: Catalog;

beforeEach(() => {
  folder = temporaryFolder();
  store = openStore({ dataDir: folder.path, durability: 'none' });
  catalog = openCatalog(store);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const plain = { unique: false, sparse: false, partial: null, expireAfterSeconds: null };

/** A collection with an index on `at` that has these options. */
function filled(docs: Doc[], index: Partial<IndexSpec> = {}): Promise<Collection> {
  return store.write(() => {
    const collection = catalog.create('t', 'docs');
    buildIndex(store, collection, catalog.addIndex(collection, { ...plain, name: 'at', key: [['at', 1]], ...index }));
    catalog.save(collection);
    for (const doc of docs) insertRecord(store, catalog, collection, doc, encode(doc));
    return collection;
  });
}

describe('expiry', () => {
  const NOW = Date.parse('2026-11-24T12:00:00Z');
  const ago = (seconds: number) => new Date(NOW - seconds * 1000);
  const run = () => expire({ store, catalog }, NOW);

  it('deletes only documents older than their index allows, in batches', async () => {
    const kept: Doc[] = [
      { _id: 'young', at: ago(59) },
      { _id: 'future', at: ago(-100) },
      { _id: 'no field' },
      { _id: 'null', at: null },
      { _id: 'number', at: new Int32(5) },
      { _id: 'text', at: '1970-01-01' },
    ];
    const old: Doc[] = Array.from({ length: 450 }, (_, n) => ({ _id: `old ${n}`, at: ago(61 + n) }));
    const one = { _id: 'one of several', at: [ago(10), ago(100)] };
    const collection = await filled([...kept, ...old, one], { expireAfterSeconds: 60 });
    expect(await run()).toBe(451);
    expect(findDocs(store, collection, {}).map(({ doc }) => doc['_id'])).toEqual(kept.map(({ _id }) => _id));
    expect(fsck(store, catalog)).toEqual([]);
    expect(await run()).toBe(0);
  });

  it('does not touch a collection without such an index', async () => {
    const collection = await filled([{ _id: 1, at: ago(1e9) }]);
    expect(await run()).toBe(0);
    expect(countDocs(store, collection, {})).toBe(1);
  });
});

describe('fsck', () => {
  const docs = Array.from({ length: 20 }, (_, n): Doc => ({ _id: n, at: n }));

  it('reports an entry without its record, and a record without an entry', async () => {
    const collection = await filled(docs);
    expect(fsck(store, catalog)).toEqual([]);
    const bytes = encode({ _id: 99, at: 99 });
    await store.write(() => {
      store.remove(recordKey(collection.id, 3));
      store.put(recordKey(collection.id, 500), bytes);
    });
    expect(fsck(store, catalog).sort()).toEqual([
      'docs._id_: an entry without its record 3',
      'docs.at: an entry without its record 3',
      'docs: record 500 lacks an index entry',
      'docs: record 500 lacks an index entry',
    ]);
  });

  it('reports an entry of another record', async () => {
    const collection = await filled(docs, { unique: true });
    await store.write(() => {
      const bytes = store.get(recordKey(collection.id, 1)) as Buffer;
      store.put(recordKey(collection.id, 2), bytes);
    });
    expect(fsck(store, catalog).length).toBeGreaterThan(0);
  });
});

describe('a compact copy', () => {
  it('is smaller than a store after deletions, and holds the same documents', async () => {
    const collection = await filled(
      Array.from({ length: 3_000 }, (_, n): Doc => ({ _id: n, at: n, text: 'x'.repeat(500) })),
    );
    const copyFolder = temporaryFolder();
    // A copy brings everything into the file, which then has to shrink.
    await store.copyTo(join(copyFolder.path, 'before.lmdb'));
    await store.write(() => {
      for (const { rid, doc } of findDocs(store, collection, { at: { $gte: 100 } }))
        removeRecord(store, collection, rid, doc);
    });
    await store.copyTo(join(copyFolder.path, 'database.lmdb'));
    const size = (path: string) => statSync(join(path, 'database.lmdb')).size;
    expect(size(copyFolder.path)).toBeLessThan(size(folder.path) / 4);
    const copy = openStore({ dataDir: copyFolder.path, durability: 'none' });
    const copied = openCatalog(copy);
    expect(fsck(copy, copied)).toEqual([]);
    expect(countDocs(copy, copied.find('t', 'docs') as Collection, {})).toBe(100);
    await copy.close();
    copyFolder.remove();
  });
});
