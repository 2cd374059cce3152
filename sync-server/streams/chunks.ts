/** The engine looks up an `$in` of up to this many values point by point. */
export const POINTS = 200;

/** Parts of what a command lists, each of which the engine looks up point by point. */
export function chunks<T>(all: readonly T[]): T[][] {
  const some: T[][] = [];
  for (let at = 0; at < all.length; at += POINTS) some.push(all.slice(at, at + POINTS));
  return some;
}
