/**
 * Like `next`, with every part that equals the same part of `before` replaced by that part; `before` itself if all are equal. So
 * unchanged parts are the same objects as before, and nothing is computed or drawn again for them. For plain data; the elements
 * of an array are matched by their ids if they have any, otherwise by their positions.
 */
export function sharedParts<T>(before: unknown, next: T): T {
  return shared(before, next) as T;
}

/** Returns each value as `sharedParts` of the one before. */
export function keepParts<T>(): (value: T) => T {
  let kept: T | undefined;
  return (value) => (kept = sharedParts(kept, value));
}

function shared(before: unknown, next: unknown): unknown {
  // Most of what is read again is the same, and comparing makes no objects.
  if (isEqual(before, next)) return before;
  if (Array.isArray(before) && Array.isArray(next)) return sharedArray(before, next);
  if (isPlain(before) && isPlain(next)) return sharedObject(before, next);
  return next;
}

function sharedArray(before: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  const byId = new Map(before.map((part) => [idOf(part), part]));
  const parts = next.map((part, at) => {
    const id = idOf(part);
    return shared(id === undefined ? before[at] : byId.get(id), part);
  });
  return parts;
}

function sharedObject(before: Record<string, unknown>, next: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(next).map(([key, part]) => [key, shared(before[key], part)]));
}

function isEqual(before: unknown, next: unknown): boolean {
  if (Object.is(before, next)) return true;
  if (Array.isArray(before) && Array.isArray(next))
    return before.length === next.length && before.every((part, at) => isEqual(part, next[at]));
  if (!isPlain(before) || !isPlain(next)) return false;
  const keys = Object.keys(next);
  return (
    keys.length === Object.keys(before).length &&
    keys.every((key) => Object.hasOwn(before, key) && isEqual(before[key], next[key]))
  );
}

function idOf(part: unknown): unknown {
  return isPlain(part) ? part['id'] : undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
