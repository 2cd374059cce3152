import { deserialize, serialize } from 'bson';

/** A BSON document in memory. Numbers keep their types (Int32, Long, Double), so that a rewrite does not change them. */
export type Doc = Record<string, unknown>;

export const asStored = { promoteValues: false, promoteLongs: false, bsonRegExp: true };

export function decode(bytes: Uint8Array): Doc {
  return deserialize(bytes, asStored);
}

export function encode(doc: Doc): Buffer {
  return Buffer.from(serialize(doc, { ignoreUndefined: false }));
}

export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !('_bsontype' in value) &&
    !(value instanceof Uint8Array)
  );
}
