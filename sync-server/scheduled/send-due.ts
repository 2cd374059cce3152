import type { UserId } from '#protocol/ids.ts';
import { type Log, safeError } from '#server/logging.ts';
import type { SendScheduled } from '#server/streams/send-scheduled.ts';
import type { ScheduledJob, ScheduledJobs } from './scheduled-jobs.ts';

/** The longest time until a clock that was set forward, or a job that another server has noted, is noticed. */
const LOOK_MS = 5_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;
/** After this many failures of the server itself, the author is told instead. */
const MAX_TRIES = 12;

export interface SendDueParts {
  jobs: ScheduledJobs;
  send: SendScheduled;
  /** Only one of several servers sends, so that messages are sent in the order of their times. */
  mayWork(): boolean;
  now: () => number;
  log: Log;
}

export interface SendDue {
  /** Something is to be sent at that time. */
  dueAt(at: number): void;
  close(): Promise<void>;
}

/** Sends due messages one after the other, in the order of their times, including those that became due while the server was down. */
export function startSendDue({ jobs, send, mayWork, now, log }: SendDueParts): SendDue {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lookAt = Number.POSITIVE_INFINITY;
  let working: Promise<void> | undefined;
  let isClosed = false;

  function dueAt(at: number): void {
    if (isClosed || at >= lookAt) return;
    lookAt = at;
    if (working !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(start, Math.min(LOOK_MS, Math.max(0, at - now()))).unref();
  }

  function start(): void {
    lookAt = Number.POSITIVE_INFINITY;
    working = lookAndWait();
  }

  async function lookAndWait(): Promise<void> {
    const next = await look();
    working = undefined;
    // Jobs that were noted meanwhile may be due earlier.
    const at = Math.min(next, lookAt);
    lookAt = Number.POSITIVE_INFINITY;
    dueAt(at);
  }

  /** Resolves to when to look again. Never rejects. */
  async function look(): Promise<number> {
    try {
      const looked = now();
      const retryAt = mayWork() ? await sendAll(looked) : Infinity;
      return Math.min(now() + LOOK_MS, retryAt, mayWork() ? ((await jobs.nextDue(looked)) ?? Infinity) : Infinity);
    } catch (error) {
      log.warn({ error: safeError(error) }, 'scheduled messages wait for the database');
      return now() + LOOK_MS;
    }
  }

  /** Resolves to when the first failed one is tried again. Later messages of the same person wait for it. */
  async function sendAll(looked: number): Promise<number> {
    const retryAt = new Map<UserId, number>();
    for await (const job of jobs.due(looked)) {
      if (isClosed || !mayWork()) break;
      const { userId } = job;
      if (retryAt.has(userId)) continue;
      const nextAt = job.nextAt > looked ? job.nextAt : await sendOne(job);
      if (nextAt !== undefined) retryAt.set(userId, nextAt);
    }
    return Math.min(...retryAt.values());
  }

  /** Resolves to when it is tried again, if it is. */
  async function sendOne(job: ScheduledJob): Promise<number | undefined> {
    const { userId, place, tries } = job;
    const end = await send(userId, place, tries >= MAX_TRIES).catch((error: unknown) => {
      log.warn({ error: safeError(error) }, 'a scheduled message could not be sent and is tried again');
      return 'again' as const;
    });
    // Its time was changed, and the follower is about to note that.
    if (end === 'early') return undefined;
    if (end === 'over') {
      await jobs.end(job);
      return undefined;
    }
    const nextAt = now() + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** tries);
    await jobs.putOff(job, nextAt);
    return nextAt;
  }

  dueAt(0);
  return {
    dueAt,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await working;
    },
  };
}
