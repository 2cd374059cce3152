import { type Catalog, type Collection, type IndexSpec, recordKey, recordRange, ridOf, writeRid } from './catalog.ts';
import { type Doc, decode } from './doc.ts';
import { CommandError } from './errors.ts';
import { type IndexKeys, RID_BYTES, keysOf } from './index-keys.ts';
import { valuesAt } from './paths.ts';
import type { Store } from './store.ts';

/** Checks everything before the first put, so that an error has written nothing. Only within `write`. */
export function insertRecord(store: Store, catalog: Catalog, collection: Collection, doc: Doc, bytes: Buffer): void {
  const { indexes, nextRid: rid } = collection;
  const made = indexes.map((spec) => keysOf(spec, doc, rid));
  for (const [at, spec] of indexes.entries())
    if (spec.unique) checkUnique(store, collection, spec, (made[at] as IndexKeys).keys, null, doc);
  collection.nextRid++;
  store.put(recordKey(collection.id, rid), bytes);
  const holder = ridBytes(rid);
  for (const [at, spec] of indexes.entries())
    for (const key of (made[at] as IndexKeys).keys) putEntry(store, spec, key, holder);
  note(catalog, collection, made);
}

export function replaceRecord(
  store: Store,
  catalog: Catalog,
  collection: Collection,
  rid: number,
  before: Doc,
  after: Doc,
  bytes: Buffer,
): void {
  const plans = collection.indexes.map((spec) => {
    const old = keysOf(spec, before, rid).keys;
    const made = keysOf(spec, after, rid);
    const oldSet = new Set(old.map((key) => key.toString('latin1')));
    const newSet = new Set(made.keys.map((key) => key.toString('latin1')));
    return {
      spec,
      ...made,
      added: made.keys.filter((key) => !oldSet.has(key.toString('latin1'))),
      removed: old.filter((key) => !newSet.has(key.toString('latin1'))),
    };
  });
  for (const { spec, added } of plans) if (spec.unique) checkUnique(store, collection, spec, added, rid, after);
  store.put(recordKey(collection.id, rid), bytes);
  const holder = ridBytes(rid);
  for (const { spec, added, removed } of plans) {
    for (const key of removed) store.remove(key);
    for (const key of added) putEntry(store, spec, key, holder);
  }
  note(catalog, collection, plans);
}

export function removeRecord(store: Store, collection: Collection, rid: number, doc: Doc): void {
  for (const spec of collection.indexes) {
    for (const key of keysOf(spec, doc, rid).keys) store.remove(key);
  }
  store.remove(recordKey(collection.id, rid));
}

/** Fills a new index from the stored documents, with all checks first. Only within `write`. */
export function buildIndex(store: Store, collection: Collection, spec: IndexSpec): void {
  const entries: { key: Buffer; rid: number }[] = [];
  const seen = new Map<string, number>();
  for (const { key, value } of store.range(...recordRange(collection.id))) {
    const rid = ridOf(key);
    const doc = decode(value);
    const made = keysOf(spec, doc, rid);
    spec.multikey = [...new Set([...spec.multikey, ...made.multikey])];
    spec.hasShortened ||= made.hasShortened;
    for (const entry of made.keys) {
      if (spec.unique) {
        const text = entry.toString('latin1');
        if (seen.has(text) && seen.get(text) !== rid) throw duplicate(collection, spec, doc);
        seen.set(text, rid);
      }
      entries.push({ key: entry, rid });
    }
  }
  for (const { key, rid } of entries) putEntry(store, spec, key, ridBytes(rid));
}

function putEntry(store: Store, spec: IndexSpec, key: Buffer, holder: Buffer): void {
  store.put(key, spec.unique ? holder : nothing);
}

const nothing = Buffer.alloc(0);

function checkUnique(
  store: Store,
  collection: Collection,
  spec: IndexSpec,
  keys: Buffer[],
  own: number | null,
  doc: Doc,
): void {
  for (const key of keys) {
    const holder = store.get(key);
    if (holder !== undefined && ridOf(holder) !== own) throw duplicate(collection, spec, doc);
  }
}

function duplicate(collection: Collection, spec: IndexSpec, doc: Doc): CommandError {
  const keyPattern = Object.fromEntries(spec.key);
  const keyValue = Object.fromEntries(spec.key.map(([path]) => [path, valuesAt(doc, path)[0]?.value ?? null]));
  return new CommandError(
    'DuplicateKey',
    // Without the values, which MongoDB adds, because the message reaches logs, and they may be addresses or tokens.
    `E11000 duplicate key error collection: ${collection.db}.${collection.name} index: ${spec.name}`,
    { keyPattern, keyValue },
  );
}

/**
 * Records that an index has arrays or shortened keys, before the planner could rely on their absence. `made` is in the
 * order of the collection's indexes.
 */
function note(
  catalog: Catalog,
  collection: Collection,
  made: readonly { multikey: number[]; hasShortened: boolean }[],
): void {
  let isChanged = false;
  for (const [at, spec] of collection.indexes.entries()) {
    const { multikey, hasShortened } = made[at] as IndexKeys;
    const fresh = multikey.filter((position) => !spec.multikey.includes(position));
    if (fresh.length > 0) {
      spec.multikey = [...spec.multikey, ...fresh];
      isChanged = true;
    }
    if (hasShortened && !spec.hasShortened) {
      spec.hasShortened = true;
      isChanged = true;
    }
  }
  if (isChanged) catalog.save(collection);
}

function ridBytes(rid: number): Buffer {
  const out = Buffer.allocUnsafe(RID_BYTES);
  writeRid(out, rid, 0);
  return out;
}
