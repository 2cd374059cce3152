import { type DecideParts, createDecide } from './decide.ts';
import { type FlushParts, createFlush } from './flush.ts';
import { clearSuspicion, createIsolate, nextFlush } from './isolate.ts';
import type { StreamQueue } from './stream-queue.ts';

export interface AppendOptions extends DecideParts, Omit<FlushParts, 'release' | 'failed'> {
  /** Called with errors that should be impossible: a bug. */
  onDefect(error: unknown): void;
}

/**
 * Bulk writes in flight at once, of different streams, so that under load one batch is decided while another is flushed and
 * a third is answered.
 */
const MAX_FLUSHES = 4;
/**
 * The fewest ops that are worth a flush beside another one. Each flush costs a round trip and a disk flush, whatever it
 * holds, so with fewer ops it is cheaper and faster to let them gather until the flush in flight has ended.
 */
const MIN_OPS_BESIDE = 256;
/**
 * While several people send, the next flush waits until as many ops are there as the last one stored and left waiting, because
 * a flush costs more than a few ops. With so many ops it does not wait, and is decided while their senders are answered.
 */
const MANY_OPS = 32;
/** The longest such wait, about as long as a flush takes. */
const GATHER_MS = 1;

/**
 * The only writer: one queue per stream, one group commit over all queues. Either all of a stream's batch is stored or a prefix
 * of it, because the store inserts in order and stops at the first conflict. [AP1] [AP2] [ST2] [ST5]
 */
export function startAppend(options: AppendOptions): void {
  const { intake, onDefect } = options;
  /** Queues whose batch waits for a flush. */
  const ready = new Set<StreamQueue>();
  let flushes = 0;
  /** Until the timer fires or so many ops are there, the next flush waits. */
  let gathering: { timer: ReturnType<typeof setTimeout>; enough: number } | undefined;

  const { failed, undecided } = createIsolate(intake, onDefect);
  const decide = createDecide(options);
  const flush = createFlush({
    ...options,
    release(queue) {
      decided(queue);
      intake.schedule();
    },
    failed(queues, error) {
      const tasks = queues.flatMap(({ batch }) => batch.map(({ task }) => task));
      for (const queue of queues) {
        failed(queue, error, tasks);
        decided(queue);
      }
    },
  });

  function pump(): void {
    const now = performance.now();
    const mayFlush = canFlush();
    for (const queue of intake.dirty) {
      if (queue.phase !== 'idle' || queue.notBefore > now) continue;
      // Ops gather in their queue until they can be flushed; meanwhile only the reads that they need are started.
      if (!mayFlush && queue.state !== undefined) continue;
      intake.dirty.delete(queue);
      startDeciding(queue);
    }
    while (ready.size > 0 && canFlush()) startFlush();
  }

  function canFlush(): boolean {
    if (flushes >= MAX_FLUSHES) return false;
    if (flushes > 0) return opsUpTo(MIN_OPS_BESIDE) === MIN_OPS_BESIDE;
    if (gathering === undefined) return true;
    if (opsUpTo(gathering.enough) < gathering.enough) return false;
    clearTimeout(gathering.timer);
    gathering = undefined;
    return true;
  }

  /** How many ops wait for a flush; not counted further than `most`. */
  function opsUpTo(most: number): number {
    let ops = 0;
    for (const { batch } of ready) if ((ops += batch.length) >= most) return most;
    for (const { waiting, phase } of intake.dirty) if (phase === 'idle' && (ops += waiting.length) >= most) return most;
    return ops;
  }

  /** A lone sender's next op never waits. */
  function gather(storedOps: number): void {
    const enough = storedOps + opsUpTo(MANY_OPS);
    if (enough < 2 || enough >= MANY_OPS) return;
    const timer = setTimeout(() => {
      gathering = undefined;
      intake.schedule();
    }, GATHER_MS);
    gathering = { timer, enough };
  }

  function startDeciding(queue: StreamQueue): void {
    queue.phase = 'deciding';
    intake.queues.touch(queue);
    try {
      const reading = decide(queue);
      if (reading === undefined) return decided(queue);
      reading
        .catch((error: unknown) => undecided(queue, error))
        .finally(() => {
          decided(queue);
          intake.schedule();
        });
    } catch (error) {
      undecided(queue, error);
      decided(queue);
    }
  }

  function decided(queue: StreamQueue): void {
    clearSuspicion(queue);
    intake.queues.weigh(queue, performance.now());
    if (queue.batch.length > 0) {
      queue.phase = 'ready';
      ready.add(queue);
      return;
    }
    queue.phase = 'idle';
    if (queue.waiting.length > 0) intake.dirty.add(queue);
  }

  /** Divides what is ready among the free flushes. */
  function startFlush(): void {
    let ops = 0;
    for (const { batch } of ready) ops += batch.length;
    const queues = nextFlush(ready, Math.max(MIN_OPS_BESIDE, Math.ceil(ops / (MAX_FLUSHES - flushes))));
    let stored = 0;
    for (const queue of queues) {
      ready.delete(queue);
      queue.phase = 'flushing';
      stored += queue.batch.length;
    }
    flushes++;
    flush(queues)
      .catch(onDefect)
      .finally(() => {
        flushes--;
        if (flushes === 0) gather(stored);
        intake.schedule();
      });
  }

  intake.onWork(pump);
}
