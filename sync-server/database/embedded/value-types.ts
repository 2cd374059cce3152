import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { isDoc } from './doc.ts';
import { CommandError } from './errors.ts';

/** MongoDB's type numbers, by their aliases in `$type`. */
export const typeNumbers: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  int: 16,
  timestamp: 17,
  long: 18,
  minKey: -1,
  maxKey: 127,
};

export function typeOf(value: unknown): number {
  if (value === null || value === undefined) return 10;
  if (typeof value === 'string') return 2;
  if (typeof value === 'boolean') return 8;
  if (typeof value === 'number') return 1;
  if (typeof value === 'bigint') return 18;
  if (Array.isArray(value)) return 4;
  if (value instanceof Date) return 9;
  if (value instanceof Double) return 1;
  if (value instanceof Int32) return 16;
  if (value instanceof Long && !(value instanceof Timestamp)) return 18;
  if (value instanceof Timestamp) return 17;
  if (value instanceof ObjectId) return 7;
  if (value instanceof Binary) return 5;
  if (value instanceof BSONRegExp) return 11;
  if (value instanceof MinKey) return -1;
  if (value instanceof MaxKey) return 127;
  if (value instanceof Decimal128)
    throw new CommandError('NotImplemented', 'decimal128 values are outside the scope of the embedded database');
  if (isDoc(value)) return 3;
  throw new CommandError('NotImplemented', 'a BSON type outside the scope of the embedded database');
}

export function isNumber(value: unknown): boolean {
  const type = typeOf(value);
  return type === 1 || type === 16 || type === 18;
}

/** As a double: exact for Int32 and Double, rounded for a Long beyond 2^53. */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.toNumber();
  if (typeof value === 'bigint') return Number(value);
  throw new CommandError('TypeMismatch', 'expected a number');
}

/** Truth as conditions, options and `$expr` see it. */
export function isTruthy(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return false;
  return isNumber(value) ? toNumber(value) !== 0 : true;
}
