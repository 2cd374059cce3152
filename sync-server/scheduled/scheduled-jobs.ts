import type { Connection } from 'mongoose';
import type { OpId, UserId } from '#protocol/ids.ts';

/** A message that is to be sent. What it says is on its author's stream, which also decides whether it is due. */
export interface ScheduledJob {
  /** Where it waits on its author's stream. */
  place: string;
  userId: UserId;
  scheduledId: OpId;
  /** Milliseconds since 1970. */
  dueAt: number;
  /** Failures so far. */
  tries: number;
}

interface Row {
  _id: string;
  userId: UserId;
  scheduledId: OpId;
  dueAt: number;
  /** When it is looked at next. */
  nextAt: number;
  tries: number;
}

/** Durable, and kept by a follower of the people's streams, so a job may be out of date, and never missing for long. */
export interface ScheduledJobs {
  put(job: Omit<ScheduledJob, 'tries'>): Promise<void>;
  /** The same where there is none for this place; otherwise that one goes on. */
  putIfMissing(job: Omit<ScheduledJob, 'tries'>): Promise<void>;
  remove(place: string): Promise<void>;
  /** Those to be looked at now, in the order of their times. */
  due(now: number, limit: number): Promise<ScheduledJob[]>;
  /** Looked at without an end: again then, unless it was put anew meanwhile. */
  putOff(job: ScheduledJob, nextAt: number): Promise<void>;
  /** When the next one is to be looked at. */
  nextAt(): Promise<number | undefined>;
}

export async function openScheduledJobs(connection: Connection): Promise<ScheduledJobs> {
  const rows = connection.collection<Row>('scheduled_jobs');
  await rows.createIndex({ nextAt: 1 }, { name: 'next' }, {});
  return {
    async put({ place, ...job }) {
      const row = { ...job, nextAt: job.dueAt, tries: 0 };
      await rows.updateOne({ _id: place }, { $set: row }, { upsert: true });
    },
    async putIfMissing({ place, ...job }) {
      const row = { ...job, nextAt: job.dueAt, tries: 0 };
      await rows.updateOne({ _id: place }, { $setOnInsert: row }, { upsert: true });
    },
    async remove(place) {
      await rows.deleteOne({ _id: place });
    },
    async due(now, limit) {
      const found = await rows
        .find({ nextAt: { $lte: now } })
        .sort({ nextAt: 1 })
        .limit(limit)
        .toArray();
      return found
        .map(({ _id: place, nextAt: _, ...job }) => ({ place, ...job }))
        .toSorted((a, b) => a.dueAt - b.dueAt);
    },
    async putOff({ place, scheduledId, dueAt, tries }, nextAt) {
      await rows.updateOne({ _id: place, scheduledId, dueAt, tries }, { $set: { nextAt, tries: tries + 1 } });
    },
    async nextAt() {
      const [next] = await rows.find({}).sort({ nextAt: 1 }).limit(1).toArray();
      return next?.nextAt;
    },
  };
}
