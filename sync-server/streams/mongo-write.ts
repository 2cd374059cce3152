import { BSON, MongoInvalidArgumentError } from 'mongodb';
import { StoreUnavailable } from './entry-store.ts';

const DUPLICATE_KEY = 11_000;

/** How many documents were written before the first taken key. Rethrows any other error. */
export function firstDuplicate(error: unknown): number {
  const { code, writeErrors } = error as { code?: unknown; writeErrors?: unknown };
  const [first] = (Array.isArray(writeErrors) ? writeErrors : [writeErrors]) as (
    | { code?: unknown; index?: unknown }
    | undefined
  )[];
  if (first !== undefined && first.code === DUPLICATE_KEY && typeof first.index === 'number') return first.index;
  if (first === undefined && code === DUPLICATE_KEY) return 0;
  throw error;
}

/** BadValue, FailedToParse, TypeMismatch, InvalidBSON, DocumentValidationFailure, BSONObjectTooLarge, KeyTooLong. */
const ITS_OWN_FAULT = new Set([2, 9, 14, 22, 121, 10_334, 17_280]);

/**
 * A failed write is retried, as if the database were briefly unreachable. The exception is an error that the same write would
 * always cause: that is a defect, and the append isolates the op that causes it, so that no other op has to wait.
 */
export async function written<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (
      error instanceof MongoInvalidArgumentError ||
      error instanceof BSON.BSONError ||
      ITS_OWN_FAULT.has(code as number)
    )
      throw error;
    throw new StoreUnavailable('the database failed', { cause: error });
  }
}
