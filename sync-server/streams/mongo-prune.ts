import type { Collection } from 'mongodb';
import { inBackground } from '#server/database/in-background.ts';
import { chunks } from './chunks.ts';
import { type Stored, isMarker, partKey, rootKey } from './entry.ts';
import { orUnavailable } from './or-unavailable.ts';

const PRUNE_BATCH = 500;

/** Deletes what has been prunable since before this time; resolves to how many. */
export async function pruneEntries(entries: Collection<Stored>, before: number): Promise<number> {
  let pruned = 0;
  let above: number | undefined = 0;
  // In order of age, so that what must stay (because another part of its op does) is skipped once, not every time.
  while (above !== undefined) {
    const some: Stored[] = await orUnavailable(() =>
      entries
        .find(
          { prunableSince: { $gt: above as number, $lt: before } },
          { sort: { prunableSince: 1 }, limit: PRUNE_BATCH, hint: 'prunable', projection: { body: 0, plan: 0 } },
        )
        .toArray(),
    );
    const keys = await prunable(entries, some, before);
    let deleted = 0;
    for (const due of chunks(keys))
      deleted += (await orUnavailable(() => entries.deleteMany({ _id: { $in: due } }, inBackground))).deletedCount;
    pruned += deleted;
    // While something was deleted, read on from the same age, because many may share one millisecond.
    if (deleted === 0) above = some.length < PRUNE_BATCH ? undefined : some.at(-1)?.prunableSince;
  }
  return pruned;
}

/** The keys of all parts of those ops whose parts are all due. */
async function prunable(entries: Collection<Stored>, some: readonly Stored[], before: number): Promise<string[]> {
  const keys = new Set<string>();
  for (const stored of some) {
    if (isMarker(stored)) keys.add(stored._id);
    else if (stored.partCount === 1 && stored.pending !== true) keys.add(stored._id);
    else if (stored.partCount > 1) {
      const parts = Array.from({ length: stored.partCount }, (_, at) => partKey(rootKey(stored), at + 1));
      const found = await orUnavailable(() =>
        entries.find({ _id: { $in: parts }, prunableSince: { $lt: before }, pending: { $ne: true } }).toArray(),
      );
      if (found.length === stored.partCount) for (const part of parts) keys.add(part);
    }
  }
  return [...keys];
}
