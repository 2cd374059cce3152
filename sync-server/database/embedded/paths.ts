import { CommandError } from './errors.ts';
import { type Doc, isDoc } from './doc.ts';

export interface PathValue {
  value: unknown;
  /** The path ends before its last field. */
  isMissing: boolean;
  /** The path passed through an array before its last field. */
  throughArray: boolean;
}

/**
 * All values at a dotted path of a document. Like MongoDB, `a.b` enters each element of an array `a`, and `a.0` also a
 * position. An array in the last field is one value here; the caller decides about its elements.
 */
export function valuesAt(doc: Doc, path: string): PathValue[] {
  if (!path.includes('.')) {
    return [Object.hasOwn(doc, path) ? { value: doc[path], isMissing: false, throughArray: false } : missing];
  }
  const out: PathValue[] = [];
  collect(doc, path.split('.'), 0, false, out);
  return out;
}

const missing: PathValue = { value: undefined, isMissing: true, throughArray: false };

function collect(value: unknown, parts: string[], at: number, throughArray: boolean, out: PathValue[]): void {
  if (at === parts.length) {
    out.push({ value, isMissing: false, throughArray });
    return;
  }
  const part = parts[at] as string;
  if (Array.isArray(value)) {
    if (/^\d+$/.test(part) && Number(part) < value.length)
      collect(value[Number(part)], parts, at + 1, throughArray, out);
    // An array without documents has no value at this path, not even null.
    for (const item of value) if (isDoc(item)) collect(item, parts, at, true, out);
    return;
  }
  if (isDoc(value) && Object.hasOwn(value, part)) {
    collect(value[part], parts, at + 1, throughArray, out);
    return;
  }
  out.push({ value: undefined, isMissing: true, throughArray });
}

/** The value at a path through nested documents; arrays are entered only by position. */
export function getPath(doc: Doc, path: string): unknown {
  let value: unknown = doc;
  for (const part of path.split('.')) {
    if (Array.isArray(value) && /^\d+$/.test(part)) value = value[Number(part)];
    else if (isDoc(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

/** Sets a value, and creates missing documents on the way. Throws PathNotViable where a scalar is on the way. */
export function setPath(doc: Doc, path: string, value: unknown): void {
  const parts = path.split('.');
  let place: Doc | unknown[] = doc;
  parts.forEach((part, at) => {
    const isLast = at === parts.length - 1;
    if (Array.isArray(place)) {
      if (!/^\d+$/.test(part)) throw notViable(part, path);
      while (place.length <= Number(part)) place.push(null);
    }
    const holder = place as Doc;
    if (isLast) {
      define(holder, part, value);
      return;
    }
    const next: unknown = Object.hasOwn(holder, part) ? holder[part] : undefined;
    if (next === undefined) define(holder, part, {});
    else if (!isDoc(next) && !Array.isArray(next)) throw notViable(part, path);
    place = holder[part] as Doc;
  });
}

export function unsetPath(doc: Doc, path: string): void {
  const parts = path.split('.');
  const last = parts.pop() as string;
  const holder = parts.length === 0 ? doc : getPath(doc, parts.join('.'));
  if (Array.isArray(holder) && /^\d+$/.test(last)) {
    if (Number(last) < holder.length) holder[Number(last)] = null;
  } else if (isDoc(holder)) delete holder[last];
}

/** Sets an own property of any name: a `__proto__` from outside must become a field, not a prototype. */
export function define(holder: Doc, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
  else holder[name] = value;
}

function notViable(part: string, path: string): CommandError {
  return new CommandError('PathNotViable', `Cannot create field '${part}' in the path '${path}'`);
}
