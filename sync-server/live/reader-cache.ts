import { type ConversationId, type StreamId, isConversation, ownerOf } from '#protocol/ids.ts';
import type { Reader } from '#server/streams/announcement.ts';
import { createCoalescedReads } from './coalesced-reads.ts';

export interface ReaderCache {
  /** Stores the readers of an announcement. */
  note(stream: StreamId, readers: readonly Reader[], membershipRev: number): void;
  /** Who may read a step with this membership rev; undefined where memory is older than that. [RA3] */
  known(stream: StreamId, membershipRev: number): readonly Reader[] | undefined;
  /** Reads the store; concurrent callers share one read. */
  read(stream: ConversationId): Promise<readonly Reader[]>;
  /** From memory while that is fresh, for what is not worth a read each time. */
  recent(stream: ConversationId): readonly Reader[] | Promise<readonly Reader[]>;
  /** The stream moved, and this server does not know how. */
  forget(stream: StreamId): void;
}

interface Known {
  readers: readonly Reader[];
  /** The rev of the last change of the membership, which tells how old this is. */
  membershipRev: number;
  /** Monotonic, when this was last confirmed. */
  at: number;
}

const MAX_STREAMS = 10_000;
/** The message about a removal may be lost between servers, so memory alone is trusted only for this long. */
const FRESH_MS = 10_000;

/** Who may read which stream, as far as this server has learned it. */
export function createReaderCache(readersOf: (stream: ConversationId) => Promise<Omit<Known, 'at'>>): ReaderCache {
  const byStream = new Map<StreamId, Known>();

  function note(stream: StreamId, readers: readonly Reader[], membershipRev: number): void {
    const before = byStream.get(stream);
    if (before !== undefined && before.membershipRev > membershipRev) return;
    byStream.delete(stream);
    byStream.set(stream, { readers, membershipRev, at: performance.now() });
    if (byStream.size > MAX_STREAMS) byStream.delete(byStream.keys().next().value as StreamId);
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
      byStream.delete(stream);
      if (isConversation(stream)) reads.forget(stream);
    },
  };
}
