import type { Connection } from 'mongoose';
import type { ConversationId, DeviceId, UserId } from '#protocol/ids.ts';
import { inBackground } from '#server/database/in-background.ts';

/** A notification for one device about one chat. The job stays after it was done, so that nothing is sent twice. */
export interface PushJob {
  device: DeviceId;
  userId: UserId;
  stream: ConversationId;
  /** The newest message of which the device should be notified. */
  seq: number;
  /** The newest message that has been dealt with: pushed, read, or not to be pushed. */
  doneSeq: number;
  /** The message for which the push was put off on purpose, because the app was visible or the person has quiet hours. */
  waitedSeq?: number;
  /** Failures since the last success. */
  tries: number;
  /** Whether the device may show a notification of this chat. */
  isShown?: boolean;
}

type Stored = PushJob & { _id: string; dueAt?: number; queuedAt: number; claim?: string };

export type NewPush = Pick<PushJob, 'device' | 'userId' | 'stream' | 'seq'>;

/** Durable: queued messages are pushed even after a crash, and pushed ones are not queued again. */
export interface PushJobs {
  /** Queues pushes for `dueAt`, or earlier if the same chat was queued before. Repeating it changes nothing. */
  queue(pushes: readonly NewPush[], dueAt: number): Promise<void>;
  /** The jobs that are due, for this caller alone until `claimedUntil`. `sender` is its name. */
  claim(sender: string, now: number, claimedUntil: number, limit: number): Promise<PushJob[]>;
  /** These senders, or all, have ended: releases their claims, so that the jobs are due at once. */
  releaseClaims(now: number, senders?: readonly string[]): Promise<void>;
  /** Releases jobs that were claimed and not started: they are due at once. */
  release(jobs: readonly PushJob[], now: number): Promise<void>;
  /** Makes jobs of these devices that were put off on purpose, and are not due before `after`, due at once. */
  releaseHeld(devices: readonly DeviceId[], after: number, now: number): Promise<void>;
  /** Marks each as dealt with up to its `seq`; a job with a newer message is due again at once. */
  done(jobs: readonly PushJob[], now: number): Promise<void>;
  /** Schedules a retry for that time. */
  putOff(job: PushJob, until: number, change: Partial<Pick<PushJob, 'tries' | 'waitedSeq'>>): Promise<void>;
  /** For each of these devices, the chats of which it may show a notification, the newest first. */
  shown(devices: readonly DeviceId[], now: number): Promise<PushJob[][]>;
  /** The device has been told that these chats are read. */
  closed(jobs: readonly PushJob[]): Promise<void>;
  forget(job: Pick<PushJob, 'device' | 'stream'>): Promise<void>;
  /** Removes all jobs of these devices. */
  forgetDevices(devices: readonly DeviceId[]): Promise<void>;
  /** When the next job is due, milliseconds since 1970. */
  nextDue(): Promise<number | undefined>;
}

const WRITES = 500;
/** How many chats' marks a push carries. */
const MOST_SHOWN = 10;
/** Nobody looks at an older notification, and the messages are on the device once the app is opened. */
const SHOWN_MS = 3 * 86_400_000;

/** The names of a device's jobs start with the device's name, and a blank sorts before "!". */
const jobsOf = (device: DeviceId) => ({ $gte: `${device} `, $lt: `${device}!` });

const idOf = ({ device, stream }: Pick<PushJob, 'device' | 'stream'>) => `${device} ${stream}`;

export async function openPushJobs(connection: Connection): Promise<PushJobs> {
  const jobs = connection.collection<Stored>('push_jobs');
  await jobs.createIndex({ dueAt: 1 }, { name: 'due', partialFilterExpression: { dueAt: { $gt: 0 } } }, {});
  await jobs.createIndex({ device: 1, queuedAt: 1 }, { name: 'shown', partialFilterExpression: { isShown: true } }, {});
  return {
    async queue(pushes, dueAt) {
      const writes = pushes.map((push) => ({
        updateOne: {
          filter: { _id: idOf(push) },
          update: {
            $setOnInsert: { device: push.device, userId: push.userId, stream: push.stream, doneSeq: 0, tries: 0 },
            $max: { seq: push.seq },
            $min: { dueAt },
            $set: { queuedAt: dueAt },
          },
          upsert: true,
        },
      }));
      for (let at = 0; at < writes.length; at += WRITES)
        await jobs.bulkWrite(writes.slice(at, at + WRITES), { ordered: false, ...inBackground });
    },
    async claim(sender, now, claimedUntil, limit) {
      const isDue = { dueAt: { $gt: 0, $lte: now } };
      const due = await jobs.find(isDue).sort({ dueAt: 1 }).limit(limit).toArray();
      if (due.length === 0) return [];
      const _id = { $in: due.map((job) => job._id) };
      // If two servers claim at the same time, each gets the jobs that it has marked.
      const { modifiedCount } = await jobs.updateMany(
        { _id, ...isDue },
        { $set: { dueAt: claimedUntil, claim: sender } },
      );
      // A newer message that was queued since the read keeps its job due: see `done`.
      if (modifiedCount === due.length) return due.map(jobOf);
      return (await jobs.find({ _id, dueAt: claimedUntil, claim: sender }).toArray()).map(jobOf);
    },
    async releaseClaims(now, senders) {
      const claim = senders === undefined ? { $gt: '' } : { $in: [...senders] };
      await jobs.updateMany({ dueAt: { $gt: now }, claim }, { $set: { dueAt: now }, $unset: { claim: 1 } });
    },
    async release(claimed, now) {
      if (claimed.length === 0) return;
      await jobs.updateMany({ _id: { $in: claimed.map(idOf) } }, { $set: { dueAt: now }, $unset: { claim: 1 } });
    },
    async releaseHeld(devices, after, now) {
      const isHeld = { dueAt: { $gt: after }, waitedSeq: { $gt: 0 }, tries: 0, claim: { $exists: false } };
      for (const device of devices) await jobs.updateMany({ _id: jobsOf(device), ...isHeld }, { $set: { dueAt: now } });
    },
    async done(dealt, now) {
      const alike = new Map<string, PushJob[]>();
      for (const job of dealt) {
        const key = `${job.seq} ${job.isShown === true}`;
        alike.set(key, [...(alike.get(key) ?? []), job]);
      }
      // One message is pushed to many devices, and one write ends all their jobs.
      for (const [first, ...more] of alike.values()) {
        if (first === undefined) continue;
        const { seq, isShown = false } = first;
        const _id = { $in: [first, ...more].map(idOf) };
        const set = { doneSeq: seq, tries: 0, isShown };
        const { matchedCount } = await jobs.updateMany(
          { _id, seq },
          { $set: set, $unset: { dueAt: 1, waitedSeq: 1, claim: 1 } },
        );
        if (matchedCount > more.length) continue;
        await jobs.updateMany({ _id, seq: { $gt: seq } }, { $set: set, $min: { dueAt: now }, $unset: { claim: 1 } });
      }
    },
    async putOff(job, until, change) {
      await jobs.updateOne({ _id: idOf(job) }, { $set: { dueAt: until, ...change }, $unset: { claim: 1 } });
    },
    async shown(devices, now) {
      const found = await jobs
        .find({ device: { $in: [...devices] }, isShown: true, queuedAt: { $gt: now - SHOWN_MS } })
        .toArray();
      const newest = found.toSorted((a, b) => b.queuedAt - a.queuedAt);
      return devices.map((device) =>
        newest
          .filter((job) => job.device === device)
          .slice(0, MOST_SHOWN)
          .map(jobOf),
      );
    },
    async closed(closing) {
      if (closing.length === 0) return;
      await jobs.updateMany({ _id: { $in: closing.map(idOf) } }, { $set: { isShown: false } });
    },
    async forget(job) {
      await jobs.deleteOne({ _id: idOf(job) });
    },
    async forgetDevices(devices) {
      for (const device of devices) await jobs.deleteMany({ _id: jobsOf(device) });
    },
    async nextDue() {
      const [next] = await jobs
        .find({ dueAt: { $gt: 0 } })
        .sort({ dueAt: 1 })
        .limit(1)
        .toArray();
      return next?.dueAt;
    },
  };
}

function jobOf({ dueAt: _, claim: __, ...job }: Stored): PushJob {
  return job;
}
