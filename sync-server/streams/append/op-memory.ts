import { isRetryable, syncError } from '#protocol/errors.ts';
import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { Decision } from '#server/streams/decision.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { type Stored, isMarker } from '#server/streams/entry.ts';
import { readMember } from '#server/streams/stream-state.ts';
import { type Outcome, type Task, outcomeOf, unavailable } from './task.ts';

/**
 * Answers an op whose id is stored: a resend gets the first answer again, and another op with the same id learns nothing. [AP3]
 * [AP4] [AP5]
 */
export async function answerFrom(store: EntryStore, stored: Stored, task: Task): Promise<Outcome> {
  const named = isMarker(stored) ? stored.named : (stored.named ?? stored.stream);
  if (stored.user === task.user && named === task.named)
    return isMarker(stored) ? (JSON.parse(stored.answer) as Outcome) : outcomeOf(stored);
  const member = isConversation(task.named) ? await readMember(store, task.named, task.user) : undefined;
  const isInside = member !== undefined && member.record.leftAt === undefined;
  return {
    ok: false,
    error: isInside
      ? syncError('conflict', 'this op id is taken', { path: 'id' })
      : syncError('not_found', 'no such conversation', { path: 'stream' }),
  };
}

/**
 * Answers an op that writes nothing. For a resend the answer is stored, so that it holds for every copy of the op.
 * `at`: the server's clock, milliseconds. [AP8]
 */
export async function conclude(
  store: EntryStore,
  task: Task,
  stream: StreamId,
  decision: Exclude<Decision, { effect: 'write' }>,
  at: number,
): Promise<Outcome> {
  const outcome: Outcome =
    decision.effect === 'refuse'
      ? { ok: false, error: decision.error }
      : { ok: true, stream, rev: decision.rev, ...(decision.seq === undefined ? {} : { seq: decision.seq }) };
  const isFinal = outcome.ok || !isRetryable(outcome.error.code);
  if (!task.isRetry || !isFinal || task.key === undefined) return outcome;
  const marker = {
    _id: task.key,
    user: task.user,
    named: task.named,
    storedAt: at,
    prunableSince: at,
    answer: JSON.stringify(outcome),
  };
  if (await store.mark(marker)) return outcome;
  const [twin] = await store.byKeys([task.key]);
  return twin === undefined ? unavailable() : answerFrom(store, twin, task);
}
