import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ConversationId, DeviceId, UserId } from '#protocol/ids.ts';
import type { NotificationSettings, PushPayload } from '#protocol/push.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { memoryBlocks } from '#server/streams/testing/blocks.fixture.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, withDirect, withGroup } from '#server/streams/testing/world.fixture.ts';
import { type DeliverParts, PushDelivery, defaultTimes } from './deliver-pushes.ts';
import { openNotificationSettings } from './notification-settings.ts';
import { openPush } from './open-push.ts';
import { createPushConsumer } from './push-consumer.ts';
import { type PushJobs, openPushJobs } from './push-jobs.ts';
import { type PushMetrics, createPushMetrics } from './push-metrics.ts';
import { openPushSenders } from './push-senders.ts';
import { type Subscriptions, openSubscriptions } from './subscriptions.ts';

/** What is sent when, on a clock that the test moves. */
let dataDir: string;
let database: Database;
let jobs: PushJobs;
let subscriptions: Subscriptions;
let world: World;
let consumer: Consumer;
let delivery: PushDelivery;
let chat: ConversationId;
let nowMs: number;
/** `<person>: <text>`, in the order of sending. */
let sent: string[];
let isVisible: boolean;
let answers: (number | undefined)[];
let active: Set<string>;
let deviceOf: Record<string, string>;
let settings: NotificationSettings;
let metrics: PushMetrics;
/** What a push service was asked and never answered, until a test ends it. */
let isSilent: boolean;

const store = createMemoryEntryStore();
const blocks = memoryBlocks();
const log = { debug() {}, info() {}, warn() {}, error() {} };

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'teamlink-push-'));
  database = await openDatabase({ dataDir, durability: 'none' });
  jobs = await openPushJobs(database.connection);
  subscriptions = await openSubscriptions(database, () => nowMs);
  world = await createWorld({ store, blocks });
});
afterAll(async () => {
  await world.streams.close();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  [nowMs, sent, isVisible, answers] = [1_000_000, [], false, []];
  active = new Set(['session']);
  settings = { mentions: false };
  metrics = createPushMetrics();
  isSilent = false;
  deviceOf = { [ann]: crypto.randomUUID(), [bob]: crypto.randomUUID(), [eve]: crypto.randomUUID() };
  for (const [userId, device] of Object.entries(deviceOf))
    await subscriptions.register({
      device: device as never,
      userId: userId as UserId,
      sessionId: 'session',
      endpoint: `https://fcm.googleapis.com/${userId}`,
      p256dh: '',
      auth: '',
      show: 'text',
      origin: 'https://chat.example.org',
    });
  chat = await withGroup(world, bob);
  consumer = createPushConsumer({
    subscriptions,
    jobs,
    reads: world.streams,
    now: () => nowMs,
    waitMs,
    onQueued: () => undefined,
    isShared: false,
  });
  delivery = deliveryOf({});
});
afterEach(() => delivery.close());

function deliveryOf(more: Partial<DeliverParts>): PushDelivery {
  return new PushDelivery({
    entries: store,
    reads: world.streams,
    blocks,
    jobs,
    senders: undefined,
    subscriptions,
    settings: { ofAll: async (ids) => new Map(ids.map((id) => [id, settings])) },
    activeSessions: async (ids) => new Set(ids.filter((id) => active.has(id))),
    isVisible: () => isVisible,
    async send({ endpoint }, payload) {
      if (isSilent) return new Promise(() => undefined);
      const [status] = answers.length > 0 ? answers.splice(0, 1) : [201];
      const { notification } = JSON.parse(payload) as PushPayload;
      if (status === 201) sent.push(`${endpoint.split('/').at(-1)}: ${notification.body}`);
      return { status, retryAfter: undefined };
    },
    now: () => nowMs,
    random: () => 0,
    times: defaultTimes,
    metrics,
    log,
    ...more,
  });
}

const waitMs = 2_000;
/** Hands the entries above a rev to the consumer; without one all of them again, as a follower may after a crash. */
async function follow(afterRev = 0, stream = chat): Promise<number> {
  const entries = await store.log(stream, afterRev, 1_000);
  await consumer.handle(stream, entries, new AbortController().signal);
  return entries.at(-1)?.rev ?? afterRev;
}
/** Moves the clock, and sends what is due then. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  await delivery.deliverDue();
}

it('[PU3] waits for two seconds, and sends what came meanwhile as one', async () => {
  await world.ok(ann, op.send(chat, 'one'));
  await follow();
  await pass(1_900);
  expect(sent).toEqual([]);
  await world.ok(ann, op.send(chat, 'two'));
  await follow();
  await pass(100);
  expect(sent).toEqual(['bob: ANN: two']);
});

it('[PU3] entries that are handed over again, after a crash, send nothing twice', async () => {
  await world.ok(ann, op.send(chat, 'once'));
  await follow();
  await pass(2_000);
  await follow();
  await pass(60_000);
  expect(sent).toEqual(['bob: ANN: once']);
});

it('[PU3] who joins is sent what follows, although the members of a chat are remembered', async () => {
  let rev = await follow();
  await world.ok(ann, op.send(chat, 'before'));
  rev = await follow(rev);
  await pass(2_000);
  await world.ok(ann, op.add(chat, eve));
  rev = await follow(rev);
  await world.ok(ann, op.send(chat, 'after'));
  await follow(rev);
  await pass(2_000);
  expect(sent.toSorted()).toEqual(['bob: ANN: after', 'bob: ANN: before', 'eve: ANN: after']);
});

it('[PU3] what was read, deleted, or is muted is not sent', async () => {
  const { seq } = await world.ok(ann, op.send(chat, 'read'));
  await follow();
  await world.ok(bob, op.mark(chat, { readSeq: seq as number }));
  await pass(2_000);
  const deleted = op.send(chat, 'deleted');
  await world.ok(ann, deleted);
  await follow();
  await world.ok(ann, op.delete(chat, deleted.id));
  await pass(2_000);
  await world.ok(ann, op.send(chat, 'muted'));
  await follow();
  await world.ok(bob, op.settings(chat, { mutedUntil: new Date(nowMs + 3_600_000).toISOString() }));
  await pass(2_000);
  expect(sent).toEqual([]);
  nowMs += 3_600_000;
  await world.ok(ann, op.send(chat, 'heard again'));
  await follow();
  await pass(2_000);
  expect(sent).toEqual(['bob: ANN: heard again']);
});

it('[PU7] a mention passes a mute for those who want it, and is told instead of the newest message', async () => {
  await world.ok(bob, op.settings(chat, { mutedUntil: '2099-01-01T00:00:00.000Z' }));
  const write = async () => {
    await world.ok(ann, op.send(chat, 'Bob?', { mentions: [bob] }));
    await world.ok(ann, op.send(chat, 'to everybody'));
    await follow();
    await pass(2_000);
  };
  await write();
  expect(sent).toEqual([]);
  settings = { mentions: true };
  await write();
  expect(sent).toEqual(['bob: ANN: Bob?']);
});

it('[OP18] of a chat, everything, mentions alone or nothing is sent, and a chat may hide what the device would show', async () => {
  const write = async (text: string) => {
    await world.ok(ann, op.send(chat, text, { mentions: [bob] }));
    await world.ok(ann, op.send(chat, 'to everybody'));
    await follow();
    await pass(2_000);
  };
  await world.ok(bob, op.settings(chat, { notify: 'mentions' }));
  await write('Bob?');
  expect(sent.splice(0)).toEqual(['bob: ANN: Bob?']);
  await world.ok(bob, op.settings(chat, { notify: 'nothing' }));
  settings = { mentions: true };
  await write('Bob!');
  expect(sent).toEqual([]);
  await world.ok(bob, op.settings(chat, { notify: null, preview: 'sender' }));
  await write('a secret');
  expect(sent.splice(0)).toEqual(['bob: ANN']);
  await world.ok(bob, op.settings(chat, { preview: 'nothing' }));
  await write('another secret');
  expect(sent).toEqual(['bob: ']);
});

it('[BL3] [BL4] what somebody who is blocked sends is not pushed, neither in the direct chat nor in a group', async () => {
  await world.ok(ann, op.add(chat, eve));
  const direct = await withDirect(world);
  const rev = await follow();
  await world.ok(bob, op.settings(direct, { blocked: true }));
  await world.ok(ann, op.send(chat, 'to the group'));
  await follow(rev);
  await pass(2_000);
  expect(sent.splice(0)).toEqual(['eve: ANN: to the group']);
  await world.ok(ann, op.send(direct, 'to Bob'));
  await world.ok(bob, op.settings(direct, { blocked: false }));
  await follow(0, direct);
  await pass(2_000);
  expect(sent).toEqual([]);
  await world.ok(ann, op.send(direct, 'to Bob again'));
  await follow(0, direct);
  await pass(2_000);
  expect(sent).toEqual(['bob: to Bob again']);
});

it('[PU8] nothing is sent in quiet hours; at their end, what is still unread is', async () => {
  nowMs = Date.parse('2026-01-10T22:30:00.000Z');
  settings = { mentions: true, quietHours: { from: '23:00', to: '07:00', timeZone: 'Europe/Berlin' } };
  const { seq } = await world.ok(ann, op.send(chat, 'read in the night'));
  await follow();
  await pass(2_000);
  await world.ok(bob, op.mark(chat, { readSeq: seq as number }));
  await world.ok(ann, op.send(chat, 'good night'));
  await follow();
  await pass(2_000);
  await pass(3_600_000);
  expect(sent).toEqual([]);
  nowMs = Date.parse('2026-01-11T05:59:59.000Z');
  await pass(0);
  expect(sent).toEqual([]);
  await pass(1_000);
  expect(sent).toEqual(['bob: ANN: good night']);
});

it('[SEC-66] who was removed, or joined later, is sent nothing that they may not read', async () => {
  await world.ok(ann, op.send(chat, 'for members'));
  await follow();
  await world.ok(ann, op.remove(chat, bob));
  await world.ok(ann, op.update(chat, { history: 'joined' }));
  await world.ok(ann, op.add(chat, eve));
  await follow();
  await pass(2_000);
  expect(sent).toEqual([]);
});

it('[LV11] a device that shows the app is sent nothing, unless it vanishes before it can be known to be there', async () => {
  isVisible = true;
  await world.ok(ann, op.send(chat, 'seen'));
  await follow();
  await pass(2_000);
  await pass(defaultTimes.visibleMs);
  isVisible = false;
  await pass(defaultTimes.visibleMs);
  expect(sent).toEqual([]);

  isVisible = true;
  await world.ok(ann, op.send(chat, 'lost on the way'));
  await follow();
  await pass(2_000);
  isVisible = false;
  await pass(defaultTimes.visibleMs);
  expect(sent).toEqual(['bob: ANN: lost on the way']);
});

it('[PU4] a service that is busy or silent is asked again, less and less often', async () => {
  answers = [503, undefined, 429];
  await world.ok(ann, op.send(chat, 'in the end'));
  await follow();
  await pass(2_000);
  for (const backoffMs of [1_000, 2_000, 4_000]) {
    await pass(backoffMs - 1);
    expect(sent).toEqual([]);
    await pass(1);
  }
  expect(sent).toEqual(['bob: ANN: in the end']);
});

it('[PU3] what a killed server was about to send is sent at once by the next one', async () => {
  await world.ok(ann, op.send(chat, 'on its way'));
  await follow();
  isSilent = true;
  nowMs += 2_000;
  void delivery.deliverDue();
  await expect.poll(jobs.nextDue).toBeGreaterThan(nowMs);
  isSilent = false;
  await jobs.releaseClaims(nowMs);
  await pass(0);
  expect(sent).toEqual(['bob: ANN: on its way']);
});

it('[PU3] of several servers, one takes over what a killed one was about to send once its beat has stopped, and not before', async () => {
  let monotonicMs = 0;
  const beats = { beatMs: 1, deadMs: 9_000 };
  const fail = (error: unknown) => expect.fail(String(error));
  const [first, second] = [1, 2].map(() => openPushSenders(database.connection, beats, fail, () => monotonicMs));
  const beatOf = async () =>
    (
      await database.connection
        .collection<{ _id: string; beat: number }>('push_senders')
        .findOne({ _id: first?.self ?? '' })
    )?.beat ?? 0;
  await world.ok(ann, op.send(chat, 'on its way'));
  await follow();
  nowMs += 2_000;
  // It works for as long as the test says, and then is as if it had been killed: nothing is written any more.
  let kill = (): void => undefined;
  const working = first?.whileBeating(async () => {
    await jobs.claim(first.self, nowMs, nowMs + 120_000, 10);
    await new Promise<void>((resolve) => (kill = resolve));
  });
  const other = deliveryOf({ senders: second });
  const lookAfter = async (ms: number) => {
    monotonicMs += ms;
    await other.deliverDue();
  };
  await expect.poll(beatOf).toBeGreaterThan(1);
  await lookAfter(0);
  const seen = await beatOf();
  await expect.poll(beatOf).toBeGreaterThan(seen);
  await lookAfter(20_000);
  expect(sent).toEqual([]);
  kill();
  await working;
  await lookAfter(0);
  await lookAfter(8_999);
  expect(sent).toEqual([]);
  await lookAfter(1);
  expect(sent).toEqual(['bob: ANN: on its way']);
  await other.close();
});

it('[PU4] what a closing server has claimed and not begun is left to the next one at once', async () => {
  const texts = Array.from({ length: 40 }, (_, at) => `chat ${at}`);
  for (const text of texts) {
    const each = await withGroup(world, bob);
    await world.ok(ann, op.send(each, text));
    await consumer.handle(each, await store.log(each, 0, 100), new AbortController().signal);
  }
  const closing = deliveryOf({
    async send() {
      void closing.close();
      return { status: 201, retryAfter: undefined };
    },
  });
  nowMs += 2_000;
  await closing.deliverDue();
  await pass(0);
  expect(sent.length).toBeGreaterThan(0);
  expect(sent.length).toBeLessThan(texts.length);
});

it('[REL-21] pushes are counted, with their delay where they were not held back on purpose', async () => {
  answers = [503, 201, 413, 410];
  for (const text of ['late', 'too large', 'gone']) {
    await world.ok(ann, op.send(chat, text));
    await follow();
    await pass(2_000);
    await pass(1_000);
  }
  const value = (name: string) => metrics.read().find((metric) => metric.name === `teamlink_push_${name}`)?.samples;
  expect(value('sent_total')).toEqual([{ value: 1 }]);
  expect(value('retried_total')).toEqual([{ value: 1 }]);
  expect(value('removed_total')).toEqual([{ value: 1 }]);
  expect(value('failed_total')).toContainEqual({ labels: { reason: 'refused' }, value: 1 });
  expect(value('delay_seconds')).toContainEqual({ suffix: '_count', value: 1 });
});

it('[SEC-66] of a person whose account is deleted no device, job or setting is left', async () => {
  const people = openNotificationSettings(database.connection);
  await people.change(bob, { mentions: true });
  await world.ok(ann, op.send(chat, 'too late'));
  await follow();
  const push = await openPush({
    database,
    settings: { vapid: undefined, subject: 'mailto:admin@example.org', hosts: [], testService: undefined },
    entries: store,
    reads: world.streams,
    blocks,
    now: () => nowMs,
    log,
  });
  await push.personDeleted(bob);
  const device = deviceOf[bob] as DeviceId;
  expect(await subscriptions.find(device)).toBeUndefined();
  const left = await jobs.claim('test', nowMs + 60_000, nowMs + 60_000, 100);
  expect(left.filter((job) => job.device === device)).toEqual([]);
  expect(await people.of(bob)).toEqual({ mentions: false });
  await push.close();
});

it('[SEC-66] of a hundred subscriptions that one person makes at once, twenty stay, and nobody else loses theirs', async () => {
  const devices = Array.from({ length: 100 }, () => crypto.randomUUID() as string as DeviceId);
  const some = devices.values();
  const register = async () => {
    for (const device of some) {
      nowMs += 1;
      await subscriptions.register({
        device,
        userId: eve,
        sessionId: 'session',
        endpoint: `https://fcm.googleapis.com/${device}`,
        p256dh: '',
        auth: '',
        show: 'text',
        origin: 'https://chat.example.org',
      });
    }
  };
  await Promise.all(Array.from({ length: 50 }, register));
  const left = await subscriptions.ofPeople([ann, bob, eve]);
  const of = (userId: UserId) => left.filter((each) => each.userId === userId).length;
  expect([of(eve), of(bob) > 0, of(ann) > 0]).toEqual([20, true, true]);
});

it('[SEC-66] a subscription whose session has ended gets nothing and is removed', async () => {
  active.clear();
  await world.ok(ann, op.send(chat, 'too late'));
  await follow();
  await pass(2_000);
  expect(sent).toEqual([]);
  expect(await subscriptions.find(deviceOf[bob] as never)).toBeUndefined();
});
