import type { StreamId } from '#protocol/ids.ts';
import { type Decision, type Scene, type Sources, isPromise } from '#server/streams/decision.ts';
import type { Entry, Stored } from '#server/streams/entry.ts';
import { loadState } from '#server/streams/load.ts';
import type { StreamState } from '#server/streams/stream-state.ts';
import { compose } from './compose.ts';
import type { Intake } from './intake.ts';
import { answerFrom, conclude } from './op-memory.ts';
import type { StreamQueue } from './stream-queue.ts';
import { type Task, unavailable } from './task.ts';

const MAX_BATCH_OPS = 2_000;

export interface DecideParts extends Sources {
  intake: Intake;
  /** The server's clock, milliseconds since 1970. */
  now: () => number;
  /** Finishes half-done ops of a stream; `true` where its tail may have moved. */
  completeTail(stream: StreamId, tail: Entry): Promise<boolean>;
}

/**
 * Decides the waiting ops of one queue in order, until the batch is full or the next op needs what is not durable yet. Returns
 * nothing if memory was enough, otherwise a promise. Throws or rejects with the error of the rule or the store; the op that was
 * being decided is then still the first one waiting.
 */
export function createDecide(parts: DecideParts) {
  const { intake, store, people, files, links, blocks, reports, strangers, reach, now, completeTail } = parts;
  let lastInstant: { ms: number; text: string } = { ms: NaN, text: '' };

  /** The hot path: no read and no promise. False where an op needs a read, a look-up or a refusal. */
  function decideFromMemory(queue: StreamQueue): boolean {
    const { state } = queue;
    if (state === undefined) return false;
    for (let task = queue.waiting[0]; task !== undefined; task = queue.waiting[0]) {
      if (skips(queue, task)) continue;
      if (isFull(queue)) return true;
      if (task.mustLookUp || task.isRetry) return false;
      const decision = task.rule(task.input, sceneOf(state, task));
      if (isPromise(decision)) {
        // The slow path awaits this decision. If it ran in parallel with a second one, its late reads would put old versions into
        // the state.
        queue.pendingDecision = { task, decision };
        return false;
      }
      if (decision.effect !== 'write') return false;
      take(queue, state, task, decision);
    }
    return true;
  }

  async function decideWithReads(queue: StreamQueue): Promise<void> {
    let known: Map<string, Stored> | undefined;
    for (let task = queue.waiting[0]; task !== undefined; task = queue.waiting[0]) {
      if (skips(queue, task)) continue;
      if (isFull(queue)) return;
      const state = (queue.state ??= await load(queue));
      if (task.key !== undefined && (task.mustLookUp || task.isRetry)) {
        known ??= await lookUp(queue.waiting);
        const stored = known.get(task.key);
        if (stored !== undefined) {
          queue.waiting.shift();
          intake.settle(task, await answerFrom(store, stored, task));
          continue;
        }
      }
      const pending = queue.pendingDecision;
      queue.pendingDecision = undefined;
      const decision = await (pending?.task === task ? pending.decision : task.rule(task.input, sceneOf(state, task)));
      if (decision.effect === 'write') {
        take(queue, state, task, decision);
        continue;
      }
      // A refusal may rest on ops that are not durable yet: flush them, then decide again.
      if (queue.batch.length > 0) return;
      if (((await store.tail(queue.stream))?.rev ?? 0) !== state.tail) {
        // The state is stale: it would refuse what another process has just allowed.
        queue.state = undefined;
        continue;
      }
      const stored = task.key === undefined ? undefined : (await store.byKeys([task.key]))[0];
      const outcome =
        stored === undefined
          ? await conclude(store, task, state.stream, decision, now())
          : await answerFrom(store, stored, task);
      queue.waiting.shift();
      intake.settle(task, outcome);
    }
  }

  /** Drops an op that was answered already, or whose group has failed. */
  function skips(queue: StreamQueue, task: Task): boolean {
    if (task.group.hasFailed) intake.settle(task, unavailable());
    if (task.isSettled) queue.waiting.shift();
    return task.isSettled;
  }

  function take(
    queue: StreamQueue,
    state: StreamState,
    task: Task,
    decision: Extract<Decision, { effect: 'write' }>,
  ): void {
    queue.batch.push(compose(task, decision, state, state.lastAt));
    // Shifted last, so that an op that fails to compose is still the first one waiting and is found to be the cause.
    queue.waiting.shift();
  }

  function sceneOf(state: StreamState, { user }: Task): Scene {
    state.lastAt = Math.max(state.lastAt, now());
    const at = instant(state.lastAt);
    return { state, caller: user, now: at, store, people, files, links, blocks, reports, strangers, reach };
  }

  function instant(ms: number): string {
    if (lastInstant.ms !== ms) lastInstant = { ms, text: new Date(ms).toISOString() };
    return lastInstant.text;
  }

  async function lookUp(tasks: readonly Task[]): Promise<Map<string, Stored>> {
    const keys = tasks
      .slice(0, MAX_BATCH_OPS)
      .flatMap(({ key, mustLookUp, isRetry }) => (key !== undefined && (mustLookUp || isRetry) ? [key] : []));
    return new Map((await store.byKeys(keys)).map((stored) => [stored._id, stored]));
  }

  async function load(queue: StreamQueue): Promise<StreamState> {
    const state = await loadState(store, queue.stream, completeTail);
    queue.stored = { tail: state.tail, lastSeq: state.lastSeq };
    return state;
  }

  return (queue: StreamQueue): void | Promise<void> => (decideFromMemory(queue) ? undefined : decideWithReads(queue));
}

/**
 * A change of membership ends its batch, because a removal and a new join in one announcement would cancel each other out on a
 * client.
 */
function isFull({ batch, isSuspect }: StreamQueue): boolean {
  const last = batch.at(-1);
  if (last === undefined) return false;
  if (last.followUp !== undefined && last.followUp.plan.projections.length > 0) return true;
  return isSuspect || batch.length >= MAX_BATCH_OPS;
}
