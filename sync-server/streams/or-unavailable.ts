import { StoreUnavailable } from './entry-store.ts';

/** For reads of the database: whatever made a read fail (an index that is being rebuilt, for example), it may succeed later. */
export async function orUnavailable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new StoreUnavailable('the database failed', { cause: error });
  }
}
