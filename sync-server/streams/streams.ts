import type { Failure } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import type { HistoryAnswer, PullAnswer, PushAnswer } from '#protocol/verbs.ts';
import type { Batches } from './batches.ts';
import type { SendScheduled } from './send-scheduled.ts';
import type { StreamReads } from './stream-reads.ts';

/** Who makes a call. It comes from the session, never from the request. */
export interface Caller {
  userId: UserId;
  /** Tells the person's devices apart: the device id that a socket sends, or over HTTP the session. */
  device?: string;
}

/** The core of the server, which knows neither HTTP nor sockets. Requests come unparsed, and expected failures are values. [VB1] [VB2] */
export interface Streams extends StreamReads {
  /** Identifies this incarnation of the database. */
  readonly epoch: string;
  /** Ops enter their streams' queues before the first await, so pushes take effect in the order of the calls. [AP11] */
  push(caller: Caller, request: unknown): Promise<PushAnswer | Failure>;
  pull(caller: Caller, request: unknown): Promise<PullAnswer | Failure>;
  history(caller: Caller, request: unknown): Promise<HistoryAnswer | Failure>;
  /** Copies a changed name or picture into every member record of the person. [RC5] */
  profileChanged(userId: UserId): Promise<void>;
  /** Sends a scheduled message if its time has come. Rejects with StoreUnavailable. [SM3] */
  sendScheduled: SendScheduled;
  /**
   * Copies the name that remains of a deleted person into their conversations, deletes their drafts and scheduled messages, and
   * makes them leave every group. [AC2]
   */
  personDeleted(userId: UserId): Promise<void>;
  /** Every flush of this process, for followers, and the upper bounds of heads. */
  readonly batches: Pick<Batches, 'listen' | 'isWaiting' | 'settled' | 'hints'>;
  /** Finishes what is in progress. Later calls are answered with `unavailable`. */
  close(): Promise<void>;
}
