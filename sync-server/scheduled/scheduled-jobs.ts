import type { Connection } from 'mongoose';
import type { UserId } from '#protocol/ids.ts';

/** A scheduled message. Its content is on its author's stream, which also decides whether it is due. */
export interface ScheduledJob {
  /** Its place on its author's stream. */
  place: string;
  userId: UserId;
  /** The rev of the record in this place from which it was noted. */
  rev: number;
  /** Milliseconds since 1970. */
  dueAt: number;
  /** When it is tried next: at its time, or later after a failure. */
  nextAt: number;
  /** Failures so far. */
  tries: number;
}

export type NewJob = Omit<ScheduledJob, 'nextAt' | 'tries'>;

type Row = Omit<ScheduledJob, 'place'> & { _id: string };

/** Durable, and updated by a follower of the people's streams, so a job may be stale, but is never missing for long. */
export interface ScheduledJobs {
  put(job: NewJob): Promise<void>;
  /** The same, unless there is a job for this place already. */
  putIfMissing(job: NewJob): Promise<void>;
  remove(place: string): Promise<void>;
  /** All jobs whose time has come, in the order of their times, including postponed ones. */
  due(now: number): AsyncIterable<ScheduledJob>;
  /** Counts a failure and postpones the job to that time, unless it was replaced meanwhile. */
  putOff(job: ScheduledJob, nextAt: number): Promise<void>;
  /** The job is done: removes it, unless it was replaced meanwhile. */
  end(job: ScheduledJob): Promise<void>;
  /** The earliest time after this one. */
  nextDue(now: number): Promise<number | undefined>;
}

export async function openScheduledJobs(connection: Connection): Promise<ScheduledJobs> {
  const rows = connection.collection<Row>('scheduled_jobs');
  await rows.createIndex({ dueAt: 1 }, { name: 'due' }, {});
  const row = ({ place: _, ...job }: NewJob) => ({ ...job, nextAt: job.dueAt, tries: 0 });
  const same = ({ place, rev, tries }: ScheduledJob) => ({ _id: place, rev, tries });
  return {
    async put(job) {
      await rows.updateOne({ _id: job.place }, { $set: row(job) }, { upsert: true });
    },
    async putIfMissing(job) {
      await rows.updateOne({ _id: job.place }, { $setOnInsert: row(job) }, { upsert: true });
    },
    async remove(place) {
      await rows.deleteOne({ _id: place });
    },
    async *due(now) {
      for await (const { _id: place, ...job } of rows.find({ dueAt: { $lte: now } }).sort({ dueAt: 1 })) {
        yield { place, ...job };
      }
    },
    async putOff(job, nextAt) {
      await rows.updateOne(same(job), { $set: { nextAt, tries: job.tries + 1 } });
    },
    async end(job) {
      await rows.deleteOne(same(job));
    },
    async nextDue(now) {
      const [next] = await rows
        .find({ dueAt: { $gt: now } })
        .sort({ dueAt: 1 })
        .limit(1)
        .toArray();
      return next?.dueAt;
    },
  };
}
