import { isPersonal, ownerOf } from '#protocol/ids.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { newestScheduled } from '#server/streams/stream-state.ts';
import type { NewJob, ScheduledJobs } from './scheduled-jobs.ts';

/** Keeps one job for each scheduled message, following the latest state of its author's stream. [SM3] */
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
      // Jobs that are already due may be sent while the rest is being noted, so the earliest is noted first.
      waiting.sort((a, b) => a.job.dueAt - b.job.dueAt);
      for (const { job, isLeaving } of waiting) {
        // The job of a message that is being sent counts its tries, unless these entries come again and the job was removed before.
        await (isLeaving ? jobs.putIfMissing(job) : jobs.put(job));
      }
      if (waiting[0] !== undefined) onQueued(waiting[0].job.dueAt);
    },
  };
}
