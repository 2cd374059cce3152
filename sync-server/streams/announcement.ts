import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';

/** A person who may read a stream from `fromSeq` on; 1 means all of it. */
export interface Reader {
  userId: UserId;
  fromSeq: number;
  /** The chat is a request to them, so their typing is not shown there. [RQ2] */
  isRequest?: boolean;
}

/**
 * One durable step in the chain of a stream, for fan-out. The steps of a stream are announced in rev order, after the flush.
 * [LV3]
 */
export interface Announcement {
  stream: StreamId;
  prev: number;
  cursor: number;
  /** As seen by a reader without `fromSeq`, who may read everything. `formFor` gives the form for a particular reader. */
  records: readonly KnownRecord[];
  /** Exactly those who may read the stream at `cursor`. Somebody who was removed by this step is not among them. [RA3] */
  readers: readonly Reader[];
  /** The rev at which somebody last joined or left. It identifies `readers`, so another process can cache them by it. */
  membershipRev: number;
  /**
   * On a person's own stream: conversations that a projection in this step names, each with a lower bound of its head. A device
   * that connected between the conversation's own step and this one is told of the conversation by neither of them.
   */
  carried?: readonly [ConversationId, number][];
}

/** Called after the flush. Must neither throw nor block. */
export type Announce = (batch: readonly Announcement[]) => void;
