/** A field after a change: an absent value leaves it, `null` clears it. [OP11] [OP16] */
export function changedField<K extends string, T extends string>(
  key: K,
  change: T | null | undefined,
  held: T | undefined,
): Partial<Record<K, T>> {
  const value = change === undefined ? held : (change ?? undefined);
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, T>>);
}
