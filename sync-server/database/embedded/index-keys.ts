import { type IndexSpec, indexPrefix, writeRid } from './catalog.ts';
import type { Doc } from './doc.ts';
import { CommandError } from './errors.ts';
import { compoundKey, emptyArrayKey, encodeKey, inverted, isShortened } from './key-encoding.ts';
import { type Filter, compileFilter } from './match.ts';
import { valuesAt } from './paths.ts';

/** One document's entries in one index, before anything is written. */
export interface IndexKeys {
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
export const RID_BYTES = 8;
const none: never[] = [];

/** Throws CannotIndexParallelArrays if two fields are in different arrays. */
export function keysOf(spec: IndexSpec, doc: Doc, rid: number): IndexKeys {
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
