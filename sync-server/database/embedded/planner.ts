import { BSONRegExp } from 'bson';
import { type Collection, type IndexSpec, indexPrefix, recordKey, recordRange, ridOf } from './catalog.ts';
import { CommandError } from './errors.ts';
import { bracket, compareValues, encodeKey, inverted, rangeKey } from './keys.ts';
import { type Filter, compileFilter, isCondition } from './match.ts';
import { setPath } from './paths.ts';
import { type SortSpec, sortDocs } from './project.ts';
import type { Store } from './store.ts';
import { type Doc, decode, isDoc, isNumber, isTruthy, toNumber, typeOf } from './values.ts';

/** What a query says about one path, as far as an index can use it. */
interface Bounds {
  /** Points, of `$eq` or `$in`. */
  points: unknown[] | null;
  low: Side | null;
  high: Side | null;
  /** The whole condition is said by these bounds: nothing is left to the matcher where no arrays are. */
  isWhole: boolean;
}

interface Side {
  value: unknown;
  isStrict: boolean;
}

export interface Plan {
  index: IndexSpec | null;
  /** Byte ranges [start, end) in index order, one per combination of points. */
  ranges: [Buffer, Buffer][];
  /** The sort comes out of the walk itself; `reverse` walks backwards. */
  coversSort: boolean;
  reverse: boolean;
  equalities: number;
  hasRange: boolean;
  /** The ranges hold exactly what the query asks for, each document once: counting needs no documents. */
  isExact: boolean;
}

export interface Found {
  rid: number;
  doc: Doc;
  bytes: Buffer;
}

const MAX_POINTS = 200;

/** What goes with one command's way through the records. */
export interface Walk {
  /** How many were looked at. */
  examined: number;
  /** By `performance.now()`: then it ends with MaxTimeMSExpired. */
  deadline: number;
  /** Told where an index is missing. */
  onScan(collection: Collection, query: Doc, records: number): void;
}

const noWalk = (): Walk => ({ examined: 0, deadline: Number.POSITIVE_INFINITY, onScan: () => undefined });
/** A scan of more records is worth a line in the log. */
const SCAN_WORTH_TELLING = 1_000;

/**
 * Finds what matches. Every candidate is matched again in full, so an index can only make a query faster, never wrong.
 * `limit` counts after `skip`; 0 means all.
 */
export function findDocs(
  store: Store,
  collection: Collection,
  query: Doc,
  options: {
    sort?: SortSpec;
    skip?: number;
    limit?: number;
    hint?: string | undefined;
    walk?: Walk;
    variables?: Record<string, unknown>;
  } = {},
): Found[] {
  const filter = compileFilter(query, options.variables);
  const sort = options.sort ?? [];
  const plan = planQuery(collection, query, sort, options.hint);
  const skip = options.skip ?? 0;
  const limit = options.limit ?? 0;
  const isStreamed = sort.length === 0 || plan.coversSort;
  const enough = isStreamed && limit > 0 ? skip + limit : Number.POSITIVE_INFINITY;
  const found: Found[] = [];
  for (const candidate of candidates(store, collection, plan, filter, query, options.walk)) {
    found.push(candidate);
    if (found.length >= enough) break;
  }
  const ordered = isStreamed ? found : sortDocs(found, sort);
  return skip === 0 && limit === 0 ? ordered : ordered.slice(skip, limit === 0 ? undefined : skip + limit);
}

/** Like `findDocs`, but only counts. */
export function countDocs(store: Store, collection: Collection, query: Doc, hint?: string, walk?: Walk): number {
  if (Object.keys(query).length === 0) return store.count(...recordRange(collection.id));
  const filter = compileFilter(query);
  const plan = planQuery(collection, query, [], hint);
  let count = 0;
  if (plan.isExact) for (const [start, end] of plan.ranges) count += store.count(start, end);
  else for (const _ of candidates(store, collection, plan, filter, query, walk)) count++;
  return count;
}

function* candidates(
  store: Store,
  collection: Collection,
  plan: Plan,
  filter: Filter,
  query: Doc,
  walk = noWalk(),
): Iterable<Found> {
  const { index } = plan;
  const before = walk.examined;
  const seen = new Set<number>();
  const mayRepeat = index !== null && (index.multikey.length > 0 || plan.ranges.length > 1);
  const ranges = index === null ? [recordRange(collection.id)] : plan.ranges;
  try {
    for (const [start, end] of plan.reverse ? ranges.toReversed() : ranges) {
      for (const { key, value } of store.range(start, end, plan.reverse)) {
        const rid = index?.unique === true ? ridOf(value) : ridOf(key);
        if (mayRepeat) {
          if (seen.has(rid)) continue;
          seen.add(rid);
        }
        if ((++walk.examined & 63) === 0 && performance.now() > walk.deadline)
          throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
        const bytes = index === null ? value : store.get(recordKey(collection.id, rid));
        if (bytes === undefined) continue;
        const doc = decode(bytes);
        if (filter(doc)) yield { rid, doc, bytes };
      }
    }
  } finally {
    const records = walk.examined - before;
    if (index === null && records > SCAN_WORTH_TELLING) walk.onScan(collection, query, records);
  }
}

/** Exact `_id`, then a full unique key, then most equalities, then a range, then a covered sort. No statistics. */
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
    if (index.partial !== null && !follows(index.partial, query)) continue;
    if (index.sparse && !isPresent(bounds.get((index.key[0] as [string, number])[0]))) continue;
    const plan = planIndex(index, bounds, sort, query);
    if (plan === null && hint === undefined) continue;
    const made = plan ?? { ...scan, index, ranges: [wholeIndex(index)] };
    const isFullUnique = index.unique && made.equalities === index.key.length;
    const isId = isFullUnique && index.name === '_id_';
    const score =
      (isId ? 10_000 : 0) +
      (isFullUnique ? 5_000 : 0) +
      made.equalities * 100 +
      (made.hasRange ? 10 : 0) +
      (made.coversSort ? 5 : 0) +
      1;
    if (score > bestScore) {
      best = made;
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
  let range: { low: Buffer; high: Buffer } | null = null;
  const boundedMultiRoots = new Set<string>();
  for (const [position, [path, direction]] of index.key.entries()) {
    const bound = bounds.get(path);
    if (bound === undefined) break;
    const isMulti = index.multikey.includes(position);
    const root = path.split('.')[0] as string;
    // Conditions on two fields of one array may be met by different elements: only the first may bound.
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
    Object.keys(query).length === used &&
    index.key.slice(0, used).every(([path]) => Object.hasOwn(query, path) && bounds.get(path)?.isWhole === true);
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

/** The first key after every key that begins with `head`. */
function after(head: Buffer): Buffer {
  return Buffer.concat([head, Buffer.alloc(34, 0xff)]);
}

function rangeOf(bound: Bounds, direction: 1 | -1, isMulti: boolean): { low: Buffer; high: Buffer } {
  const sample = bound.low ?? bound.high;
  const first = bracket(sample?.value);
  const open = { bytes: Buffer.from([first]), isStrict: false };
  const edge = (side: Side | null) => {
    if (side === null) return open;
    const { bytes, isExact } = rangeKey(side.value);
    return { bytes, isStrict: side.isStrict && isExact };
  };
  const low = edge(bound.low);
  // An array may meet the two sides by two elements, so only one side may bound.
  const high = isMulti && bound.low !== null ? open : edge(bound.high);
  // Sides are beginnings of keys: a strict one leaves out all that begins like it, another one takes it in.
  const [from, to] =
    direction === 1 ? [low, high] : [high, low].map((side) => ({ ...side, bytes: inverted(side.bytes) }));
  if (from === undefined || to === undefined) throw new Error('a range has two sides');
  return { low: from.isStrict ? after(from.bytes) : from.bytes, high: to.isStrict ? to.bytes : after(to.bytes) };
}

/** Do the fields after the pinned ones run as the sort asks? Pinned fields may stand anywhere in the sort. */
function sortOrder(index: IndexSpec, pinned: number, sort: SortSpec): 'forward' | 'reverse' | null {
  if (sort.length === 0 || index.hasShortened) return null;
  // A document stands under each element of an unpinned array: its place in the walk is not its place in the sort.
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

/** Conditions per path from the top level and `$and`; what an index can't use is left to the matcher. */
function boundsOf(query: Doc): Map<string, Bounds> {
  const bounds = new Map<string, Bounds>();
  const visit = (part: Doc) => {
    for (const [path, value] of Object.entries(part)) {
      if (path === '$and' && Array.isArray(value)) for (const inner of value) if (isDoc(inner)) visit(inner);
      if (path.startsWith('$')) continue;
      const read = readCondition(value);
      if (read === null) continue;
      const held = bounds.get(path);
      // Points beat a range; of two sets of conditions on one path the first serves, for an array may meet both apart.
      if (held === undefined || (held.points === null && read.points !== null)) bounds.set(path, read);
    }
  };
  visit(query);
  return bounds;
}

function readCondition(value: unknown): Bounds | null {
  if (value instanceof BSONRegExp) return null;
  const at = (points: unknown[], isWhole: boolean): Bounds | null =>
    points.every(isPointable) ? { points, low: null, high: null, isWhole } : null;
  if (!isCondition(value)) return at([value], true);
  const said = Object.keys(value).length;
  if (Object.hasOwn(value, '$eq')) return at([value['$eq']], said === 1);
  const list = value['$in'];
  if (Array.isArray(list)) return at(list as unknown[], said === 1);
  const low = value['$gte'] ?? value['$gt'];
  const high = value['$lte'] ?? value['$lt'];
  const usable = [low, high].filter((side) => side !== undefined);
  if (usable.length === 0 || !usable.every(isRangeable)) return null;
  if (usable.length === 2 && bracket(low) !== bracket(high)) return null;
  if (Object.hasOwn(value, '$gte') && Object.hasOwn(value, '$gt')) return null;
  if (Object.hasOwn(value, '$lte') && Object.hasOwn(value, '$lt')) return null;
  // NaN lies below all numbers in the index, and meets no condition on them.
  const meetsNaN = isNumber(usable[0]) && (low === undefined || usable.some((side) => Number.isNaN(toNumber(side))));
  return {
    points: null,
    low: low === undefined ? null : { value: low, isStrict: Object.hasOwn(value, '$gt') },
    high: high === undefined ? null : { value: high, isStrict: Object.hasOwn(value, '$lt') },
    isWhole: said === usable.length && !meetsNaN,
  };
}

/** Null meets missing fields and empty places, arrays meet their own elements: left to the matcher, all others are points. */
function isPointable(value: unknown): boolean {
  return value !== null && value !== undefined && !Array.isArray(value) && !(value instanceof BSONRegExp);
}

function isRangeable(value: unknown): boolean {
  const type = typeOf(value);
  return type !== 10 && type !== 4 && type !== 3 && type !== 11 && type !== -1 && type !== 127;
}

/** Does every clause of a partial index's filter follow from the query? Only plain forms are recognised. */
function follows(partial: Doc, query: Doc): boolean {
  const said = new Map<string, unknown[]>();
  const visit = (part: Doc) => {
    for (const [path, value] of Object.entries(part)) {
      if (path === '$and' && Array.isArray(value)) for (const inner of value) if (isDoc(inner)) visit(inner);
      if (!path.startsWith('$')) said.set(path, [...(said.get(path) ?? []), value]);
    }
  };
  visit(query);
  return Object.entries(partial).every(([path, clause]) => {
    if (path.startsWith('$')) return false;
    return (said.get(path) ?? []).some((value) => impliesClause(value, clause, path));
  });
}

function impliesClause(value: unknown, clause: unknown, path: string): boolean {
  if (!isCondition(value) || Object.hasOwn(value, '$eq') || Array.isArray(value['$in'])) {
    const points: unknown[] = isCondition(value)
      ? Object.hasOwn(value, '$eq')
        ? [value['$eq']]
        : (value['$in'] as unknown[])
      : [value];
    if (points.some((point) => !isPointable(point) || isDoc(point))) return false;
    const filter = compileFilter({ [path]: clause });
    return points.every((point) => {
      const sample: Doc = {};
      setPath(sample, path, point);
      return filter(sample);
    });
  }
  return isCondition(clause) && Object.entries(clause).every(([operator, operand]) => says(value, operator, operand));
}

/** Does a condition say at least this much? By the same word, or by a range that cannot reach further. */
function says(value: Doc, operator: string, operand: unknown): boolean {
  if (Object.hasOwn(value, operator) && compareValues(value[operator], operand) === 0) return true;
  const range = readCondition(value);
  if (range === null || range.points !== null) return false;
  if (operator === '$exists') return isTruthy(operand);
  const side = operator.startsWith('$g') ? range.low : operator.startsWith('$l') ? range.high : null;
  if (side === null || !isRangeable(operand) || bracket(side.value) !== bracket(operand)) return false;
  const order = compareValues(side.value, operand) * (operator.startsWith('$g') ? 1 : -1);
  return order > 0 || (order === 0 && (side.isStrict || operator.endsWith('e')));
}
