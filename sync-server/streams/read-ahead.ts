import type { StreamId } from '#protocol/ids.ts';
import { isConversation } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { PAGE_FRAME_BYTES } from './byte-budget.ts';
import type { EntryStore } from './entry-store.ts';
import type { Entry } from './entry.ts';

/** About how many bytes a rev takes in the answer for a conversation that is new to the device. */
const BYTES_OF_REV = 250;
/** Streams in one query: half of what the embedded engine looks up point by point. */
const MOST_STREAMS = 100;

/** The current entries of the conversation at this place of the answer; those that the answer will need next are read with them. */
export type ReadAhead = (at: number, room: { bytes: number; records: number }) => Promise<readonly Entry[]>;

interface ReadAheadParts {
  store: Pick<EntryStore, 'feeds'>;
  /** In the order of their pages. */
  streams: readonly StreamId[];
  /** Whether the device holds nothing of it and gets all of it. */
  isNew: (stream: StreamId) => boolean;
  settledHead: (stream: StreamId) => number | undefined;
}

/** Whether so little was ever written to the stream that all of it can be read. */
export function isSmall(head: number | undefined): head is number {
  return head !== undefined && head <= limits.window;
}

/**
 * A first sync of thousands of chats consists of small ones, and a query costs more than what it reads of them. What was read
 * ahead may be stale when its turn comes, so its user compares it with the head.
 */
export function createReadAhead({ store, streams, isNew, settledHead }: ReadAheadParts): ReadAhead {
  const known = new Map<StreamId, Entry[]>();

  function next(from: number, { bytes, records }: { bytes: number; records: number }): StreamId[] {
    const some: StreamId[] = [];
    let revs = 0;
    for (let at = from; at < streams.length && some.length < MOST_STREAMS; at++) {
      const stream = streams[at] as StreamId;
      const head = settledHead(stream);
      if (!isConversation(stream) || !isNew(stream) || !isSmall(head)) continue;
      revs += head;
      if (some.length > 0 && (revs > records || revs * BYTES_OF_REV + some.length * PAGE_FRAME_BYTES > bytes)) break;
      some.push(stream);
    }
    return some;
  }

  return async (at, room) => {
    const stream = streams[at] as StreamId;
    if (!known.has(stream)) {
      const some = next(at, room);
      for (const each of some) known.set(each, []);
      for (const entry of await store.feeds(some)) known.get(entry.stream)?.push(entry);
    }
    return known.get(stream) ?? [];
  };
}
