/** A field after a change: an absent value leaves it, `null` clears it. [OP11] [OP16] */
export function changedField<K extends string>(
  key: K,
  change: string | null | undefined,
  held: string | undefined,
): Partial<Record<K, string>> {
  const value = change === undefined ? held : (change ?? undefined);
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}
