import { CommandError } from './errors.ts';
import type { Store } from './store.ts';
import { type Doc, decode, encode } from './doc.ts';

export interface IndexSpec {
  id: number;
  name: string;
  /** Path and direction in order. */
  key: [string, 1 | -1][];
  unique: boolean;
  sparse: boolean;
  partial: Doc | null;
  expireAfterSeconds: number | null;
  /** Positions of fields that have had an array; never removed. */
  multikey: number[];
  /** A value was too long for a key and was shortened, so the index does not have the full order. */
  hasShortened: boolean;
}

export interface Collection {
  id: number;
  db: string;
  name: string;
  indexes: IndexSpec[];
  /** The next record's id. Kept in memory, and derived from the last record when the catalog is read. */
  nextRid: number;
}

/** Collections and indexes: small, kept in memory, and written in the transaction that changes them. */
export interface Catalog {
  find(db: string, name: string): Collection | undefined;
  all(): Collection[];
  /** Only within `write`. */
  create(db: string, name: string): Collection;
  drop(collection: Collection): void;
  addIndex(collection: Collection, spec: Omit<IndexSpec, 'id' | 'multikey' | 'hasShortened'>): IndexSpec;
  removeIndex(collection: Collection, spec: IndexSpec): void;
  save(collection: Collection): void;
}

const RECORD = 2;
const INDEX = 3;
const CATALOG = 1;

export function recordKey(collection: number, rid: number): Buffer {
  const key = Buffer.allocUnsafe(13);
  key[0] = RECORD;
  key.writeUInt32BE(collection, 1);
  writeRid(key, rid, 5);
  return key;
}

/** Writes eight bytes as two halves, because a BigInt would cost more than the write. */
export function writeRid(bytes: Buffer, rid: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(rid / 2 ** 32), at);
  bytes.writeUInt32BE(rid >>> 0, at + 4);
}

export function ridOf(bytes: Buffer): number {
  return bytes.readUInt32BE(bytes.length - 8) * 2 ** 32 + bytes.readUInt32BE(bytes.length - 4);
}

export function recordRange(collection: number): [Buffer, Buffer] {
  return [prefixed(RECORD, collection), prefixed(RECORD, collection + 1)];
}

export function indexPrefix(index: number): Buffer {
  return prefixed(INDEX, index);
}

export function indexRange(index: number): [Buffer, Buffer] {
  return [prefixed(INDEX, index), prefixed(INDEX, index + 1)];
}

function prefixed(kind: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = kind;
  key.writeUInt32BE(id, 1);
  return key;
}

export function openCatalog(store: Store): Catalog {
  const collections = new Map<string, Collection>();
  let nextId = 1;
  const load = () => {
    collections.clear();
    for (const { value } of store.range(Buffer.from([CATALOG]), Buffer.from([CATALOG + 1]))) {
      const collection = read(decode(value), store);
      collections.set(`${collection.db}.${collection.name}`, collection);
      nextId = Math.max(nextId, collection.id + 1, ...collection.indexes.map((index) => index.id + 1));
    }
  };
  load();
  // Otherwise a collection that was rolled back would still exist in memory and accept records that are lost at a restart.
  store.onRollback(load);

  const save = (collection: Collection) => {
    const { nextRid: _, ...kept } = collection;
    store.put(
      catalogKey(collection.id),
      encode({
        text: JSON.stringify({ ...kept, indexes: kept.indexes.map((index) => ({ ...index, partial: null })) }),
        partials: kept.indexes.map((index) => index.partial),
      }),
    );
  };

  return {
    find: (db, name) => collections.get(`${db}.${name}`),
    all: () => [...collections.values()],
    create(db, name) {
      if (name === '' || name.includes('$') || name.includes('\0'))
        throw new CommandError('InvalidNamespace', `invalid collection name: ${db}.${name}`);
      const collection: Collection = { id: nextId++, db, name, indexes: [], nextRid: 1 };
      collection.indexes.push({
        id: nextId++,
        name: '_id_',
        key: [['_id', 1]],
        unique: true,
        sparse: false,
        partial: null,
        expireAfterSeconds: null,
        multikey: [],
        hasShortened: false,
      });
      collections.set(`${db}.${name}`, collection);
      save(collection);
      return collection;
    },
    drop(collection) {
      collections.delete(`${collection.db}.${collection.name}`);
      store.remove(catalogKey(collection.id));
      for (const [start, end] of [
        recordRange(collection.id),
        ...collection.indexes.map((index) => indexRange(index.id)),
      ])
        removeRange(store, start, end);
    },
    addIndex(collection, spec) {
      const index: IndexSpec = { ...spec, id: nextId++, multikey: [], hasShortened: false };
      collection.indexes.push(index);
      return index;
    },
    removeIndex(collection, spec) {
      collection.indexes = collection.indexes.filter((index) => index !== spec);
      removeRange(store, ...indexRange(spec.id));
      save(collection);
    },
    save,
  };
}

function removeRange(store: Store, start: Buffer, end: Buffer): void {
  const keys: Buffer[] = [];
  for (const { key } of store.range(start, end)) keys.push(Buffer.from(key));
  for (const key of keys) store.remove(key);
}

function catalogKey(id: number): Buffer {
  return prefixed(CATALOG, id);
}

function read(stored: Doc, store: Store): Collection {
  const kept = JSON.parse(stored['text'] as string) as Omit<Collection, 'nextRid'>;
  const partials = stored['partials'] as (Doc | null)[];
  kept.indexes.forEach((index, at) => (index.partial = partials[at] ?? null));
  let nextRid = 1;
  for (const { key } of store.range(...recordRange(kept.id), true)) {
    nextRid = ridOf(key) + 1;
    break;
  }
  return { ...kept, nextRid };
}
