import type { UserId } from '#protocol/ids.ts';
import type { FeedRecord } from '#protocol/record.ts';

/** Whether this person lets nobody see how far they have read, and therefore does not see it of others. [PV2] */
export type HidesReads = (userId: UserId) => boolean;

/** Records as they look to somebody who hides how far they have read: without the marks of others. [PV2] */
export function withoutReads<R extends FeedRecord>(records: readonly R[], reader: UserId): R[] {
  return records.map((record) => {
    if (record.type !== 'member' || !('readSeq' in record) || record.userId === reader) return record;
    const { readSeq: _, ...rest } = record;
    return rest as R;
  });
}
