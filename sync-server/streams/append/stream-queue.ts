import type { StreamId } from '#protocol/ids.ts';
import type { Decision } from '#server/streams/decision.ts';
import type { StreamState } from '#server/streams/stream-state.ts';
import type { ComposedOp } from './compose.ts';
import type { Task } from './task.ts';

/**
 * The ops of one stream. They are decided one after the other against `state`, which is ahead of the store by what is in
 * `batch`. While a batch is being flushed nothing more of the stream is decided, so that a conflict discards little.
 */
export interface StreamQueue {
  stream: StreamId;
  waiting: Task[];
  phase: 'idle' | 'deciding' | 'ready' | 'flushing' | 'finishing';
  /** Undefined: must be read from the store before the next decision. */
  state: StreamState | undefined;
  /** A decision that turned out to need a read: started on the fast path, awaited on the slow one. */
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

export class StreamQueues {
  readonly #queues = new Map<StreamId, StreamQueue>();

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

  #dropIdle(): void {
    for (const [stream, queue] of this.#queues) {
      if (queue.phase !== 'idle' || queue.waiting.length > 0) continue;
      this.#queues.delete(stream);
      return;
    }
  }
}
