import type { Batches } from '#server/streams/batches.ts';
import type { Announce, Announcement } from '#server/streams/announcement.ts';
import type { Entry } from '#server/streams/entry.ts';
import { withinTime } from '#server/streams/with-deadline.ts';
import { announcementOf, moveOf } from './announce.ts';
import type { ComposedOp, StartFollowUp } from './compose.ts';
import type { Intake } from './intake.ts';
import { requeue } from './isolate.ts';
import type { StreamQueue } from './stream-queue.ts';
import { outcomeOf } from './task.ts';

export interface FlushParts {
  intake: Intake;
  batches: Pick<Batches, 'insert'>;
  announce: Announce;
  startFollowUp: StartFollowUp;
  now: () => number;
  /** A bulk write that takes longer is given up on, and its queues read the store again before they use later revs. */
  deadlineMs: number;
  /** The queue's batch is durable, and the queue may go on with its next ops. */
  release(queue: StreamQueue): void;
  /** The outcome of these queues' batches is unknown. */
  failed(queues: readonly StreamQueue[], error: unknown): void;
}

/** Writes the batches of several queues with one ordered bulk write, then announces and answers what became durable. [AP1] */
export function createFlush({
  intake,
  batches,
  announce,
  startFollowUp,
  now,
  deadlineMs,
  release,
  failed,
}: FlushParts): (queues: readonly StreamQueue[]) => Promise<void> {
  /**
   * The first `written` of all the entries are stored. The queue in which they end met a conflict and decides the rest of its
   * batch again; the queues after it are returned, because they must be written again.
   */
  function stored(queues: readonly StreamQueue[], written: number): readonly StreamQueue[] {
    const batches: { queue: StreamQueue; ops: ComposedOp[] }[] = [];
    let next = 0;
    let rest = written;
    for (; next < queues.length; next++) {
      const queue = queues[next] as StreamQueue;
      const size = queue.batch.reduce((sum, { entries }) => sum + entries.length, 0);
      if (size > rest) break;
      rest -= size;
      batches.push({ queue, ops: queue.batch });
      queue.batch = [];
    }
    const conflicted = queues[next];
    if (conflicted !== undefined) {
      const { batch } = conflicted;
      const lost = batch.findIndex(({ entries }) => (rest -= entries.length) < 0);
      conflicted.batch = [];
      requeue(conflicted, batch.slice(lost));
      batches.push({ queue: conflicted, ops: batch.slice(0, lost) });
    }
    const announcements: Announcement[] = [];
    for (const { queue, ops } of batches) if (ops.length > 0) announcements.push(announcementOf(queue, ops));
    if (announcements.length > 0) announce(announcements);
    for (const { queue, ops } of batches) answer(queue, ops);
    return queues.slice(next + 1);
  }

  function answer(queue: StreamQueue, ops: readonly ComposedOp[]): void {
    const blocking: Promise<unknown>[] = [];
    for (const op of ops) {
      const settle = () => intake.settle(op.task, outcomeOf(op.entries[0] as Entry));
      if (op.followUp === undefined) {
        settle();
        continue;
      }
      const { blocks, work } = startFollowUp(op, op.followUp);
      if (blocks === 'nothing') settle();
      // The op is durable. Even if the rest fails now, the server finishes it later, so the answer is `ok` in both cases.
      const answered = work?.then(settle, settle);
      if (blocks === 'next op' && answered !== undefined) blocking.push(answered);
    }
    if (blocking.length === 0) return release(queue);
    queue.phase = 'finishing';
    void Promise.all(blocking).then(() => release(queue));
  }

  return async (queues) => {
    let left = queues;
    try {
      let moves = left.map((queue) => moveOf(queue, now()));
      while (left.length > 0) {
        const entries = left.flatMap(({ batch }) => batch.flatMap((op) => op.entries));
        const { written } = await withinTime(batches.insert(entries, moves), deadlineMs);
        moves = []; // the batch is stored, and names the streams that are written again too
        left = stored(left, written);
      }
    } catch (error) {
      failed(left, error);
    }
  };
}
