import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { ConversationId, DeviceId, UserId } from '#protocol/ids.ts';

/** What one device is to be notified of in one chat. It stays after it was done, so that nothing is sent twice. */
export interface PushJob {
  device: DeviceId;
  userId: UserId;
  stream: ConversationId;
  /** The newest message that the device should know of. */
  seq: number;
  /** The newest message that is dealt with: pushed, read, or not to be pushed. */
  doneSeq: number;
  /** The message for which the push was put off on purpose: the device looked at the app, or its person wants quiet. */
  waitedSeq?: number;
  /** Failures since the last success. */
  tries: number;
}

type Stored = PushJob & { _id: string; dueAt?: number; queuedAt: number; claim?: string };

export type NewPush = Pick<PushJob, 'device' | 'userId' | 'stream' | 'seq'>;

/** Durable: what was queued is pushed after a crash too, and what was pushed is not queued again. */
export interface PushJobs {
  /** Queues pushes for `dueAt`, or earlier if the same chat was queued before. Repeating it changes nothing. */
  queue(pushes: readonly NewPush[], dueAt: number): Promise<void>;
  /** The jobs that are due, for this caller alone until `claimedUntil`. */
  claim(now: number, claimedUntil: number, limit: number): Promise<PushJob[]>;
  /** Every claim is of a process that has ended: they are due at once. */
  releaseClaims(now: number): Promise<void>;
  /** Each is dealt with up to its `seq`; it is due again at once if there is a newer message. */
  done(jobs: readonly PushJob[], now: number): Promise<void>;
  /** To be tried again then. */
  putOff(job: PushJob, until: number, change: Partial<Pick<PushJob, 'tries' | 'waitedSeq'>>): Promise<void>;
  /** The chats that this device was to be notified of last. */
  recent(device: DeviceId): Promise<PushJob[]>;
  forget(job: Pick<PushJob, 'device' | 'stream'>): Promise<void>;
  /** All that these devices were or are to be notified of. */
  forgetDevices(devices: readonly DeviceId[]): Promise<void>;
  /** When the next job is due, milliseconds since 1970. */
  nextDue(): Promise<number | undefined>;
}

const WRITES = 500;
/** Each costs a read per push. */
const RECENT = 10;

const idOf = ({ device, stream }: Pick<PushJob, 'device' | 'stream'>) => `${device} ${stream}`;

export async function openPushJobs(connection: Connection): Promise<PushJobs> {
  const jobs = connection.collection<Stored>('push_jobs');
  await jobs.createIndex({ dueAt: 1 }, { name: 'due', partialFilterExpression: { dueAt: { $gt: 0 } } }, {});
  await jobs.createIndex({ device: 1, queuedAt: 1 }, { name: 'device' }, {});
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
        await jobs.bulkWrite(writes.slice(at, at + WRITES), { ordered: false });
    },
    async claim(now, claimedUntil, limit) {
      const isDue = { dueAt: { $gt: 0, $lte: now } };
      const due = await jobs.find(isDue).sort({ dueAt: 1 }).limit(limit).toArray();
      if (due.length === 0) return [];
      const _id = { $in: due.map((job) => job._id) };
      // Of two servers, each gets what it marked: one write and one read, however many jobs there are.
      const claim = randomUUID();
      await jobs.updateMany({ _id, ...isDue }, { $set: { dueAt: claimedUntil, claim } });
      const claimed = await jobs.find({ _id, claim }).toArray();
      return claimed.map(({ dueAt: _, claim: __, ...job }) => job);
    },
    async releaseClaims(now) {
      const release = { $set: { dueAt: now }, $unset: { claim: 1 } } as const;
      await jobs.updateMany({ dueAt: { $gt: now }, claim: { $gt: '' } }, release);
    },
    async done(dealt, now) {
      const writes = dealt.flatMap(({ seq, ...job }) => {
        const _id = idOf(job);
        const done = { doneSeq: seq, tries: 0 };
        return [
          {
            updateOne: {
              filter: { _id, seq },
              update: { $set: done, $unset: { dueAt: 1, waitedSeq: 1, claim: 1 } } as const,
            },
          },
          {
            updateOne: {
              filter: { _id, seq: { $gt: seq } },
              update: { $set: done, $min: { dueAt: now }, $unset: { claim: 1 } } as const,
            },
          },
        ];
      });
      if (writes.length > 0) await jobs.bulkWrite(writes, { ordered: false });
    },
    async putOff(job, until, change) {
      await jobs.updateOne({ _id: idOf(job) }, { $set: { dueAt: until, ...change }, $unset: { claim: 1 } });
    },
    recent: async (device) => jobs.find({ device }).sort({ device: -1, queuedAt: -1 }).limit(RECENT).toArray(),
    async forget(job) {
      await jobs.deleteOne({ _id: idOf(job) });
    },
    async forgetDevices(devices) {
      await jobs.deleteMany({ device: { $in: [...devices] } });
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
