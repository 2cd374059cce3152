import type { OpId } from '#protocol/ids.ts';

/** The id that is `by` places after this one; ids of the same millisecond may be consecutive. */
export function idAfter(id: OpId, by: number): OpId {
  const tail = (Number.parseInt(id.slice(-12), 16) + by) % 2 ** 48;
  return `${id.slice(0, -12)}${tail.toString(16).padStart(12, '0')}` as OpId;
}
