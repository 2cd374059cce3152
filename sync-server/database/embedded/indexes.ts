import {
  type Catalog,
  type Collection,
  type IndexSpec,
  indexPrefix,
  recordKey,
  recordRange,
  ridOf,
  writeRid,
} from './catalog.ts';
import { CommandError } from './errors.ts';
import { compoundKey, emptyArrayKey, encodeKey, inverted, isShortened } from './key-encoding.ts';
import { type Filter, compileFilter } from './match.ts';
import { valuesAt } from './paths.ts';
import type { Store } from './store.ts';
import { type Doc, decode } from './doc.ts';

/** One document's entries in one index, before anything is written. */
interface IndexKeys {
  /** As stored; in an index that is not unique, they end with the record's id. */
  keys: Buffer[];
  multikey: number[];
  hasShortened: boolean;
}

/** Derived from a spec once, because every document needs it. */
interface Compiled {
  prefix: Buffer;
  filter: Filter | undefined;
  fields: readonly { path: string; isDescending: boolean }[];
  hasDeepPaths: boolean;
}

const compiled = new WeakMap<IndexSpec, Compiled>();

function compiledOf(spec: IndexSpec): Compiled {
  let known = compiled.get(spec);
  if (known === undefined) {
    known = {
      prefix: indexPrefix(spec.id),
      filter: spec.partial === null ? undefined : compileFilter(spec.partial),
      fields: spec.key.map(([path, direction]) => ({ path, isDescending: direction !== 1 })),
      hasDeepPaths: spec.key.some(([path]) => path.includes('.')),
    };
    compiled.set(spec, known);
  }
  return known;
}

/** LMDB's limit minus a record id; only five or more long fields reach it. */
const LONGEST_KEY = 1_970;
const RID_BYTES = 8;
const none: never[] = [];

/** Throws CannotIndexParallelArrays if two fields are in different arrays. */
function keysOf(spec: IndexSpec, doc: Doc, rid: number): IndexKeys {
  const { filter, fields, hasDeepPaths } = compiledOf(spec);
  if (filter !== undefined && !filter(doc)) return { keys: none, multikey: none, hasShortened: false };
  if (spec.sparse && !spec.key.some(([path]) => valuesAt(doc, path).some(({ isMissing }) => !isMissing)))
    return { keys: none, multikey: none, hasShortened: false };
  const arrays = hasDeepPaths ? none : fields.filter(({ path }) => Array.isArray(doc[path]));
  const [array] = arrays;
  const tail = spec.unique ? 0 : RID_BYTES;
  let made: IndexKeys;
  // The hot path: no field is nested or an array, so the document has one entry.
  if (array === undefined && !hasDeepPaths) made = plainKey(spec, doc, tail);
  else if (array !== undefined && arrays.length === 1 && isOfTexts(doc[array.path]))
    made = keysOfTexts(spec, doc, fields.indexOf(array), tail);
  else made = manyKeys(spec, doc);
  for (const key of made.keys) if (!spec.unique) writeRid(key, rid, key.length - RID_BYTES);
  return made;
}

function plainKey(spec: IndexSpec, doc: Doc, tail: number): IndexKeys {
  const { prefix, fields } = compiledOf(spec);
  const { key, hasShortened } = compoundKey(prefix, fields, doc, tail);
  checkLength(spec, key.length - tail);
  return { keys: [key], multikey: none, hasShortened };
}

function isOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string');
}

/**
 * One entry for each different text of the only array. The search index has dozens of them for a message, so the fields that all of
 * them begin with are encoded once. `position`: that of the array among the fields.
 */
function keysOfTexts(spec: IndexSpec, doc: Doc, position: number, tail: number): IndexKeys {
  const { prefix, fields } = compiledOf(spec);
  const start = compoundKey(prefix, fields.slice(0, position), doc, 0);
  const rest = fields.slice(position);
  const { path } = rest[0] as Compiled['fields'][number];
  const one: Doc = {};
  for (const field of rest) if (Object.hasOwn(doc, field.path)) one[field.path] = doc[field.path];
  const keys: Buffer[] = [];
  let { hasShortened } = start;
  for (const text of new Set(doc[path] as string[])) {
    one[path] = text;
    const made = compoundKey(start.key, rest, one, tail);
    checkLength(spec, made.key.length - tail);
    keys.push(made.key);
    hasShortened ||= made.hasShortened;
  }
  return { keys, multikey: [position], hasShortened };
}

/** Leaves room for the record's id at the end of each key, unless the index is unique. */
function manyKeys(spec: IndexSpec, doc: Doc): IndexKeys {
  const multikey: number[] = [];
  let hasShortened = false;
  const perField = spec.key.map(([path, direction], position) => {
    const encoded = new Map<string, Buffer>();
    let isMulti = false;
    const add = (bytes: Buffer) => {
      if (isShortened(bytes)) hasShortened = true;
      encoded.set(bytes.toString('latin1'), direction === 1 ? bytes : inverted(bytes));
    };
    const all = valuesAt(doc, path);
    // A path into an array without documents has no value. The entry is null, because every document needs an entry.
    if (all.length === 0) {
      isMulti = true;
      add(encodeKey(null));
    }
    for (const one of all) {
      if (one.throughArray) isMulti = true;
      if (Array.isArray(one.value)) {
        isMulti = true;
        if (one.value.length === 0) add(emptyArrayKey);
        for (const item of one.value) add(encodeKey(item));
      } else add(encodeKey(one.isMissing ? null : one.value));
    }
    if (isMulti) multikey.push(position);
    return [...encoded.values()];
  });
  const roots = new Set(multikey.map((position) => (spec.key[position] as [string, number])[0].split('.')[0]));
  if (roots.size > 1)
    throw new CommandError('CannotIndexParallelArrays', `cannot index parallel arrays [${[...roots].join('] [')}]`);
  let keys: Buffer[] = [compiledOf(spec).prefix];
  for (const field of perField) keys = keys.flatMap((head) => field.map((tail) => Buffer.concat([head, tail])));
  for (const key of keys) checkLength(spec, key.length);
  if (!spec.unique) keys = keys.map((key) => Buffer.concat([key, Buffer.alloc(RID_BYTES)]));
  return { keys, multikey, hasShortened };
}

function checkLength(spec: IndexSpec, bytes: number): void {
  if (bytes > LONGEST_KEY)
    throw new CommandError(
      'CannotCreateIndex',
      `an entry of the index ${spec.name} is longer than ${LONGEST_KEY} bytes`,
    );
}

function ridBytes(rid: number): Buffer {
  const out = Buffer.allocUnsafe(RID_BYTES);
  writeRid(out, rid, 0);
  return out;
}

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
    const fresh = multikey.length === 0 ? none : multikey.filter((position) => !spec.multikey.includes(position));
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
