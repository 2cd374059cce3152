import { type SyncError, syncError } from '#protocol/errors.ts';
import type { StreamId, UserId } from '#protocol/ids.ts';
import type { Rule } from '#server/streams/decision.ts';
import type { Entry } from '#server/streams/entry.ts';

export type Outcome = { ok: true; stream: StreamId; rev: number; seq?: number } | { ok: false; error: SyncError };

/** One op in its stream's queue. */
export interface Task {
  /** The stream that its main record is written to, and whose queue it goes through. */
  stream: StreamId;
  /** The op's id; undefined for one of the server's own ops that may run twice without harm. */
  key: string | undefined;
  user: UserId;
  /** The stream that the op names: different from `stream` for marks and settings, which are written to the personal stream. */
  named: StreamId;
  /** The client has sent the op before, so a refusal must hold for every copy of it. [AP8] */
  isRetry: boolean;
  /** Decides the op when its turn comes; `input` is what the rule is about. */
  rule: Rule<unknown>;
  input: unknown;
  /** An earlier attempt met a conflict or has an unknown outcome: look the key up before deciding. */
  mustLookUp: boolean;
  /** Shared by the ops of one push on one stream: a retryable failure also fails the ops after it. [AP7] */
  group: { hasFailed: boolean };
  /** Milliseconds on the monotonic clock. */
  deadline: number;
  isSettled: boolean;
  /** Called once, when the op is durable or refused. Must not throw. */
  settled: (outcome: Outcome) => void;
}

/** What a caller hands in; the intake adds the rest. */
export type NewTask = Omit<Task, 'deadline' | 'isSettled' | 'mustLookUp'>;

/** Enqueues one of the server's own ops and resolves with its outcome. Never rejects. */
export type AppendOwn = <Input>(op: OwnOp<Input>) => Promise<Outcome>;

export interface OwnOp<Input> {
  stream: StreamId;
  key?: string;
  user: UserId;
  /** Absent: `stream`. */
  named?: StreamId;
  rule: Rule<Input>;
  input: Input;
}

/** The outcome of a stored op, derived from its first entry so that a resend is answered like the original. [AP3] [AP12] */
export function outcomeOf(root: Entry): Outcome {
  const { stream, rev, partCount, part, seq } = root;
  const last = rev + partCount - part;
  return seq === undefined ? { ok: true, stream, rev: last } : { ok: true, stream, rev: last, seq };
}

export function unavailable(retryAfterMs = 1_000): Outcome {
  return { ok: false, error: syncError('unavailable', 'not stored yet, try again', { retryAfterMs }) };
}
