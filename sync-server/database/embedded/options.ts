import { type Doc, isDoc } from './doc.ts';
import { CommandError } from './errors.ts';
import { isNumber, toNumber } from './value-types.ts';

export function textOption(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new CommandError('BadValue', `${name} has invalid type`);
  return value;
}

export function integer(value: unknown, fallback = 0): number {
  if (value === undefined || value === null) return fallback;
  const number = isNumber(value) ? toNumber(value) : Number.NaN;
  if (!Number.isInteger(number)) throw new CommandError('BadValue', 'expected a whole number');
  return number;
}

export function docOption(value: unknown, name: string): Doc {
  if (value === undefined || value === null) return {};
  if (!isDoc(value))
    throw new CommandError('TypeMismatch', `BSON field '${name}' is the wrong type, expected type 'object'`);
  return value;
}

/** Refuses the first field that is not in the list, because nothing is ever ignored. */
export function refuseUnknown(fields: Doc | string[], allowed: string[], where: string): void {
  const unknown = (Array.isArray(fields) ? fields : Object.keys(fields)).find((field) => !allowed.includes(field));
  if (unknown !== undefined)
    throw new CommandError('IDLUnknownField', `BSON field '${where}.${unknown}' is an unknown field.`);
}
