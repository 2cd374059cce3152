import { type Collection, recordKey, recordRange, ridOf } from './catalog.ts';
import { CommandError } from './errors.ts';
import { type Filter, compileFilter } from './match.ts';
import { type Plan, planQuery } from './planner.ts';
import { type SortSpec, sortDocs } from './sorting.ts';
import type { Store } from './store.ts';
import { type Doc, decode } from './doc.ts';

/** A stored document. Decoding costs more than finding it, and a caller that only sends it needs only the bytes. */
export class Found {
  readonly rid: number;
  readonly bytes: Buffer;
  #doc: Doc | undefined;

  constructor(rid: number, bytes: Buffer) {
    this.rid = rid;
    this.bytes = bytes;
  }

  get doc(): Doc {
    return (this.#doc ??= decode(this.bytes));
  }
}

/** Limits and statistics of one command's reads. */
export interface Execution {
  /** Records examined so far. */
  examined: number;
  /** By `performance.now()`; after it, the command fails with MaxTimeMSExpired. */
  deadline: number;
  /** Called after a long scan without an index. */
  onScan(collection: Collection, query: Doc, records: number): void;
}

const unlimited = (): Execution => ({ examined: 0, deadline: Number.POSITIVE_INFINITY, onScan: () => undefined });
/** A scan of more records is logged. */
const LONG_SCAN_RECORDS = 1_000;

/**
 * Finds matching documents. Every candidate is matched in full, unless the ranges of the index express the whole query. `limit`
 * counts after `skip`; 0 means no limit.
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
    execution?: Execution;
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
  for (const candidate of candidates(store, collection, plan, filter, query, options.execution)) {
    found.push(candidate);
    if (found.length >= enough) break;
  }
  const ordered = isStreamed ? found : sortDocs(found, sort);
  return skip === 0 && limit === 0 ? ordered : ordered.slice(skip, limit === 0 ? undefined : skip + limit);
}

/** Like `findDocs`, but only counts. */
export function countDocs(
  store: Store,
  collection: Collection,
  query: Doc,
  hint?: string,
  execution?: Execution,
): number {
  if (Object.keys(query).length === 0) return store.count(...recordRange(collection.id));
  const filter = compileFilter(query);
  const plan = planQuery(collection, query, [], hint);
  let count = 0;
  if (plan.isExact) for (const [start, end] of plan.ranges) count += store.count(start, end);
  else for (const _ of candidates(store, collection, plan, filter, query, execution)) count++;
  return count;
}

function* candidates(
  store: Store,
  collection: Collection,
  plan: Plan,
  filter: Filter,
  query: Doc,
  execution = unlimited(),
): Iterable<Found> {
  const { index } = plan;
  const before = execution.examined;
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
        if ((++execution.examined & 63) === 0 && performance.now() > execution.deadline)
          throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
        const bytes = index === null ? value : store.get(recordKey(collection.id, rid));
        if (bytes === undefined) continue;
        const found = new Found(rid, bytes);
        if (plan.isExact || filter(found.doc)) yield found;
      }
    }
  } finally {
    const records = execution.examined - before;
    if (index === null && records > LONG_SCAN_RECORDS) execution.onScan(collection, query, records);
  }
}
