import type { StreamId } from '#protocol/ids.ts';
import type { Decision } from '#server/streams/decision.ts';
import type { StreamState } from '#server/streams/stream-state.ts';
import type { ComposedOp } from './compose.ts';
import type { Task } from './task.ts';

/**
 * The ops of one stream. They are decided one after the other against `state`, which is ahead of the store by the contents of
 * `batch`. While a batch is being flushed, no further op of the stream is decided, so that a conflict discards little.
 */
export interface StreamQueue {
  stream: StreamId;
  waiting: Task[];
  phase: 'idle' | 'deciding' | 'ready' | 'flushing' | 'finishing';
  /** Undefined: must be read from the store before the next decision. */
  state: StreamState | undefined;
  /** A decision that turned out to need a read: it is started on the fast path and awaited on the slow one. */
  pendingDecision: { task: Task; decision: Promise<Decision> } | undefined;
  /** Decided, not yet durable. */
  batch: ComposedOp[];
  /** The last rev and seq known to be durable, for readers outside the queue. */
  stored: { tail: number; lastSeq: number } | undefined;
  /** After a failure of the store the queue rests until this time. Milliseconds on the monotonic clock. */
  notBefore: number;
  /** An unknown op of this queue failed a batch: until it is found, ops are decided and flushed one at a time. */
  isSuspect: boolean;
}

/** Idle queues beyond this number are dropped, the least recently used first. */
const MAX_QUEUES = 5_000;
/** How much memory the states of all queues may take; above it the states of idle queues are dropped in the same order. */
const MAX_STATE_BYTES = 64 * 1024 * 1024;

interface Weight {
  bytes: number;
  /** Milliseconds on the monotonic clock. */
  usedAt: number;
}

/** Bounded in number and in bytes, so that the memory does not grow with the number of chats that people have written in. */
export class StreamQueues {
  readonly #queues = new Map<StreamId, StreamQueue>();
  /** The queues that have a state, in the order of their last use. */
  readonly #weights = new Map<StreamQueue, Weight>();
  readonly #maxStateBytes: number;
  #stateBytes = 0;

  constructor(maxStateBytes = MAX_STATE_BYTES) {
    this.#maxStateBytes = maxStateBytes;
  }

  /** An estimate of the memory that the states of all queues take. */
  get stateBytes(): number {
    return this.#stateBytes;
  }

  of(stream: StreamId): StreamQueue {
    let queue = this.#queues.get(stream);
    if (queue === undefined) {
      queue = {
        stream,
        waiting: [],
        phase: 'idle',
        state: undefined,
        pendingDecision: undefined,
        batch: [],
        stored: undefined,
        notBefore: 0,
        isSuspect: false,
      };
      this.#queues.set(stream, queue);
      if (this.#queues.size > MAX_QUEUES) this.#dropIdle();
    }
    return queue;
  }

  /** Does not create one. */
  peek(stream: StreamId): StreamQueue | undefined {
    return this.#queues.get(stream);
  }

  /** Keeps the map ordered by last use. */
  touch(queue: StreamQueue): void {
    this.#queues.delete(queue.stream);
    this.#queues.set(queue.stream, queue);
  }

  /** Estimates the size of the state of a queue that has just been used, and makes room for it. */
  weigh(queue: StreamQueue, now: number): void {
    this.#unweigh(queue);
    if (queue.state === undefined) return;
    const { bytes } = queue.state;
    this.#weights.set(queue, { bytes, usedAt: now });
    this.#stateBytes += bytes;
    if (this.#stateBytes <= this.#maxStateBytes) return;
    for (const other of this.#weights.keys()) {
      if (other !== queue && isIdle(other)) this.#dropState(other);
      if (this.#stateBytes <= this.#maxStateBytes) return;
    }
  }

  /** Drops the states of queues that have not been used since then. */
  dropUnusedSince(time: number): void {
    for (const [queue, { usedAt }] of this.#weights) {
      if (usedAt > time) return;
      if (isIdle(queue)) this.#dropState(queue);
    }
  }

  /** The next decision reads it from the store again. */
  #dropState(queue: StreamQueue): void {
    queue.state = undefined;
    this.#unweigh(queue);
  }

  #unweigh(queue: StreamQueue): void {
    this.#stateBytes -= this.#weights.get(queue)?.bytes ?? 0;
    this.#weights.delete(queue);
  }

  #dropIdle(): void {
    for (const queue of this.#queues.values()) {
      if (!isIdle(queue)) continue;
      this.#queues.delete(queue.stream);
      this.#unweigh(queue);
      return;
    }
  }
}

function isIdle({ phase, waiting }: StreamQueue): boolean {
  return phase === 'idle' && waiting.length === 0;
}
