import type { DeviceId, UserId } from '#protocol/ids.ts';
import type { NotificationSettings, PushTried } from '#protocol/push.ts';
import { type Log, safeError } from '#server/logging.ts';
import { gatheredReads } from './gathered-reads.ts';
import { payloadOf } from './payload.ts';
import { type SettingsOfPeople, unchanged } from './notification-settings.ts';
import type { PushAnswer } from './post-push.ts';
import { type DecidePush, type DecisionParts, createPushDecisions } from './push-decisions.ts';
import type { PushJob, PushJobs } from './push-jobs.ts';
import type { PushMetrics } from './push-metrics.ts';
import type { PushSenders } from './push-senders.ts';
import { quietUntil } from './quiet-hours.ts';
import type { SendPush } from './send-push.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface DeliverParts extends DecisionParts {
  jobs: PushJobs;
  /** The senders of all servers; absent if this server is alone. */
  senders: PushSenders | undefined;
  subscriptions: Subscriptions;
  settings: Pick<SettingsOfPeople, 'ofAll'>;
  /** Which of these sessions are still valid. */
  activeSessions(sessionIds: readonly string[]): Promise<Set<string>>;
  /** Whether the app is visible on this device now, as far as this server knows. */
  isVisible(userId: UserId, device: string): boolean;
  send: SendPush;
  random: () => number;
  times: PushTimes;
  metrics: Omit<PushMetrics, 'read'>;
  log: Log;
}

/** Milliseconds. */
export interface PushTimes {
  waitMs: number;
  /** A device with a visible app may have disappeared without closing its socket, which is noticed within this time. */
  visibleMs: number;
  retryMs: number;
  maxRetryMs: number;
  /** How often to look for jobs that other servers queued, or that were queued before a crash. */
  pollMs: number;
  /** See the servers that send. */
  beatMs: number;
  deadMs: number;
}

export const defaultTimes: PushTimes = {
  waitMs: 2_000,
  visibleMs: 45_000,
  retryMs: 1_000,
  maxRetryMs: 900_000,
  pollMs: 5_000,
  beatMs: 2_000,
  deadMs: 9_000,
};

const AT_ONCE = 32;
/** An `$in` of up to this many values is looked up point by point. */
const PAGE = 200;
/** How many outcomes are written together; after a crash, this many pushes may be sent twice. */
const ENDED_TOGETHER = 16;
/**
 * Longer than a page of pushes takes if the service is silent. After a crash, nobody waits for it: a server that starts alone
 * releases all claims, and another server sees that this one has ended.
 */
const CLAIM_MS = 120_000;
const MAX_TRIES = 12;

/** The data that the jobs of one page share, read once. */
interface Page {
  subscriptions: ReadonlyMap<DeviceId, Subscription>;
  activeSessions: ReadonlySet<string>;
  settings: ReadonlyMap<UserId, NotificationSettings>;
  decide: DecidePush;
  shownOn(device: DeviceId): Promise<PushJob[]>;
}

/** Sends the pushes that are due, here and at the next start. */
export class PushDelivery {
  readonly #parts: DeliverParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(parts: DeliverParts) {
    this.#parts = parts;
  }

  /** Something is to be sent at that time. The first call is for jobs that an earlier process left. */
  dueAt(at: number): void {
    if (this.#isClosed || at >= this.#dueAt) return;
    this.#dueAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), Math.max(0, at - this.#parts.now())).unref();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #start(): void {
    if (this.#running !== undefined) return;
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#running = this.#deliverAndWait();
  }

  async #deliverAndWait(): Promise<void> {
    const next = await this.deliverDue();
    this.#running = undefined;
    // Jobs that were queued meanwhile may be due earlier.
    const at = Math.min(next, this.#dueAt);
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.dueAt(at);
  }

  /** Sends everything that is due. Resolves to when to look again. Never rejects. */
  async deliverDue(): Promise<number> {
    const { jobs, senders, now, log, times } = this.#parts;
    try {
      if (senders === undefined) await this.#deliverPages('alone');
      else {
        // Jobs claimed by a server that has ended are due at once.
        const ended = await senders.takeEnded();
        if (ended.length > 0) await jobs.releaseClaims(now(), ended);
        if (((await jobs.nextDue()) ?? Number.POSITIVE_INFINITY) <= now())
          await senders.whileBeating(() => this.#deliverPages(senders.self));
      }
      return Math.min(now() + times.pollMs, (await jobs.nextDue()) ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      log.warn({ error: safeError(error) }, 'pushes wait for the database');
      return now() + times.pollMs;
    }
  }

  async #deliverPages(sender: string): Promise<void> {
    const { jobs, now } = this.#parts;
    for (let isMore = true; isMore && !this.#isClosed;) {
      const claimed = await jobs.claim(sender, now(), now() + CLAIM_MS, PAGE);
      isMore = claimed.length === PAGE;
      await this.#deliverAll(claimed);
    }
  }

  async #deliverAll(claimed: readonly PushJob[]): Promise<void> {
    const { jobs, now } = this.#parts;
    const page = await this.#read(claimed);
    const waiting = [...claimed];
    let ended: PushJob[] = [];
    const take = async () => {
      for (let job = this.#next(waiting); job !== undefined; job = this.#next(waiting)) {
        const end = await this.#deliver(job, page);
        if (end !== undefined) ended.push(end);
        if (ended.length < ENDED_TOGETHER) continue;
        const together = ended;
        ended = [];
        await jobs.done(together, now());
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, claimed.length) }, take));
    await jobs.done(ended, now());
    await jobs.release(waiting, now());
  }

  /** No further ones once this closes. */
  #next(waiting: PushJob[]): PushJob | undefined {
    return this.#isClosed ? undefined : waiting.shift();
  }

  async #read(claimed: readonly PushJob[]): Promise<Page> {
    const { jobs, subscriptions, settings, activeSessions, now } = this.#parts;
    const found = await subscriptions.findAll(claimed.map(({ device }) => device));
    const sessionIds = [...new Set([...found.values()].map(({ sessionId }) => sessionId))];
    return {
      subscriptions: found,
      activeSessions: await activeSessions(sessionIds),
      settings: await settings.ofAll([...new Set(claimed.map(({ userId }) => userId))]),
      decide: createPushDecisions(this.#parts),
      shownOn: gatheredReads((devices) => jobs.shown(devices, now())),
    };
  }

  /** Resolves to the job if it is dealt with. Otherwise it was forgotten or put off, or its claim ends by itself. */
  async #deliver(job: PushJob, page: Page): Promise<PushJob | undefined> {
    const { subscriptions, activeSessions, settings, decide, shownOn } = page;
    const { jobs, isVisible, now, times, metrics, send, log } = this.#parts;
    try {
      const subscription = subscriptions.get(job.device);
      if (subscription?.userId !== job.userId) return await this.#forget(job);
      if (job.seq <= job.doneSeq) return job;
      if (!activeSessions.has(subscription.sessionId)) {
        await this.#parts.subscriptions.removeEndpoint(job.device, subscription.endpoint);
        metrics.removed();
        return await this.#forget(job);
      }
      if (isVisible(job.userId, job.device)) {
        // The person sees the message. If the app is still visible after a while, the device has not just disappeared.
        if (job.waitedSeq === job.seq) return job;
        return await this.#hold(job, now() + times.visibleMs);
      }
      const { mentions, quietHours } = settings.get(job.userId) ?? unchanged;
      const until = quietHours && quietUntil(quietHours, now());
      if (until !== undefined) return await this.#hold(job, until);
      const decided = await decide(job, await shownOn(job.device), subscription, mentions);
      if (decided === undefined) return { ...job, isShown: false };
      const { notified, closes } = decided;
      const answer = await send(subscription, payloadOf(notified), job.stream);
      if (outcomeOf(answer.status) === 'sent') await jobs.closed(closes);
      return await this.#settle(job, subscription, answer, notified.newest.createdAt);
    } catch (error) {
      // The claim ends by itself, and the job is tried again.
      log.warn({ error: safeError(error) }, 'a push failed here');
      return undefined;
    }
  }

  async #forget(job: PushJob): Promise<undefined> {
    await this.#parts.jobs.forget(job);
    return undefined;
  }

  /** Put off on purpose, and not because a push service failed. */
  async #hold(job: PushJob, until: number): Promise<undefined> {
    await this.#parts.jobs.putOff(job, until, { waitedSeq: job.seq });
    return undefined;
  }

  /** `storedAt`: when the message was stored. Resolves to the job if it is dealt with. */
  async #settle(
    job: PushJob,
    subscription: Subscription,
    { status, retryAfter }: PushAnswer,
    storedAt: string,
  ): Promise<PushJob | undefined> {
    const { jobs, subscriptions, now, times, random, metrics, log } = this.#parts;
    switch (outcomeOf(status)) {
      case 'sent':
        metrics.sent(job.waitedSeq === undefined ? now() - Date.parse(storedAt) : undefined);
        return { ...job, isShown: true };
      case 'gone':
        metrics.removed();
        await subscriptions.removeEndpoint(job.device, subscription.endpoint);
        return this.#forget(job);
      case 'refused':
        metrics.failed('refused');
        log.warn({ status }, 'a push service refused a push');
        return job;
      case 'later': {
        const tries = job.tries + 1;
        if (tries >= MAX_TRIES) {
          metrics.failed('given_up');
          log.warn({ status }, 'a push was given up');
          return job;
        }
        metrics.retried();
        const backoff = Math.min(times.maxRetryMs, times.retryMs * 2 ** job.tries);
        const waitMs = Math.max(backoff, Math.min(times.maxRetryMs, retryAfterMs(retryAfter, now())));
        // Never earlier than requested, and spread, because a service refuses many pushes at the same time.
        const until = now() + waitMs * (1 + random() / 2);
        await jobs.putOff(job, until, { tries });
        return undefined;
      }
    }
  }
}

export function outcomeOf(status: number | undefined): 'sent' | 'gone' | 'later' | 'refused' {
  if (status === undefined || status === 429 || status >= 500) return 'later';
  if (status === 404 || status === 410) return 'gone';
  return status >= 200 && status < 300 ? 'sent' : 'refused';
}

/** The result of a test for the person. [PU6] */
export function triedOf({ status }: PushAnswer): PushTried {
  return { isAccepted: outcomeOf(status) === 'sent', ...(status === undefined ? {} : { status }) };
}

/** The header holds seconds or a date; anything else counts as nothing. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const isDate = /^[A-Z][a-z]{2}, /.test(header);
  const ms = isDate ? Date.parse(header) - now : Number(header) * 1_000;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
