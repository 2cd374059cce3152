import type { StreamId } from '#protocol/ids.ts';
import { countWithin, mostWithin } from './byte-budget.ts';
import type { EntryStore } from './entry-store.ts';
import type { Entry } from './entry.ts';

/** About how many bytes a message takes in an answer. */
const USUAL_RECORD_BYTES = 400;

/**
 * The entries after a rev: those that fit into so many records and bytes, and one more if there is one. It reads as many as
 * usually fit, and more only if they are small, because what does not fit is read again for the next answer.
 */
export async function fittingEntries(
  store: Pick<EntryStore, 'feed'>,
  stream: StreamId,
  afterRev: number,
  records: number,
  bytes: number,
): Promise<Entry[]> {
  const most = mostWithin(records, bytes) + 1;
  const usual = Math.ceil(bytes / USUAL_RECORD_BYTES) + 1;
  const entries: Entry[] = [];
  for (;;) {
    const limit = Math.min(usual, most - entries.length);
    const some = await store.feed(stream, entries.at(-1)?.rev ?? afterRev, limit);
    entries.push(...some);
    if (some.length < limit || entries.length >= most || countWithin(entries, bytes) < entries.length) return entries;
  }
}
