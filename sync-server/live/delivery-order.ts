import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { Announcement, Reader } from '#server/streams/announcement.ts';
import type { ReaderCache } from './reader-cache.ts';
import type { Step } from './server-bus.ts';

export interface DeliveryOrder {
  /** `readers`: from the announcement itself, if this server made it. */
  enqueue(step: Step, readers?: readonly Reader[]): void;
  /** The last cursor of a stream that was delivered here; undefined if there is none yet. */
  cursorOf(stream: StreamId): number | undefined;
  /** Devices have learned this cursor by `heads`: steps up to it are dropped if they still arrive. */
  skipTo(stream: StreamId, cursor: number): void;
}

interface QueuedStep {
  step: Step;
  readers: readonly Reader[] | undefined;
  /** Monotonic time; until then the steps before this one may still arrive. */
  holdUntil: number;
}

interface StreamQueue {
  stream: StreamId;
  cursor: number;
  /** By cursor. */
  steps: QueuedStep[];
  isReading: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const MAX_STREAMS = 10_000;
const MAX_QUEUED_STEPS = 1_000;

interface DeliveryOrderParts {
  readers: ReaderCache;
  deliver: (announcement: Announcement) => void;
  /** How long a step waits for earlier ones, which another server announces; 0 if there is no other server. */
  holdMs: number;
  onDefect: (error: unknown) => void;
}

/**
 * Delivers the steps of a stream in rev order, whichever server made them, and only to people who may read them. A step
 * that arrives after later ones is dropped: the gap has already made the devices pull. [LV3] [RA3]
 */
export function createDeliveryOrder({ readers, deliver, holdMs, onDefect }: DeliveryOrderParts): DeliveryOrder {
  const queues = new Map<StreamId, StreamQueue>();

  function queueOf(stream: StreamId): StreamQueue {
    const found = queues.get(stream);
    const queue = found ?? { stream, cursor: 0, steps: [], isReading: false, timer: undefined };
    queues.delete(stream);
    queues.set(stream, queue);
    if (queues.size > MAX_STREAMS) forgetOldest();
    return queue;
  }

  function forgetOldest(): void {
    for (const [stream, { steps }] of queues) {
      if (steps.length > 0) continue;
      queues.delete(stream);
      return;
    }
  }

  function drain(queue: StreamQueue): void {
    for (let next = queue.steps[0]; next !== undefined; next = queue.steps[0]) {
      const { step, holdUntil } = next;
      if (step.cursor <= queue.cursor) {
        queue.steps.shift();
        continue;
      }
      const hasGap = queue.cursor > 0 && step.prev > queue.cursor;
      if (hasGap && queue.steps.length <= MAX_QUEUED_STEPS) {
        const remainingMs = holdUntil - performance.now();
        if (remainingMs > 0) {
          queue.timer ??= setTimeout(() => {
            queue.timer = undefined;
            drain(queue);
          }, remainingMs + 1);
          return;
        }
      }
      const mayRead = next.readers ?? readers.known(step.stream, step.membershipRev);
      if (mayRead === undefined) return readAndDrain(queue);
      queue.steps.shift();
      queue.cursor = step.cursor;
      deliver({ ...step, readers: mayRead });
    }
  }

  function readAndDrain(queue: StreamQueue): void {
    if (queue.isReading) return;
    queue.isReading = true;
    readReaders(queue)
      .catch(onDefect)
      .finally(() => {
        queue.isReading = false;
        drain(queue);
      });
  }

  /** If even the stored membership is older than a step, or cannot be read, the step is lost and `heads` makes up for it. */
  async function readReaders({ stream, steps }: StreamQueue): Promise<void> {
    if (!isConversation(stream)) return;
    try {
      // The first read may have been in flight since before the announcement.
      await readers.read(stream);
      if (steps.some(lacksReaders)) await readers.read(stream);
    } catch {
      // A step is not delivered unless its readers are known.
    }
    for (let at = steps.length - 1; at >= 0; at--) if (lacksReaders(steps[at] as QueuedStep)) steps.splice(at, 1);
  }

  function lacksReaders({ step, readers: given }: QueuedStep): boolean {
    return given === undefined && readers.known(step.stream, step.membershipRev) === undefined;
  }

  return {
    enqueue(step, given) {
      const queue = queueOf(step.stream);
      let at = queue.steps.length;
      while (at > 0 && (queue.steps[at - 1] as QueuedStep).step.cursor > step.cursor) at--;
      queue.steps.splice(at, 0, { step, readers: given, holdUntil: performance.now() + holdMs });
      if (!queue.isReading) drain(queue);
    },
    cursorOf: (stream) => queues.get(stream)?.cursor,
    skipTo(stream, cursor) {
      const queue = queueOf(stream);
      queue.cursor = Math.max(queue.cursor, cursor);
      if (!queue.isReading) drain(queue);
    },
  };
}
