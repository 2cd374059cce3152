import type { Collection } from 'mongodb';
import type { StreamId } from '#protocol/ids.ts';
import { inBackground } from '#server/database/in-background.ts';
import { POINTS, chunks } from './chunks.ts';
import type { EntryStore, Hint } from './entry-store.ts';
import { firstDuplicate } from './mongo-write.ts';
import { orUnavailable } from './or-unavailable.ts';

export type HeadDocument = { _id: string; head: number; messageAt: number; moved?: Date };
const MOVED_PAGE = 1_000;

/** The hints of a store, and which of them moved. `isShared`: several servers write to its database. */
export function createMongoHeads(
  heads: Collection<HeadDocument>,
  isShared: boolean,
): Pick<EntryStore, 'raiseHints' | 'movedSince' | 'hints' | 'streamsFrom'> {
  const touched = isShared ? { $currentDate: { moved: true as const } } : {};
  return {
    raiseHints: (hints) =>
      orUnavailable(async () => {
        const raises = [...hints].map(([_id, hint]) => ({
          updateOne: {
            filter: { _id },
            // The database's clock, which all servers share. A server that is alone needs no time.
            update: { $max: { head: hint.head, messageAt: hint.messageAt }, ...touched },
            upsert: true,
          },
        }));
        if (raises.length === 0) return;
        try {
          await heads.bulkWrite(raises, { ordered: false, ...inBackground });
        } catch (error) {
          // Two processes created the same hint at the same time. It exists now, so a second attempt finds it.
          firstDuplicate(error);
          await heads.bulkWrite(raises, { ordered: false, ...inBackground });
        }
      }),
    async movedSince(since) {
      const moved = (filter: object, options: object) =>
        orUnavailable(() => heads.find(filter, { hint: 'moved', ...options }).toArray());
      const newest = (page: readonly HeadDocument[]) => page.at(-1)?.moved?.getTime() ?? 0;
      if (since === undefined)
        return {
          heads: new Map(),
          newest: newest(await moved({ moved: { $gt: new Date(0) } }, { sort: { moved: -1 }, limit: 1 })),
        };
      const found = new Map<StreamId, number>();
      let from = since;
      let limit = MOVED_PAGE;
      for (;;) {
        const page = await moved({ moved: { $gte: new Date(from) } }, { sort: { moved: 1 }, limit, batchSize: limit });
        for (const { _id, head } of page) found.set(_id as StreamId, head);
        if (page.length < limit) return { heads: found, newest: Math.max(from, newest(page)) };
        // Otherwise a page whose times are all equal would be read again and again.
        if (newest(page) === from) limit *= 2;
        from = newest(page);
      }
    },
    async hints(streams) {
      const found = await Promise.all(
        chunks(streams).map((some) =>
          orUnavailable(() => heads.find({ _id: { $in: some } }, { batchSize: POINTS }).toArray()),
        ),
      );
      return new Map(
        found.flat().map(({ _id, head, messageAt }): [StreamId, Hint] => [_id as StreamId, { head, messageAt }]),
      );
    },
    async streamsFrom(stream, limit) {
      const found = await orUnavailable(() =>
        heads.find({ _id: { $gte: stream } }, { sort: { _id: 1 }, limit, batchSize: limit, hint: '_id_' }).toArray(),
      );
      return found.map(({ _id, head }): [StreamId, number] => [_id as StreamId, head]);
    },
  };
}
