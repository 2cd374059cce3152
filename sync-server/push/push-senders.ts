import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';

/** Milliseconds. */
export interface SenderTimes {
  /** How often a sending server updates its beat. */
  beatMs: number;
  /** A server whose beat has not changed for this long has ended. */
  deadMs: number;
}

/** The servers that send pushes, of which one may be killed while it has claimed jobs. */
export interface PushSenders {
  /** Identifies this process; its claims have this name. */
  readonly self: string;
  /** Runs the work, and keeps this server's beat going meanwhile; jobs may be claimed within. */
  whileBeating<T>(work: () => Promise<T>): Promise<T>;
  /** Other servers that have ended. Each is returned to one caller, which then releases its claims. */
  takeEnded(): Promise<string[]>;
}

/**
 * No clocks are compared: each server watches by its own monotonic clock whether another server's beat still changes. A server
 * that was only paused may send jobs that another one has taken over, but a device ignores a push that it gets twice. [PU3]
 */
export function openPushSenders(
  connection: Connection,
  { beatMs, deadMs }: SenderTimes,
  onFailure: (error: unknown) => void,
  monotonicMs: () => number = () => performance.now(),
): PushSenders {
  const rows = connection.collection<{ _id: string; beat: number }>('push_senders');
  const self = randomUUID();
  const seen = new Map<string, { beat: number; since: number }>();
  const beat = () => rows.updateOne({ _id: self }, { $inc: { beat: 1 } }, { upsert: true });
  return {
    self,
    async whileBeating(work) {
      await beat();
      // A lost beat is only one of several.
      let beating: Promise<unknown> = Promise.resolve();
      const timer = setInterval(() => {
        beating = beat().catch(onFailure);
      }, beatMs);
      try {
        return await work();
      } finally {
        clearInterval(timer);
        await beating;
      }
    },
    async takeEnded() {
      const now = monotonicMs();
      const taken: string[] = [];
      for (const { _id, beat: present } of await rows.find({}).toArray()) {
        const { beat: before, since } = seen.get(_id) ?? { beat: undefined, since: now };
        if (_id === self) continue;
        if (before !== present) seen.set(_id, { beat: present, since: now });
        else if (now - since >= deadMs) {
          seen.delete(_id);
          // Unless it has just resumed, or another server was faster.
          if ((await rows.deleteOne({ _id, beat: present })).deletedCount === 1) taken.push(_id);
        }
      }
      return taken;
    },
  };
}
