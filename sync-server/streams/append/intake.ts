import { isRetryable } from '#protocol/errors.ts';
import { type StreamQueue, StreamQueues } from './stream-queue.ts';
import { type AppendOwn, type NewTask, type Outcome, type Task, unavailable } from './task.ts';

/** Ops that are not answered yet, over all streams; further ones are refused as `unavailable`. [REL-06] */
const MAX_UNSETTLED = 20_000;
/** The longest time between two looks at deadlines and at queues that rest after a failure. */
const MAX_SWEEP_MS = 250;
const ignore = (): void => undefined;
const alreadyStored: Task['rule'] = () => {
  throw new Error('a stored op was decided again');
};

/** Queues ops per stream, bounds how many wait and for how long, and answers each exactly once. [ST5] [REL-06] */
export class Intake {
  readonly queues = new StreamQueues();
  /** Queues that have ops to decide. */
  readonly dirty = new Set<StreamQueue>();
  /** How often deadlines are checked, and how long a queue rests after its store failed. */
  readonly sweepMs: number;
  readonly #deadlineMs: number;
  /** Ordered by deadline. */
  #outstanding: Task[] = [];
  #unsettled = 0;
  #isScheduled = false;
  #isClosed = false;
  #sweep: ReturnType<typeof setInterval> | undefined;
  #whenIdle: (() => void)[] = [];
  #work: () => void = ignore;

  /** `deadlineMs`: an op that is not durable by then is answered `unavailable`; a resend will be told its outcome. */
  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    this.sweepMs = Math.min(MAX_SWEEP_MS, deadlineMs / 4);
  }

  /** `listener` runs at most once per turn of the event loop, when there may be something to decide or to flush. */
  onWork(listener: () => void): void {
    this.#work = listener;
  }

  /** Puts the op into its stream's queue before it returns, so that ops are queued in the order of the calls. */
  enqueue(op: NewTask): void {
    // The caller's object becomes the task, and a callback is used instead of a promise: this runs once per message.
    const task: Task = Object.assign(op, {
      mustLookUp: false,
      deadline: performance.now() + this.#deadlineMs,
      isSettled: false,
    });
    this.#unsettled++;
    if (this.#isClosed || this.#unsettled > MAX_UNSETTLED) return this.settle(task, unavailable());
    this.#outstanding.push(task);
    this.#sweep ??= setInterval(() => this.#expire(), this.sweepMs);
    const queue = this.queues.of(task.stream);
    queue.waiting.push(task);
    this.dirty.add(queue);
    this.schedule();
  }

  readonly appendOwn: AppendOwn = ({ stream, key, user, named = stream, rule, input }) =>
    new Promise((settled) =>
      this.enqueue({
        stream,
        key,
        user,
        named,
        isRetry: false,
        rule: rule as Task['rule'],
        input,
        group: { hasFailed: false },
        settled,
      }),
    );

  settle(task: Task, outcome: Outcome): void {
    if (task.isSettled) return;
    task.isSettled = true;
    this.#unsettled--;
    if (!outcome.ok && isRetryable(outcome.error.code)) task.group.hasFailed = true;
    const { settled } = task;
    // The task is kept until the next sweep; without these references the collector can free the rest at once. A task
    // that was answered late may still be decided, so only a stored one loses its rule.
    task.settled = ignore;
    if (outcome.ok) {
      task.rule = alreadyStored;
      task.input = undefined;
    }
    settled(outcome);
    if (this.#unsettled === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  /** Wakes the listener once for everything that happens in the same turn of the event loop. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#work();
    });
  }

  /** Waits until every queued op is answered; later ones are answered `unavailable`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }

  #expire(): void {
    const now = performance.now();
    let expired = 0;
    for (const task of this.#outstanding) {
      if (!task.isSettled && task.deadline > now) break;
      this.settle(task, unavailable());
      expired++;
    }
    this.#outstanding = this.#outstanding.slice(expired);
    this.schedule();
    if (this.#outstanding.length > 0 || this.dirty.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}
