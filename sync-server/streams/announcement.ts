import type { StreamId, UserId } from '#protocol/ids.ts';
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
  /** The rev of the stream's last membership change at `cursor`: a process whose rooms are older reads them again first. */
  membershipRev: number;
  /** Enter the room before this goes out. */
  joined: readonly Reader[];
  /** Leave the room before this goes out. [RA3] */
  left: readonly UserId[];
}

/** Called after the flush; must not throw and must not block. */
export type Announce = (batch: readonly Announcement[]) => void;
