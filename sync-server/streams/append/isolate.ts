import { syncError } from '#protocol/errors.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import type { ComposedOp } from './compose.ts';
import type { Intake } from './intake.ts';
import type { StreamQueue } from './stream-queue.ts';
import type { Task } from './task.ts';

/**
 * Finds the op that makes a batch fail, so that it alone is answered `internal`. A defect in a batch of several ops makes
 * the queue suspect: its ops are then decided and flushed one at a time, until the guilty one fails alone. [AP6] [ER1]
 */
export function createIsolate(intake: Intake, onDefect: (error: unknown) => void) {
  /** Nothing was answered, so it is unknown how much of the batch is stored: read the stream again. `tasks`: the suspects. */
  function failed(queue: StreamQueue, error: unknown, tasks: readonly Task[]): void {
    if (!(error instanceof StoreUnavailable)) {
      onDefect(error);
      const [only, ...others] = tasks;
      // Retried, the op would fail forever. With several suspects nobody is blamed yet.
      if (only !== undefined && others.length === 0)
        intake.settle(only, { ok: false, error: syncError('internal', 'something went wrong here') });
      else queue.isSuspect = true;
    }
    const { batch } = queue;
    queue.batch = [];
    requeue(queue, batch);
    queue.notBefore = performance.now() + intake.sweepMs;
  }

  /** An earlier op in the batch may be the cause of a failed decision; each is retried alone to find out. */
  function undecided(queue: StreamQueue, error: unknown): void {
    failed(queue, error, [...queue.batch.map(({ task }) => task), ...queue.waiting.slice(0, 1)]);
  }

  return { failed, undecided };
}

/** Puts ops back at the front of their queue, and drops the state, which already contains them. */
export function requeue(queue: StreamQueue, ops: readonly ComposedOp[]): void {
  queue.state = undefined;
  queue.stored = undefined;
  for (const { task } of ops) task.mustLookUp = true;
  queue.waiting.unshift(...ops.map(({ task }) => task));
}

/** A queue is cleared once nothing of the failed batch is left in it. */
export function clearSuspicion(queue: StreamQueue): void {
  queue.isSuspect &&= queue.batch.length > 0 || queue.waiting.some(({ mustLookUp }) => mustLookUp);
}

/** The queues of the next flush, in order, with about `most` ops; a suspect one is flushed alone, because it may fail the batch. */
export function nextFlush(ready: Iterable<StreamQueue>, most: number): StreamQueue[] {
  const queues: StreamQueue[] = [];
  let ops = 0;
  for (const queue of ready) {
    if (queue.isSuspect && queues.length > 0) continue;
    queues.push(queue);
    ops += queue.batch.length;
    if (queue.isSuspect || ops >= most) break;
  }
  return queues;
}
