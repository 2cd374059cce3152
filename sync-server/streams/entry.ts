import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';

/**
 * One version of one record, as stored. Entries are append-only: a change inserts a new one at tail + 1 and the older
 * version is stripped to a skeleton afterwards. Unique are `_id` (an op takes effect once), `(stream, rev)` (the commit
 * point: a writer with a stale tail is refused) and `(stream, seq)` over messages' first versions. [ST1] [ST2] [ST3] [AP2]
 */
export interface Entry {
  /** The op's id for its first entry, `<opId>/<n>` for its others, `<opId>/<userId>` for a projection, `<stream>/<rev>` for the server's own. */
  _id: string;
  stream: StreamId;
  rev: number;
  /** Who made the op. */
  user: UserId;
  /** The stream that the op named, where its main record stands on another (marks and settings). */
  for?: ConversationId;
  /** Part i of n of its op in this stream; the parts of an op stand at neighbouring revs. */
  part: number;
  of: number;
  type: KnownRecord['type'];
  id: string;
  seq?: number;
  /** A message's first version: takes its seq and its id for ever. */
  first?: true;
  current: boolean;
  /** Server's clock, milliseconds: only for pruning and the periodic look. */
  at: number;
  /** The record as JSON, as it is sent. Gone in a skeleton. */
  body?: string;
  /** All that is left to do when this entry is durable; gone when it is done. [AP9] */
  plan?: string;
  /** Work is left: parts, projections, skeletons or a shared mark. */
  pending?: true;
  /** Keys of the older versions that this op replaces. */
  old?: string[];
  /** When this version became a skeleton that may be pruned, milliseconds. */
  gone?: number;
  /** Projections: the rev, in the conversation, of the member record that this one follows. */
  src?: number;
  /** Members: the rev of the present joining, of the last coming or going, and the first readable seq. */
  join?: number;
  room?: number;
  from?: number;
  /** Memberships: up to where messages were delivered; shown only in the shared mark. */
  dlv?: number;
}

/** The memory of an op that was refused or changed nothing, so that no delayed copy of it can still take effect. [AP8] */
export interface Marker {
  _id: string;
  user: UserId;
  for: StreamId;
  at: number;
  gone: number;
  /** JSON of the answer, without the op's id. */
  answer: string;
}

export type Stored = Entry | Marker;

export function isMarker(stored: Stored): stored is Marker {
  return 'answer' in stored;
}

/** Fields that only the server sees. */
export interface Hidden {
  src?: number;
  join?: number;
  room?: number;
  from?: number;
  dlv?: number;
}

/** A record in memory, with what the server knows beside it. */
export interface Held<R extends KnownRecord = KnownRecord> {
  record: R;
  /** The entry's key, and whether it is a message's first version. */
  key: string;
  first: boolean;
  hidden: Hidden;
}

/** Undefined for a skeleton: it tells nothing any more. */
export function held(entry: Entry): Held | undefined {
  if (entry.body === undefined) return undefined;
  return {
    record: JSON.parse(entry.body) as KnownRecord,
    key: entry._id,
    first: entry.first === true,
    hidden: hiddenOf(entry),
  };
}

export function hiddenOf({ src, join, room, from, dlv }: Hidden): Hidden {
  return {
    ...(src === undefined ? {} : { src }),
    ...(join === undefined ? {} : { join }),
    ...(room === undefined ? {} : { room }),
    ...(from === undefined ? {} : { from }),
    ...(dlv === undefined ? {} : { dlv }),
  };
}

/** The key of part n of an op. */
export function partKey(root: string, part: number): string {
  return part === 1 ? root : `${root}/${part}`;
}

/** The key of an op's first entry, from the key of any of its parts. */
export function rootKey(entry: Entry): string {
  return entry.part === 1 ? entry._id : entry._id.slice(0, entry._id.lastIndexOf('/'));
}

/** What the first entry of an op over several records or streams carries: enough to finish it, whoever does. [AP9] */
export interface Plan {
  /** Parts 2 … n, at their revs. */
  parts: Entry[];
  projections: Projection[];
}

/** A member's state, to be written to his personal stream unless a state as new stands there. */
export interface Projection {
  key: string;
  userId: UserId;
  conversation: ConversationId;
  role: 'owner' | 'admin' | 'member';
  joinedAt: string;
  leftAt?: string;
  /** The rev of the member record in the conversation. */
  src: number;
  /** For one who has just come: where his own mark starts. */
  startSeq?: number;
}
