import type { Doc } from './doc.ts';
import { CommandError } from './errors.ts';
import { emptyArrayKey, encodeExact, inverted } from './key-encoding.ts';
import { valuesAt } from './paths.ts';
import { isNumber } from './value-types.ts';

/** Path and direction in order. */
export type SortSpec = [string, 1 | -1][];

export function parseSort(spec: Doc): SortSpec {
  return Object.entries(spec).map(([path, direction]) => {
    const sign = isNumber(direction) ? Number(direction) : Number.NaN;
    if (sign !== 1 && sign !== -1)
      throw new CommandError(
        'BadValue',
        `$sort key ordering must be 1 (for ascending) or -1 (for descending): ${path}`,
      );
    return [path, sign];
  });
}

/** The bytes by which a document sorts. An array sorts by its smallest element ascending, by its largest descending. */
export function sortKey(doc: Doc, spec: SortSpec): Buffer {
  return Buffer.concat(
    spec.map(([path, direction]) => {
      const candidates = valuesAt(doc, path).flatMap((one) => {
        if (one.isMissing) return [encodeExact(null)];
        if (Array.isArray(one.value)) return one.value.length === 0 ? [emptyArrayKey] : one.value.map(encodeExact);
        return [encodeExact(one.value)];
      });
      candidates.sort(Buffer.compare);
      const chosen = (direction === 1 ? candidates[0] : candidates.at(-1)) ?? encodeExact(null);
      return direction === 1 ? chosen : inverted(chosen);
    }),
  );
}

export function sortDocs<T extends { doc: Doc }>(rows: T[], spec: SortSpec): T[] {
  const keyed = rows.map((row) => ({ row, key: sortKey(row.doc, spec) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return keyed.map(({ row }) => row);
}
