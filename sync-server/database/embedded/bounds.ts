import { BSONRegExp } from 'bson';
import { bracket, compareValues } from './key-encoding.ts';
import { compileFilter, isCondition } from './match.ts';
import { setPath } from './paths.ts';
import { type Doc, isDoc } from './doc.ts';
import { isNumber, isTruthy, toNumber, typeOf } from './value-types.ts';

/** A query's condition on one path, as far as an index can use it. */
export interface Bounds {
  /** The values of `$eq` or `$in`. */
  points: unknown[] | null;
  low: Side | null;
  high: Side | null;
  /** The bounds express the whole condition: without arrays, the matcher has nothing to check. */
  isWhole: boolean;
  /** One element of an array must meet both sides, as in `$elemMatch`. */
  isOneElement: boolean;
}

export interface Side {
  value: unknown;
  isStrict: boolean;
}

/** Bounds per path from the top level and `$and`. The matcher checks what an index cannot use. */
export function boundsOf(query: Doc): Map<string, Bounds> {
  const bounds = new Map<string, Bounds>();
  const visit = (part: Doc) => {
    for (const [path, value] of Object.entries(part)) {
      if (path === '$and' && Array.isArray(value)) for (const inner of value) if (isDoc(inner)) visit(inner);
      if (path.startsWith('$')) continue;
      const read = readCondition(value);
      if (read === null) continue;
      const held = bounds.get(path);
      // Points beat a range. Otherwise the first condition on a path is used, because different elements may meet two of them.
      if (held === undefined || (held.points === null && read.points !== null)) bounds.set(path, read);
    }
  };
  visit(query);
  return bounds;
}

function readCondition(value: unknown): Bounds | null {
  if (value instanceof BSONRegExp) return null;
  const at = (points: unknown[], isWhole: boolean): Bounds | null =>
    points.every(isPointable) ? { points, low: null, high: null, isWhole, isOneElement: false } : null;
  if (!isCondition(value)) return at([value], true);
  const operatorCount = Object.keys(value).length;
  const element = value['$elemMatch'];
  if (isCondition(element)) {
    const read = Object.hasOwn(element, '$elemMatch') ? null : readCondition(element);
    // It matches nothing but arrays, which the matcher checks.
    return read === null || read.points !== null ? null : { ...read, isWhole: false, isOneElement: true };
  }
  if (Object.hasOwn(value, '$eq')) return at([value['$eq']], operatorCount === 1);
  const list = value['$in'];
  if (Array.isArray(list)) return at(list as unknown[], operatorCount === 1);
  const low = value['$gte'] ?? value['$gt'];
  const high = value['$lte'] ?? value['$lt'];
  const usable = [low, high].filter((side) => side !== undefined);
  if (usable.length === 0 || !usable.every(isRangeable)) return null;
  if (usable.length === 2 && bracket(low) !== bracket(high)) return null;
  if (Object.hasOwn(value, '$gte') && Object.hasOwn(value, '$gt')) return null;
  if (Object.hasOwn(value, '$lte') && Object.hasOwn(value, '$lt')) return null;
  // NaN sorts below all numbers in the index, but meets no condition on them.
  const includesNaN = isNumber(usable[0]) && (low === undefined || usable.some((side) => Number.isNaN(toNumber(side))));
  return {
    points: null,
    low: low === undefined ? null : { value: low, isStrict: Object.hasOwn(value, '$gt') },
    high: high === undefined ? null : { value: high, isStrict: Object.hasOwn(value, '$lt') },
    isWhole: operatorCount === usable.length && !includesNaN,
    isOneElement: false,
  };
}

/** Null also matches missing fields, and an array also matches its own elements, so both are left to the matcher. */
function isPointable(value: unknown): boolean {
  return value !== null && value !== undefined && !Array.isArray(value) && !(value instanceof BSONRegExp);
}

function isRangeable(value: unknown): boolean {
  const type = typeOf(value);
  return type !== 10 && type !== 4 && type !== 3 && type !== 11 && type !== -1 && type !== 127;
}

/** Whether the query implies every clause of a partial index's filter. Recognizes only plain forms. */
export function impliesPartialFilter(query: Doc, partial: Doc): boolean {
  const conditions = new Map<string, unknown[]>();
  const visit = (part: Doc) => {
    for (const [path, value] of Object.entries(part)) {
      if (path === '$and' && Array.isArray(value)) for (const inner of value) if (isDoc(inner)) visit(inner);
      if (!path.startsWith('$')) conditions.set(path, [...(conditions.get(path) ?? []), value]);
    }
  };
  visit(query);
  return Object.entries(partial).every(([path, clause]) => {
    if (path.startsWith('$')) return false;
    return (conditions.get(path) ?? []).some((value) => impliesClause(value, clause, path));
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
  return (
    isCondition(clause) && Object.entries(clause).every(([operator, operand]) => implies(value, operator, operand))
  );
}

/** Whether a condition implies an operator: it has the same operator, or a range that is no wider. */
function implies(value: Doc, operator: string, operand: unknown): boolean {
  if (Object.hasOwn(value, operator) && compareValues(value[operator], operand) === 0) return true;
  const range = readCondition(value);
  if (range === null || range.points !== null) return false;
  if (operator === '$exists') return isTruthy(operand);
  const side = operator.startsWith('$g') ? range.low : operator.startsWith('$l') ? range.high : null;
  if (side === null || !isRangeable(operand) || bracket(side.value) !== bracket(operand)) return false;
  const order = compareValues(side.value, operand) * (operator.startsWith('$g') ? 1 : -1);
  return order > 0 || (order === 0 && (side.isStrict || operator.endsWith('e')));
}
