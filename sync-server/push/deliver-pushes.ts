import type { UserId } from '#protocol/ids.ts';
import type { PushTried } from '#protocol/push.ts';
import { type Log, safeError } from '#server/logging.ts';
import { payloadOf } from './payload.ts';
import type { SettingsOfPeople } from './notification-settings.ts';
import type { PushAnswer } from './post-push.ts';
import { type DecidePush, type DecisionParts, createPushDecisions } from './push-decisions.ts';
import type { PushJob, PushJobs } from './push-jobs.ts';
import type { PushMetrics } from './push-metrics.ts';
import { quietUntil } from './quiet-hours.ts';
import type { SendPush } from './send-push.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

export interface DeliverParts extends DecisionParts {
  jobs: PushJobs;
  subscriptions: Subscriptions;
  settingsOf: SettingsOfPeople['of'];
  /** Which of these sessions are still valid. */
  activeSessions(sessionIds: readonly string[]): Promise<Set<string>>;
  /** Whether the person looks at the app on this device now, as far as this server knows. */
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
  /** A device that looks at the app may have vanished without a word; a dead socket is noticed in this time. */
  visibleMs: number;
  retryMs: number;
  maxRetryMs: number;
  /** How often to look for what is due at other servers, or was queued before a crash. */
  pollMs: number;
}

export const defaultTimes: PushTimes = {
  waitMs: 2_000,
  visibleMs: 45_000,
  retryMs: 1_000,
  maxRetryMs: 900_000,
  pollMs: 5_000,
};

const AT_ONCE = 16;
const PAGE = 64;
/** Longer than a page of pushes takes where the service is silent, so that another server takes over only after a crash. */
const CLAIM_MS = 60_000;
const MAX_TRIES = 12;

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

  /** Something is to be sent then. The first call is for what an earlier process left. */
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
    // What was queued meanwhile may have asked for an earlier time.
    const at = Math.min(next, this.#dueAt);
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.dueAt(at);
  }

  /** Sends everything that is due. Resolves to when to look again. Never rejects. */
  async deliverDue(): Promise<number> {
    const { jobs, now, log, times } = this.#parts;
    try {
      for (let isMore = true; isMore && !this.#isClosed;) {
        const claimed = await jobs.claim(now(), now() + CLAIM_MS, PAGE);
        isMore = claimed.length === PAGE;
        const queue = claimed.values();
        const decide = createPushDecisions(this.#parts);
        const take = async () => {
          for (const job of queue) await this.#deliver(job, decide);
        };
        await Promise.all(Array.from({ length: Math.min(AT_ONCE, claimed.length) }, take));
      }
      return Math.min(now() + times.pollMs, (await jobs.nextDue()) ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      log.warn({ error: safeError(error) }, 'pushes wait for the database');
      return now() + times.pollMs;
    }
  }

  async #deliver(job: PushJob, decide: DecidePush): Promise<void> {
    const { jobs, subscriptions, settingsOf, activeSessions, isVisible, now, times, metrics, send, log } = this.#parts;
    try {
      const subscription = await subscriptions.find(job.device);
      if (subscription?.userId !== job.userId) return await jobs.forget(job);
      if (job.seq <= job.doneSeq) return await jobs.done(job, now());
      if (!(await activeSessions([subscription.sessionId])).has(subscription.sessionId)) {
        await subscriptions.removeEndpoint(job.device, subscription.endpoint);
        metrics.removed();
        return await jobs.forget(job);
      }
      if (isVisible(job.userId, job.device)) {
        // They see it. If they still do after a while, the device did not just vanish.
        if (job.waitedSeq === job.seq) return await jobs.done(job, now());
        return await jobs.putOff(job, now() + times.visibleMs, { waitedSeq: job.seq });
      }
      const { mentions, quietHours } = await settingsOf(job.userId);
      const until = quietHours && quietUntil(quietHours, now());
      if (until !== undefined) return await jobs.putOff(job, until, { waitedSeq: job.seq });
      const notified = await decide(job, await jobs.recent(job.device), subscription, mentions);
      if (notified === undefined) return await jobs.done(job, now());
      const answer = await send(subscription, payloadOf(notified), job.stream);
      await this.#settle(job, subscription, answer, notified.newest.createdAt);
    } catch (error) {
      // The claim ends by itself, and the job is tried again.
      log.warn({ error: safeError(error) }, 'a push failed here');
    }
  }

  /** `storedAt`: when the message was. */
  async #settle(
    job: PushJob,
    subscription: Subscription,
    { status, retryAfter }: PushAnswer,
    storedAt: string,
  ): Promise<void> {
    const { jobs, subscriptions, now, times, random, metrics, log } = this.#parts;
    switch (outcomeOf(status)) {
      case 'sent':
        metrics.sent(job.waitedSeq === undefined ? now() - Date.parse(storedAt) : undefined);
        return jobs.done(job, now());
      case 'gone':
        metrics.removed();
        await subscriptions.removeEndpoint(job.device, subscription.endpoint);
        return jobs.forget(job);
      case 'refused':
        metrics.failed('refused');
        log.warn({ status }, 'a push service refused a push');
        return jobs.done(job, now());
      case 'later': {
        const tries = job.tries + 1;
        if (tries >= MAX_TRIES) {
          metrics.failed('given_up');
          log.warn({ status }, 'a push was given up');
          return jobs.done(job, now());
        }
        metrics.retried();
        const backoff = Math.min(times.maxRetryMs, times.retryMs * 2 ** job.tries);
        const waitMs = Math.max(backoff, Math.min(times.maxRetryMs, retryAfterMs(retryAfter, now())));
        // Never earlier than asked for, and spread, because one service refuses many pushes at once.
        const until = now() + waitMs * (1 + random() / 2);
        await jobs.putOff(job, until, { tries });
      }
    }
  }
}

export function outcomeOf(status: number | undefined): 'sent' | 'gone' | 'later' | 'refused' {
  if (status === undefined || status === 429 || status >= 500) return 'later';
  if (status === 404 || status === 410) return 'gone';
  return status >= 200 && status < 300 ? 'sent' : 'refused';
}

/** What a person is told about a test. [PU6] */
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
