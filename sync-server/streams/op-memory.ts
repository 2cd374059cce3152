import { isRetryable, syncError } from '#protocol/errors.ts';
import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { Decision } from './decision.ts';
import type { EntryStore } from './entry-store.ts';
import { type Stored, isMarker } from './entry.ts';
import { readMember } from './stream-state.ts';
import { type Outcome, type Task, outcomeOf, unavailable } from './task.ts';

/** The memory of an op id: its own op is answered as the first time, a foreign one learns nothing. [AP3] [AP4] [AP5] */
export async function answerFrom(store: EntryStore, stored: Stored, task: Task): Promise<Outcome> {
  const named = isMarker(stored) ? stored.for : (stored.for ?? stored.stream);
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

/** A refusal, or an op without effect. For a resend it is made to stand for every copy. `at`: milliseconds. [AP8] */
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
  const marker = { _id: task.key, user: task.user, for: task.named, at, gone: at, answer: JSON.stringify(outcome) };
  if (await store.mark(marker)) return outcome;
  const [twin] = await store.byKeys([task.key]);
  return twin === undefined ? unavailable() : answerFrom(store, twin, task);
}
