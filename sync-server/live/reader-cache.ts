import { type ConversationId, type StreamId, type UserId, isConversation } from '#protocol/ids.ts';
import type { Reader } from '#server/streams/announcement.ts';
import { createJoinedReads } from './coalesced-reads.ts';

export interface Readers {
  /** As an announcement says. */
  note(stream: StreamId, readers: readonly Reader[], membershipRev: number): void;
  /** Who may read what stands at this membership or a later one; undefined where memory is behind it. [RA3] */
  known(stream: StreamId, membershipRev: number): readonly Reader[] | undefined;
  /** From the store; whoever asks meanwhile gets the same. */
  read(stream: ConversationId): Promise<readonly Reader[]>;
  /** From memory where that is fresh, for what is not worth a read each time. */
  lately(stream: ConversationId): readonly Reader[] | Promise<readonly Reader[]>;
  /** Something happened to the stream that this server was not told of. */
  forget(stream: StreamId): void;
}

interface Known {
  readers: readonly Reader[];
  membershipRev: number;
  /** Monotonic, when this was last confirmed. */
  at: number;
}

const MAX_STREAMS = 10_000;
/** Between servers the news of a removal may be lost: after this time memory alone is not trusted. */
const FRESH_MS = 10_000;

/** Who may read which stream, as far as this server has learned it. The rev of the last coming or going tells how old it is. */
export function createReaders(readersOf: (stream: ConversationId) => Promise<Omit<Known, 'at'>>): Readers {
  const byStream = new Map<StreamId, Known>();

  function note(stream: StreamId, readers: readonly Reader[], membershipRev: number): void {
    const before = byStream.get(stream);
    if (before !== undefined && before.membershipRev > membershipRev) return;
    byStream.delete(stream);
    byStream.set(stream, { readers, membershipRev, at: performance.now() });
    if (byStream.size > MAX_STREAMS) byStream.delete(byStream.keys().next().value as StreamId);
  }

  const reads = createJoinedReads(readersOf, (stream, { readers, membershipRev }) =>
    note(stream, readers, membershipRev),
  );
  const read = async (stream: ConversationId) => (await reads.read(stream)).readers;

  return {
    note,
    known(stream, membershipRev) {
      if (!isConversation(stream)) return [{ userId: stream.slice(2) as UserId, fromSeq: 1 }];
      const found = byStream.get(stream);
      return found !== undefined && found.membershipRev >= membershipRev ? found.readers : undefined;
    },
    read,
    lately(stream) {
      const found = byStream.get(stream);
      return found !== undefined && performance.now() - found.at < FRESH_MS ? found.readers : read(stream);
    },
    forget(stream) {
      byStream.delete(stream);
      if (isConversation(stream)) reads.forget(stream);
    },
  };
}
