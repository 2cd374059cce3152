import type { StreamId } from '#protocol/ids.ts';
import type { Composed } from './compose.ts';
import type { Decision } from './decision.ts';
import type { StreamState } from './stream-state.ts';
import type { Task } from './task.ts';

/**
 * One stream's queue. Its ops are decided one after the other against `state`, which runs ahead of the store by what is
 * in `batch`; while a batch is being written nothing more of this stream is decided, so a conflict throws away little.
 */
export interface Lane {
  stream: StreamId;
  waiting: Task[];
  phase: 'idle' | 'deciding' | 'ready' | 'writing' | 'finishing';
  state: StreamState | undefined;
  /** A decision that has to read, begun by the hot path for the slow one. */
  begun: { task: Task; decision: Promise<Decision> } | undefined;
  /** Decided and not yet durable. */
  batch: Composed[];
  /** The tail as known to be stored, and the last seq: what readers beside the queue may go by. */
  stored: { tail: number; lastSeq: number } | undefined;
  /** On the monotonic clock: after a failure of the store nothing is tried before. */
  notBefore: number;
  /** Something here broke, and which op it was is not known: each is decided and written by itself, until it is. */
  isSuspect: boolean;
}

/** Idle lanes beyond this many are forgotten, the longest unused first. */
const MAX_LANES = 5_000;

export class Lanes {
  readonly #lanes = new Map<StreamId, Lane>();

  of(stream: StreamId): Lane {
    let lane = this.#lanes.get(stream);
    if (lane === undefined) {
      lane = {
        stream,
        waiting: [],
        phase: 'idle',
        state: undefined,
        begun: undefined,
        batch: [],
        stored: undefined,
        notBefore: 0,
        isSuspect: false,
      };
      this.#lanes.set(stream, lane);
      if (this.#lanes.size > MAX_LANES) this.#forgetOne();
    }
    return lane;
  }

  /** Without making one. */
  peek(stream: StreamId): Lane | undefined {
    return this.#lanes.get(stream);
  }

  /** Most recently used last. */
  touch(lane: Lane): void {
    this.#lanes.delete(lane.stream);
    this.#lanes.set(lane.stream, lane);
  }

  #forgetOne(): void {
    for (const [stream, lane] of this.#lanes) {
      if (lane.phase !== 'idle' || lane.waiting.length > 0) continue;
      this.#lanes.delete(stream);
      return;
    }
  }
}
