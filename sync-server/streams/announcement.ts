import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';

/** Somebody who may read a stream, from his first readable seq on: 1 is everything. */
export interface Reader {
  userId: UserId;
  fromSeq: number;
}

/**
 * One durable step of a stream's chain, told to whoever fans out. Per stream they are announced in rev order, after the
 * flush. [LV3]
 */
export interface Announcement {
  stream: StreamId;
  prev: number;
  cursor: number;
  /** As one who may read everything sees them; no `fromSeq`. `formFor` makes another reader's form. */
  records: readonly KnownRecord[];
  /** Who may read the stream at `cursor`, and nobody else: one who was removed is not told of it by this stream. [RA3] */
  readers: readonly Reader[];
  /** The rev of the last coming or going: `readers` is the same for the same one, so another process may know them by it. */
  membershipRev: number;
  /**
   * On somebody's own stream: conversations whose own step was carried here, and how far they stand at least. Who connected
   * between the two was told of neither the step nor, by his first pull, the conversation.
   */
  carried?: readonly [ConversationId, number][];
}

/** Called after the flush; must not throw and must not block. */
export type Announce = (batch: readonly Announcement[]) => void;
