import type { Failure } from '#protocol/errors.ts';
import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { HistoryAnswer, PullAnswer, PushAnswer } from '#protocol/verbs.ts';
import type { Reader } from './announcement.ts';
import type { Moved } from './entry-store.ts';

/** Who asks: from the session, never from the request. */
export interface Caller {
  userId: UserId;
}

/** The heart: knows neither HTTP nor sockets. Requests come unparsed; expected failures are values. [VB1] [VB2] */
export interface Streams {
  /** Names this life of the database. */
  readonly epoch: string;
  /** Ops enter their streams' queues before the first await, so pushes take effect in the order of the calls. [AP11] */
  push(caller: Caller, request: unknown): Promise<PushAnswer | Failure>;
  pull(caller: Caller, request: unknown): Promise<PullAnswer | Failure>;
  history(caller: Caller, request: unknown): Promise<HistoryAnswer | Failure>;
  /** Who may read a stream now, and the rev of its last membership change. */
  readersOf(stream: ConversationId): Promise<{ readers: Reader[]; membershipRev: number }>;
  /** The conversations that somebody is a present member of. */
  conversationsOf(userId: UserId): Promise<readonly ConversationId[]>;
  /** The highest rev that stands, 0 where there is none. */
  headOf(stream: StreamId): Promise<number>;
  /** Streams that moved, through whichever server, with upper bounds of their heads: see the entry store's. */
  movedSince(since?: number): Promise<Moved>;
  /** A person's name or picture changed: carries it into every member record. [RC5] */
  profileChanged(userId: UserId): Promise<void>;
  /** Ends what is under way; later calls answer `unavailable`. */
  close(): Promise<void>;
}
