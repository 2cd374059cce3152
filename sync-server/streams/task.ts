import { type SyncError, syncError } from '#protocol/errors.ts';
import type { StreamId, UserId } from '#protocol/ids.ts';
import type { Decide } from './decision.ts';
import type { Entry } from './entry.ts';

export type Outcome = { ok: true; stream: StreamId; rev: number; seq?: number } | { ok: false; error: SyncError };

/** One op on its way through its stream's queue. */
export interface Task {
  /** The stream that its main record stands on. */
  lane: StreamId;
  /** The op's id; absent for what the server does of itself, which is keyed by its place. */
  key: string | undefined;
  user: UserId;
  /** The stream that the op names. */
  named: StreamId;
  /** The client has sent it before: a refusal must be one for every copy. [AP8] */
  isRetry: boolean;
  decide: Decide;
  /** Read everything again first: an earlier attempt met a conflict, or its outcome is unknown. */
  isCareful: boolean;
  /** Ops of one push on one stream: a retryable failure fails those after it too. [AP7] */
  group: { hasFailed: boolean };
  /** On the monotonic clock, milliseconds. */
  deadline: number;
  isSettled: boolean;
  /** Called once, when the op is durable or refused. Must not throw. */
  settled: (outcome: Outcome) => void;
}

/** What the append is asked for; it adds the rest. */
export type NewTask = Omit<Task, 'deadline' | 'isSettled' | 'isCareful'>;

/** First answer and resend alike: told from the op's first entry. [AP3] [AP12] */
export function outcomeOf(root: Entry): Outcome {
  const { stream, rev, of, part, seq } = root;
  const last = rev + of - part;
  return seq === undefined ? { ok: true, stream, rev: last } : { ok: true, stream, rev: last, seq };
}

export function unavailable(retryAfterMs = 1_000): Outcome {
  return { ok: false, error: syncError('unavailable', 'not stored yet, try again', { retryAfterMs }) };
}
