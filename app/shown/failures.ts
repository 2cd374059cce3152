import type { OutboxRow } from '#app/local-store/local-store.ts';
import { rulesOf } from '#app/ops/registry.ts';
import type { FailureSentence } from '#app/ops/rules.ts';
import type { ErrorCode, SyncError } from '#protocol/errors.ts';
import type { OpId, UserId } from '#protocol/ids.ts';

/** Why a file, and therefore its message, was not accepted. */
export type FileReason = 'file_size' | 'file_lost' | 'quota';

export type Reason =
  | ErrorCode
  | 'left'
  | FileReason
  | 'poll_closed'
  | 'reports'
  | 'deleted'
  | 'edited'
  | 'already_sent'
  | 'too_many'
  | 'too_far';

/** An op that the server refused permanently: what failed, and why. */
export interface FailedOp {
  id: OpId;
  sentence: FailureSentence;
  reason: Reason;
  /** The text that it would have sent; absent if it has none. */
  text?: string;
}

/** Failures that are not shown at a message: of the conversation's creation, or of a change to it. */
export function conversationFailures(outbox: readonly OutboxRow[], self: UserId): FailedOp[] {
  return outbox.flatMap((row) => failedOp(row, 'conversation', self) ?? []);
}

/** Undefined if the op has not failed, or if its failure is shown elsewhere or not at all. */
export function failedOp(
  { id, op, state, error }: OutboxRow,
  at: 'message' | 'conversation',
  self: UserId,
): FailedOp | undefined {
  const failure = state === 'failed' ? rulesOf(op).failure(op, self) : 'quiet';
  if (failure === 'quiet' || failure.at !== at) return undefined;
  const text = 'text' in op ? op.text : undefined;
  return {
    id,
    sentence: failure.sentence,
    reason: reasonOf(error),
    ...(text === undefined || text === '' ? {} : { text }),
  };
}

export function reasonOf(error: SyncError | undefined): FailedOp['reason'] {
  if (error?.path === 'quota') return 'quota';
  if (error?.path === 'reports') return 'reports';
  if (error?.code === 'conflict' && error.path === 'poll') return 'poll_closed';
  if (error?.code === 'conflict' && error.path === 'base') return 'edited';
  // A conflict about a message means that its deletion has made the op impossible. [OP6]
  if (error?.code === 'conflict' && error.path?.endsWith('messageId') === true) return 'deleted';
  if (error?.code === 'conflict' && error.path === 'scheduledId') return 'already_sent';
  if (error?.code === 'too_large' && error.path === 'kind') return 'too_many';
  if (error?.code === 'too_large' && error.path === 'dueAt') return 'too_far';
  if (error?.path === 'file') return error.code === 'too_large' ? 'file_size' : 'file_lost';
  return error?.code ?? 'internal';
}
