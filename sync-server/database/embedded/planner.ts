import { type Bounds, type Side, boundsOf, impliesPartialFilter } from './bounds.ts';
import { type Collection, type IndexSpec, indexPrefix } from './catalog.ts';
import { bracket, encodeKey, inverted, rangeKey } from './key-encoding.ts';
import type { SortSpec } from './sorting.ts';
import type { Doc } from './doc.ts';

export interface Plan {
  index: IndexSpec | null;
  /** Byte ranges [start, end) in index order, one per combination of points. */
  ranges: [Buffer, Buffer][];
  /** The index yields the documents in the requested order; `reverse` reads it backwards. */
  coversSort: boolean;
  reverse: boolean;
  equalities: number;
  hasRange: boolean;
  /** The ranges hold exactly the matching documents, each once, so that none has to be decoded to be matched. */
  isExact: boolean;
}

const MAX_POINTS = 200;

/** Prefers an exact `_id`, then a full unique key, the most equalities, a range, and a covered sort. There are no statistics. */
export function planQuery(collection: Collection, query: Doc, sort: SortSpec, hint?: string): Plan {
  const scan: Plan = {
    index: null,
    ranges: [],
    coversSort: false,
    reverse: false,
    equalities: 0,
    hasRange: false,
    isExact: false,
  };
  if (hint === '$natural') return scan;
  const bounds = boundsOf(query);
  let best = scan;
  let bestScore = 0;
  for (const index of collection.indexes) {
    if (hint !== undefined && index.name !== hint) continue;
    if (index.partial !== null && !impliesPartialFilter(query, index.partial)) continue;
    if (index.sparse && !isPresent(bounds.get((index.key[0] as [string, number])[0]))) continue;
    const plan = planIndex(index, bounds, sort, query);
    if (plan === null && hint === undefined) continue;
    const usable = plan ?? { ...scan, index, ranges: [wholeIndex(index)] };
    const isFullUnique = index.unique && usable.equalities === index.key.length;
    const isId = isFullUnique && index.name === '_id_';
    const score =
      (isId ? 10_000 : 0) +
      (isFullUnique ? 5_000 : 0) +
      usable.equalities * 100 +
      (usable.hasRange ? 10 : 0) +
      (usable.coversSort ? 5 : 0) +
      1;
    if (score > bestScore) {
      best = usable;
      bestScore = score;
    }
  }
  return best;
}

function wholeIndex(index: IndexSpec): [Buffer, Buffer] {
  return [indexPrefix(index.id), indexPrefix(index.id + 1)];
}

function planIndex(index: IndexSpec, bounds: Map<string, Bounds>, sort: SortSpec, query: Doc): Plan | null {
  let heads: Buffer[] = [indexPrefix(index.id)];
  let equalities = 0;
  let isSinglePoint = true;
  let range: { low: Buffer; high: Buffer; isExact: boolean } | null = null;
  const boundedMultiRoots = new Set<string>();
  for (const [position, [path, direction]] of index.key.entries()) {
    const bound = bounds.get(path);
    if (bound === undefined) break;
    const isMulti = index.multikey.includes(position);
    const root = path.split('.')[0] as string;
    // Different elements of an array may meet conditions on two of its fields, so only the first condition may bound.
    if (isMulti && boundedMultiRoots.has(root)) break;
    if (isMulti) boundedMultiRoots.add(root);
    if (bound.points !== null) {
      const encoded = new Map(bound.points.map((point) => [encodeKey(point).toString('latin1'), encodeKey(point)]));
      if (encoded.size * heads.length > MAX_POINTS) break;
      const points = [...encoded.values()]
        .map((point) => (direction === 1 ? point : inverted(point)))
        .sort(Buffer.compare);
      heads = heads.flatMap((head) => points.map((point) => Buffer.concat([head, point])));
      equalities++;
      if (points.length !== 1) isSinglePoint = false;
      continue;
    }
    range = rangeOf(bound, direction, isMulti);
    break;
  }
  const ranges = heads.map((head): [Buffer, Buffer] =>
    range === null ? [head, after(head)] : [Buffer.concat([head, range.low]), Buffer.concat([head, range.high])],
  );
  const used = equalities + (range === null ? 0 : 1);
  const isExact =
    index.multikey.length === 0 &&
    !index.hasShortened &&
    (range === null || range.isExact) &&
    isCovered(index, query, used, bounds);
  const order = isSinglePoint ? sortOrder(index, equalities, sort) : null;
  if (equalities === 0 && range === null && order === null) return null;
  return {
    index,
    ranges,
    coversSort: order !== null,
    reverse: order === 'reverse',
    equalities,
    hasRange: range !== null,
    isExact,
  };
}

/** Whether the ranges over the first `used` fields and the index's own filter express the whole query. */
function isCovered({ key, partial }: IndexSpec, query: Doc, used: number, bounds: Map<string, Bounds>): boolean {
  const bounded = key.slice(0, used);
  if (!bounded.every(([path]) => Object.hasOwn(query, path) && bounds.get(path)?.isWhole === true)) return false;
  const isFiltered = (path: string) => {
    if (partial === null || path.startsWith('$') || !Object.hasOwn(partial, path)) return false;
    const [wanted, clause] = [query[path], partial[path]];
    return (typeof clause === 'string' || typeof clause === 'boolean') && wanted === clause;
  };
  return Object.keys(query).every((path) => bounded.some(([field]) => field === path) || isFiltered(path));
}

/** The first key after all keys that start with `head`. */
function after(head: Buffer): Buffer {
  return Buffer.concat([head, Buffer.alloc(34, 0xff)]);
}

function rangeOf(bound: Bounds, direction: 1 | -1, isMulti: boolean): { low: Buffer; high: Buffer; isExact: boolean } {
  const sample = bound.low ?? bound.high;
  const first = bracket(sample?.value);
  const open = { bytes: Buffer.from([first]), isStrict: false };
  let isExact = true;
  const edge = (side: Side | null) => {
    if (side === null) return open;
    const key = rangeKey(side.value);
    isExact &&= key.isExact;
    return { bytes: key.bytes, isStrict: side.isStrict && key.isExact };
  };
  const low = edge(bound.low);
  // Different elements of an array may meet the two sides, unless one must meet both, so only one side may bound.
  const high = isMulti && bound.low !== null && !bound.isOneElement ? open : edge(bound.high);
  // A side is the start of a key: a strict side excludes every key that starts with it, and any other side includes those keys.
  const [from, to] =
    direction === 1 ? [low, high] : [high, low].map((side) => ({ ...side, bytes: inverted(side.bytes) }));
  if (from === undefined || to === undefined) throw new Error('a range needs two sides');
  return {
    low: from.isStrict ? after(from.bytes) : from.bytes,
    high: to.isStrict ? to.bytes : after(to.bytes),
    isExact,
  };
}

/** Whether the index's order after its pinned fields is the sort's. Pinned fields may be anywhere in the sort. */
function sortOrder(index: IndexSpec, pinned: number, sort: SortSpec): 'forward' | 'reverse' | null {
  if (sort.length === 0 || index.hasShortened) return null;
  // An index has a document under each element of an unpinned array, so its order there is not the sort's.
  if (index.multikey.some((position) => position >= pinned)) return null;
  if (index.partial === null && index.sparse) return null;
  const fixed = new Set(index.key.slice(0, pinned).map(([path]) => path));
  const wanted = sort.filter(([path]) => !fixed.has(path));
  let order: 'forward' | 'reverse' | null = null;
  for (const [at, [path, direction]] of wanted.entries()) {
    const field = index.key[pinned + at];
    if (field === undefined || field[0] !== path) return null;
    const here = field[1] === direction ? 'forward' : 'reverse';
    if (order !== null && order !== here) return null;
    order = here;
  }
  return order ?? 'forward';
}

function isPresent(bound: Bounds | undefined): boolean {
  if (bound === undefined) return false;
  return bound.points === null || bound.points.every((point) => point !== null && point !== undefined);
}
