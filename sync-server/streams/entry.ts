import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';

/** Fields of an entry that clients never see. */
export interface Hidden {
  /** Projections: the rev, in the conversation, of the member record that this one copies. */
  sourceRev?: number;
  /** Members: the rev at which the member joined last. */
  joinedRev?: number;
  /** Members: the rev at which the member joined or left last. */
  membershipRev?: number;
  /** Members: the first message that the member may read. */
  fromSeq?: number;
  /** Members: who removed them, until somebody adds them again. */
  removedBy?: UserId;
  /** Members: a stranger added them, and they have not accepted it yet. [RQ1] */
  isRequest?: boolean;
  /** Memberships: up to where messages were delivered. Clients see it only in the shared mark. */
  deliveredSeq?: number;
}

/**
 * One version of one record, as stored. Entries are append-only: a change inserts a new one at tail + 1, and the version
 * that it replaces is reduced to a skeleton afterwards. Three things are unique: `_id` (an op takes effect once),
 * `(stream, rev)` (the commit point: a writer with a stale tail is refused), and `(stream, seq)` over the first versions of
 * messages. [ST1] [ST2] [ST3] [AP2]
 */
export interface Entry extends Hidden {
  /**
   * The op's id for its first entry, `<opId>/<n>` for its others, `<opId>/<userId>` for a projection, `<stream>/<rev>` for what
   * the server writes on its own.
   */
  _id: string;
  stream: StreamId;
  rev: number;
  /** Who made the op. */
  user: UserId;
  /** The conversation that the op named, if its main record is on another stream (marks and settings). */
  named?: ConversationId;
  /** This is part `part` of the `partCount` parts that its op has in this stream. They have neighbouring revs. */
  part: number;
  partCount: number;
  type: KnownRecord['type'];
  id: string;
  seq?: number;
  /** The first version of a message. It keeps its seq and its id taken permanently. */
  isFirst?: true;
  current: boolean;
  /**
   * The server's clock, milliseconds, never below that of the entry before it. It is also used for pruning and for finding what
   * has been pending for long.
   */
  storedAt: number;
  /** The record as JSON, as it is sent. A skeleton has none. */
  body?: string;
  /** A Plan as JSON: what remains to be done once this entry is durable. Removed when that is done. [AP9] */
  plan?: string;
  /** Work remains to be done: parts, projections, skeletons or a shared mark. */
  pending?: true;
  /** Keys of the older versions that this op replaces. */
  replaced?: string[];
  /** When this version became a skeleton that may be pruned, milliseconds. */
  prunableSince?: number;
}

/** Remembers an op that was refused or changed nothing, so that a delayed copy of it cannot take effect later. [AP8] */
export interface Marker {
  _id: string;
  user: UserId;
  named: StreamId;
  storedAt: number;
  prunableSince: number;
  /** JSON of the answer, without the op's id. */
  answer: string;
}

export type Stored = Entry | Marker;

export function isMarker(stored: Stored): stored is Marker {
  return 'answer' in stored;
}

/** A record in memory, with what the server knows about it. */
export interface Held<R extends KnownRecord = KnownRecord> {
  record: R;
  /** The entry's key. */
  key: string;
  /** Whether it is the first version of a message. */
  isFirst: boolean;
  hidden: Hidden;
}

/** Undefined for a skeleton, which has no content. */
export function held(entry: Entry): Held | undefined {
  if (entry.body === undefined) return undefined;
  return {
    record: JSON.parse(entry.body) as KnownRecord,
    key: entry._id,
    isFirst: entry.isFirst === true,
    hidden: hiddenOf(entry),
  };
}

export function hiddenOf(hidden: Hidden): Hidden {
  const { sourceRev, joinedRev, membershipRev, fromSeq, removedBy, isRequest, deliveredSeq } = hidden;
  return {
    ...(sourceRev === undefined ? {} : { sourceRev }),
    ...(joinedRev === undefined ? {} : { joinedRev }),
    ...(membershipRev === undefined ? {} : { membershipRev }),
    ...(fromSeq === undefined ? {} : { fromSeq }),
    ...(removedBy === undefined ? {} : { removedBy }),
    ...(isRequest === undefined ? {} : { isRequest }),
    ...(deliveredSeq === undefined ? {} : { deliveredSeq }),
  };
}

/** The key of part n of an op. */
export function partKey(root: string, part: number): string {
  return part === 1 ? root : `${root}/${part}`;
}

/** The key of an op's first entry, from any of its parts. */
export function rootKey(entry: Entry): string {
  return entry.part === 1 ? entry._id : entry._id.slice(0, entry._id.lastIndexOf('/'));
}

/** Carried by the first entry of an op over several records or streams: enough for any process to finish the op. [AP9] */
export interface Plan {
  /** Parts 2 … n, at their revs. */
  parts: Entry[];
  projections: Projection[];
}

/** A member's state, to be copied to their personal stream unless that already holds a state at least as new. */
export interface Projection {
  key: string;
  userId: UserId;
  conversation: ConversationId;
  role: 'owner' | 'admin' | 'member';
  joinedAt: string;
  leftAt?: string;
  /** Who removed them; absent if they left by themselves. */
  removedBy?: UserId;
  /** The rev of the member record in the conversation. */
  sourceRev: number;
  /** For a new member: where their own mark starts. */
  startSeq?: number;
  /** A stranger added them, and they have not accepted it yet. [RQ1] */
  isRequest?: boolean;
  /** They have written into the chat, and so accepted it. [RQ3] */
  accepts?: boolean;
}
