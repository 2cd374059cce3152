/** The record without its rev: the next version gets its own. */
export function unrevised<R extends { rev: number }>(record: R): Omit<R, 'rev'> {
  const { rev: _, ...rest } = record;
  return rest;
}
