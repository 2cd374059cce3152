import { isPersonal, ownerOf } from '#protocol/ids.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { newestScheduled } from '#server/streams/stream-state.ts';
import type { ScheduledJobs } from './scheduled-jobs.ts';

/** Keeps one job for each message that waits for its time, as its author's stream says last. [SM3] */
export function createNoteScheduled(
  jobs: Pick<ScheduledJobs, 'put' | 'putIfMissing' | 'remove'>,
  onQueued: (dueAt: number) => void,
): Consumer {
  return {
    name: 'scheduled',
    from: 'now',
    async handle(stream, entries) {
      if (!isPersonal(stream)) return;
      let next = Number.POSITIVE_INFINITY;
      for (const [place, { record }] of newestScheduled(entries)) {
        const { message } = record;
        if (message === null || message.failure !== undefined) {
          await jobs.remove(place);
          continue;
        }
        const dueAt = Date.parse(message.dueAt);
        const job = { place, userId: ownerOf(stream), scheduledId: message.id, dueAt };
        // The job of one that is leaving counts its tries, unless these entries come again and an earlier one has removed it.
        await (message.isLeaving === true ? jobs.putIfMissing(job) : jobs.put(job));
        next = Math.min(next, dueAt);
      }
      // Not before all are noted, which may be due already: they leave in the order of their times.
      if (next < Number.POSITIVE_INFINITY) onQueued(next);
    },
  };
}
