import { isPersonal, ownerOf } from '#protocol/ids.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { newestScheduled } from '#server/streams/stream-state.ts';
import type { NewJob, ScheduledJobs } from './scheduled-jobs.ts';

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
      const waiting: { job: NewJob; isLeaving: boolean }[] = [];
      for (const [place, { record }] of newestScheduled(entries)) {
        const { message, rev } = record;
        if (message === null || message.failure !== undefined) {
          await jobs.remove(place);
          continue;
        }
        const job = { place, userId: ownerOf(stream), rev, dueAt: Date.parse(message.dueAt) };
        waiting.push({ job, isLeaving: message.isLeaving === true });
      }
      // What is due already may be sent while the rest is being noted, so the first to leave is noted first.
      waiting.sort((a, b) => a.job.dueAt - b.job.dueAt);
      for (const { job, isLeaving } of waiting) {
        // The job of one that is leaving counts its tries, unless these entries come again and an earlier one has removed it.
        await (isLeaving ? jobs.putIfMissing(job) : jobs.put(job));
      }
      if (waiting[0] !== undefined) onQueued(waiting[0].job.dueAt);
    },
  };
}
