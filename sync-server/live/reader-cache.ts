import { type ConversationId, type StreamId, isConversation, ownerOf } from '#protocol/ids.ts';
import type { Reader } from '#server/streams/announcement.ts';
import { createCoalescedReads } from './coalesced-reads.ts';

export interface ReaderCache {
  /** Stores the readers of an announcement. */
  note(stream: StreamId, readers: readonly Reader[], membershipRev: number): void;
  /** The readers of a step with this membership rev; undefined if memory is older than that. [RA3] */
  known(stream: StreamId, membershipRev: number): readonly Reader[] | undefined;
  /** Reads the store; concurrent callers share one read. */
  read(stream: ConversationId): Promise<readonly Reader[]>;
  /** From memory while that is fresh, for purposes that are not worth a read each time. */
  recent(stream: ConversationId): readonly Reader[] | Promise<readonly Reader[]>;
  /** The stream moved, and this server does not know how. */
  forget(stream: StreamId): void;
}

interface Known {
  readers: readonly Reader[];
  /** The rev of the last change of the membership, which tells how old this is. */
  membershipRev: number;
  /** When this was last confirmed, in monotonic time. */
  at: number;
}

/** Readers kept over all streams, some 20 MB: enough for 10,000 chats of ten people each, or 100 of a thousand. */
const MAX_READERS = 100_000;
/** The message about a removal may be lost between servers, so memory alone is trusted only for this long. */
const FRESH_MS = 10_000;

/** The readers of streams, as far as this server knows them. The streams that moved longest ago are dropped first. */
export function createReaderCache(
  readersOf: (stream: ConversationId) => Promise<Omit<Known, 'at'>>,
  maxReaders = MAX_READERS,
): ReaderCache {
  const byStream = new Map<StreamId, Known>();
  let kept = 0;

  function drop(stream: StreamId): void {
    const known = byStream.get(stream);
    if (known === undefined) return;
    kept -= costOf(known);
    byStream.delete(stream);
  }

  function note(stream: StreamId, readers: readonly Reader[], membershipRev: number): void {
    const before = byStream.get(stream);
    if (before !== undefined && before.membershipRev > membershipRev) return;
    drop(stream);
    const known = { readers, membershipRev, at: performance.now() };
    byStream.set(stream, known);
    kept += costOf(known);
    for (const oldest of byStream.keys()) {
      if (kept <= maxReaders || oldest === stream) break;
      drop(oldest);
    }
  }

  const reads = createCoalescedReads(readersOf, (stream, { readers, membershipRev }) =>
    note(stream, readers, membershipRev),
  );
  const read = async (stream: ConversationId) => (await reads.read(stream)).readers;

  return {
    note,
    known(stream, membershipRev) {
      if (!isConversation(stream)) return [{ userId: ownerOf(stream), fromSeq: 1 }];
      const found = byStream.get(stream);
      return found !== undefined && found.membershipRev >= membershipRev ? found.readers : undefined;
    },
    read,
    recent(stream) {
      const found = byStream.get(stream);
      return found !== undefined && performance.now() - found.at < FRESH_MS ? found.readers : read(stream);
    },
    forget(stream) {
      drop(stream);
      if (isConversation(stream)) reads.forget(stream);
    },
  };
}

/** A stream itself takes about as much memory as a few readers. */
function costOf({ readers }: Known): number {
  return readers.length + 3;
}
