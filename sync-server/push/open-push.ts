import { type SyncError, syncError } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import {
  NotificationSettings,
  type PushRegistered,
  type PushTried,
  RegisterPush,
  UnregisterPush,
} from '#protocol/push.ts';
import { parse } from '#protocol/shape.ts';
import type { Database } from '#server/database/connect.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { safeError } from '#server/logging.ts';
import type { ReadMetrics } from '#server/metrics.ts';
import { isCurvePoint } from './curve-point.ts';
import { type DeliverParts, PushDelivery, type PushTimes, defaultTimes, triedOf } from './deliver-pushes.ts';
import { parseEndpoint } from './endpoint.ts';
import { testPayload } from './payload.ts';
import { openNotificationSettings } from './notification-settings.ts';
import { createPostPush } from './post-push.ts';
import { createPushConsumer } from './push-consumer.ts';
import { openPushJobs } from './push-jobs.ts';
import { createPushMetrics } from './push-metrics.ts';
import { openPushSenders } from './push-senders.ts';
import { isTimeZone } from './quiet-hours.ts';
import { createSendPush } from './send-push.ts';
import { openSubscriptions } from './subscriptions.ts';
import { type VapidKeys, createAuthorization, openVapidKeys } from './vapid.ts';

/** The caller, from the session and never from the request. */
interface Caller {
  userId: UserId;
  id: string;
}

type Answer<T extends object> = T | { error: SyncError };

export interface Push {
  readonly publicKey: string;
  /** Must get every entry; see followers. */
  readonly consumer: Consumer;
  /** `origin`: the app's, as the caller's browser sees it. */
  register(caller: Caller, body: unknown, origin: string): Promise<Answer<PushRegistered>>;
  unregister(caller: Caller, body: unknown): Promise<Answer<object>>;
  /** Sends one push to the device, even if pushes are otherwise held back. [PU6] */
  test(caller: Caller, body: unknown): Promise<Answer<PushTried>>;
  /** The settings for all devices of the caller. [PU7] [PU8] */
  settings(caller: Caller): Promise<NotificationSettings>;
  changeSettings(caller: Caller, body: unknown): Promise<Answer<object>>;
  endSessions(sessionIds: readonly string[]): Promise<void>;
  /** Removes everything of theirs, because the account is being deleted. */
  personDeleted(userId: UserId): Promise<void>;
  readonly metrics: ReadMetrics;
  /** Starts sending. Everything on which decisions about pushes depend must be running. */
  start(parts: Pick<DeliverParts, 'activeSessions' | 'isVisible'>): void;
  close(): Promise<void>;
}

export interface PushSettings {
  vapid: Pick<VapidKeys, 'publicKey' | 'privateKey'> | undefined;
  subject: string;
  /** Hosts of push services besides the known ones. */
  hosts: readonly string[];
  testService: string | undefined;
}

interface PushParts extends Pick<DeliverParts, 'entries' | 'reads' | 'blocks' | 'now' | 'log'> {
  database: Pick<Database, 'connection' | 'isShared'>;
  settings: PushSettings;
  times?: Partial<PushTimes>;
}

/** Web Push: registers devices, follows what is appended, and sends. [PU1] */
export async function openPush({ database, settings, times, ...parts }: PushParts): Promise<Push> {
  const { now, reads } = parts;
  const keys = await openVapidKeys(database.connection, settings.vapid, settings.subject);
  const subscriptions = await openSubscriptions(database, now);
  const jobs = await openPushJobs(database.connection);
  // Otherwise they may belong to servers that are still running.
  if (!database.isShared) await jobs.releaseClaims(now());
  const people = openNotificationSettings(database.connection);
  const metrics = createPushMetrics();
  const poster = createPostPush(settings.testService === undefined ? {} : { testService: settings.testService });
  const send = createSendPush(poster.post, createAuthorization(keys, now));
  const allTimes = { ...defaultTimes, ...times };
  let delivery: PushDelivery | undefined;
  const onFailure = (error: unknown) => parts.log.warn({ error: safeError(error) }, 'a sign of life was not stored');
  return {
    publicKey: keys.publicKey,
    consumer: createPushConsumer({
      subscriptions,
      jobs,
      reads,
      now,
      waitMs: allTimes.waitMs,
      onQueued: (dueAt) => delivery?.dueAt(dueAt),
      isShared: database.isShared,
    }),
    async register({ userId, id }, body, origin) {
      const parsed = parse(RegisterPush, body);
      if (!parsed.ok) return { error: parsed.error };
      const { device, subscription } = parsed.value;
      const { endpoint, keys: own } = subscription;
      const refuse = (path: string, message: string) => ({ error: syncError('invalid', message, { path }) });
      if (parseEndpoint(endpoint, settings.hosts) === undefined)
        return refuse('subscription.endpoint', 'not an address of a known push service');
      if (!isCurvePoint(own.p256dh)) return refuse('subscription.keys.p256dh', 'not a point on the curve');
      // A browser that renews its subscription by itself does not know the person's settings.
      const before = await subscriptions.find(device);
      const chosen = before?.userId === userId ? before : undefined;
      const show = parsed.value.show ?? chosen?.show ?? 'text';
      const isSilent = parsed.value.sound === undefined ? chosen?.isSilent === true : !parsed.value.sound;
      await subscriptions.register({
        device,
        userId,
        sessionId: id,
        endpoint,
        p256dh: own.p256dh,
        auth: own.auth,
        show,
        ...(isSilent ? { isSilent } : {}),
        origin,
      });
      return { isNew: chosen?.endpoint !== endpoint };
    },
    async unregister({ userId }, body) {
      const parsed = parse(UnregisterPush, body);
      if (!parsed.ok) return { error: parsed.error };
      const { device } = parsed.value;
      if (await subscriptions.remove(device, userId)) await jobs.forgetDevices([device]);
      return {};
    },
    async test({ userId }, body) {
      const parsed = parse(UnregisterPush, body);
      if (!parsed.ok) return { error: parsed.error };
      const found = await subscriptions.find(parsed.value.device);
      if (found?.userId !== userId) return { error: syncError('not_found', 'this device is not registered') };
      const answer = await send(found, testPayload(userId, found.origin), 'test');
      const tried = triedOf(answer);
      if (answer.status === 404 || answer.status === 410)
        await subscriptions.removeEndpoint(found.device, found.endpoint);
      return tried;
    },
    settings: ({ userId }) => people.of(userId),
    async changeSettings({ userId }, body) {
      const parsed = parse(NotificationSettings, body);
      if (!parsed.ok) return { error: parsed.error };
      const { quietHours } = parsed.value;
      const refuse = (path: string, message: string) => ({ error: syncError('invalid', message, { path }) });
      if (quietHours !== undefined && quietHours.from === quietHours.to)
        return refuse('quietHours.to', 'they must end at another time');
      if (quietHours !== undefined && !isTimeZone(quietHours.timeZone))
        return refuse('quietHours.timeZone', 'no such time zone');
      await people.change(userId, parsed.value);
      // Pushes that the quiet hours have held back are decided anew.
      const devices = (await subscriptions.ofPeople([userId])).map(({ device }) => device);
      await jobs.releaseHeld(devices, now() + allTimes.visibleMs, now());
      delivery?.dueAt(now());
      return {};
    },
    metrics: metrics.read,
    async personDeleted(userId) {
      await people.forget(userId);
      await jobs.forgetDevices(await subscriptions.removePerson(userId));
    },
    endSessions: (sessionIds) => subscriptions.endSessions(sessionIds),
    start({ activeSessions, isVisible }) {
      delivery = new PushDelivery({
        ...parts,
        jobs,
        senders: database.isShared ? openPushSenders(database.connection, allTimes, onFailure) : undefined,
        subscriptions,
        settings: people,
        send,
        activeSessions,
        isVisible,
        random: Math.random,
        metrics,
        times: allTimes,
      });
      delivery.dueAt(0);
    },
    async close() {
      await delivery?.close();
      poster.close();
    },
  };
}
