import type { Catalog, Collection, IndexSpec } from './catalog.ts';
import type { DiskSpace } from './disk-space.ts';
import { CommandError } from './errors.ts';
import { integer, textOption } from './options.ts';
import type { Execution } from './find-documents.ts';
import type { Store } from './store.ts';
import { type Doc, isDoc } from './doc.ts';
import { toNumber } from './value-types.ts';
import type { Reply, Request } from './wire.ts';
import type { Cursors } from './cursors.ts';

export interface Engine {
  store: Store;
  catalog: Catalog;
  space: DiskSpace;
  /** Writes one sentence for the operator, without any value of a document. */
  log(sentence: string): void;
  /** Shapes of queries whose scans were logged already. */
  scans: Set<string>;
}

export type Command = (engine: Engine, request: Request, db: string, cursors: Cursors) => Reply | Promise<Reply>;

/** Handlers, with the options that they take beyond the common ones. Null accepts any option. */
export type Commands = Record<string, { run: Command; options: string[] | null }>;

export function collectionName(request: Request): string {
  return textOption(Object.values(request.body)[0], 'collection name');
}

export function hintName(collection: Collection, hint: unknown): string | undefined {
  if (hint === undefined) return undefined;
  if (isDoc(hint) && Object.hasOwn(hint, '$natural')) return '$natural';
  const wanted = collection.indexes.find((index) =>
    typeof hint === 'string' ? index.name === hint : isDoc(hint) && samePattern(index, hint),
  );
  if (wanted === undefined)
    throw new CommandError('BadValue', 'hint provided does not correspond to an existing index');
  return wanted.name;
}

export function samePattern(index: IndexSpec, key: Doc): boolean {
  const entries = Object.entries(key);
  return (
    entries.length === index.key.length &&
    index.key.every(([path, direction], at) => entries[at]?.[0] === path && toNumber(entries[at]?.[1]) === direction)
  );
}

/** Takes the deadline from a command's `maxTimeMS`, and logs each shape of a query with a long scan once. */
export function executionOf({ log, scans }: Engine, body: Doc): Execution {
  const limitMs = integer(body['maxTimeMS']);
  return {
    examined: 0,
    deadline: limitMs > 0 ? performance.now() + limitMs : Number.POSITIVE_INFINITY,
    onScan({ db, name }, query, records) {
      const shape = `${db}.${name} by {${Object.keys(query).join(', ')}}`;
      if (scans.has(shape)) return;
      scans.add(shape);
      log(`a query of ${shape} scanned ${records} records, because no index serves it`);
    },
  };
}
