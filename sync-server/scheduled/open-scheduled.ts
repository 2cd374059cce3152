import type { Connection } from 'mongoose';
import type { Consumer } from '#server/followers/consumer.ts';
import type { FollowerStore } from '#server/followers/follower-store.ts';
import { HeldLease } from '#server/followers/lease.ts';
import { defaultTiming } from '#server/followers/timing.ts';
import type { Log } from '#server/logging.ts';
import type { SendScheduled } from '#server/streams/send-scheduled.ts';
import { createNoteScheduled } from './note-scheduled.ts';
import { openScheduledJobs } from './scheduled-jobs.ts';
import { type SendDue, startSendDue } from './send-due.ts';

export interface Scheduled {
  consumer: Consumer;
  start(send: SendScheduled): void;
  close(): Promise<void>;
}

interface ScheduledParts {
  connection: Connection;
  /** Whether other servers send too. */
  isShared: boolean;
  followers: FollowerStore;
  now: () => number;
  log: Log;
  onDefect: (error: unknown) => void;
}

/** Scheduled messages: jobs are noted by following the people's streams, and sent when they are due. */
export async function openScheduled({
  connection,
  isShared,
  followers,
  now,
  log,
  onDefect,
}: ScheduledParts): Promise<Scheduled> {
  const jobs = await openScheduledJobs(connection);
  let sending: SendDue | undefined;
  let lease: HeldLease | undefined;
  return {
    consumer: createNoteScheduled(jobs, (dueAt) => sending?.dueAt(dueAt)),
    start(send) {
      if (isShared)
        lease = new HeldLease({
          consumer: 'scheduled-sending',
          store: followers,
          holder: crypto.randomUUID(),
          leaseMs: defaultTiming.leaseMs,
          onGained: () => sending?.dueAt(0),
          onDefect,
        });
      sending = startSendDue({ jobs, send, mayWork: () => !isShared || lease?.isHeld === true, now, log });
    },
    async close() {
      await sending?.close();
      await lease?.close();
    },
  };
}
