import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ConversationId, DeviceId, UserId } from '#protocol/ids.ts';
import type { NotificationSettings, PushPayload } from '#protocol/push.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { type DeliverParts, PushDelivery, defaultTimes } from '#server/push/deliver-pushes.ts';
import { createPushConsumer } from '#server/push/push-consumer.ts';
import { type PushJobs, openPushJobs } from '#server/push/push-jobs.ts';
import { type PushMetrics, createPushMetrics } from '#server/push/push-metrics.ts';
import { type Subscriptions, openSubscriptions } from '#server/push/subscriptions.ts';
import { type MemoryEntryStore, createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { memoryBlocks } from '#server/streams/testing/blocks.fixture.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, withGroup } from '#server/streams/testing/world.fixture.ts';

/** The parts that the tests of a file use. Everything except the `Shared` ones is new for each test. */
interface Stage extends Shared {
  /** Ann's chat with Bob. */
  chat: ConversationId;
  nowMs: number;
  /** `<person>: <text>`, in the order of sending. */
  sent: string[];
  isVisible: boolean;
  /** The next answers of the push service; undefined for none. Afterwards it accepts everything. */
  answers: (number | undefined)[];
  /** What a push service was asked and never answered, until a test ends it. */
  isSilent: boolean;
  /** The sessions that have not ended. */
  active: Set<string>;
  deviceOf: Record<string, DeviceId>;
  settings: NotificationSettings;
  metrics: PushMetrics;
  consumer: Consumer;
  delivery: PushDelivery;
  /** Another delivering server, with these differences. */
  deliveryOf(more: Partial<DeliverParts>): PushDelivery;
  register(userId: UserId, device: DeviceId): Promise<unknown>;
  /** Passes the entries above a rev to the consumer; without a rev all of them again, as a follower may after a crash. */
  follow(afterRev?: number, stream?: ConversationId): Promise<number>;
  /** Moves the clock, and sends the pushes that are due then. */
  pass(ms: number): Promise<void>;
}

interface Shared {
  store: MemoryEntryStore;
  blocks: ReturnType<typeof memoryBlocks>;
  database: Database;
  jobs: PushJobs;
  subscriptions: Subscriptions;
  world: World;
}

const WAIT_MS = 2_000;
export const log = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything that sends pushes, except the push service, on a clock that the test moves. */
export function setDeliveries(): Stage {
  const store = createMemoryEntryStore();
  const blocks = memoryBlocks();
  const stage = { store, blocks, deliveryOf, register, follow, pass } as Stage;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'teamlink-push-'));
    const database = await openDatabase({ dataDir, durability: 'none' });
    Object.assign(stage, {
      database,
      jobs: await openPushJobs(database.connection),
      subscriptions: await openSubscriptions(database, () => stage.nowMs),
      world: await createWorld({ store, blocks }),
    } satisfies Omit<Shared, 'store' | 'blocks'>);
  });
  afterAll(async () => {
    await stage.world.streams.close();
    await stage.database.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    const device = () => crypto.randomUUID() as string as DeviceId;
    Object.assign(stage, {
      nowMs: 1_000_000,
      sent: [],
      isVisible: false,
      answers: [],
      isSilent: false,
      active: new Set(['session']),
      deviceOf: { [ann]: device(), [bob]: device(), [eve]: device() },
      settings: { mentions: false },
      metrics: createPushMetrics(),
    } satisfies Partial<Stage>);
    for (const [userId, own] of Object.entries(stage.deviceOf)) await register(userId as UserId, own);
    stage.chat = await withGroup(stage.world, bob);
    stage.consumer = createPushConsumer({
      subscriptions: stage.subscriptions,
      jobs: stage.jobs,
      reads: stage.world.streams,
      now: () => stage.nowMs,
      waitMs: WAIT_MS,
      onQueued: () => undefined,
      isShared: false,
    });
    stage.delivery = deliveryOf({});
  });
  afterEach(() => stage.delivery.close());
  return stage;

  function deliveryOf(more: Partial<DeliverParts>): PushDelivery {
    return new PushDelivery({
      entries: store,
      reads: stage.world.streams,
      blocks,
      jobs: stage.jobs,
      senders: undefined,
      subscriptions: stage.subscriptions,
      settings: { ofAll: async (ids) => new Map(ids.map((id) => [id, stage.settings])) },
      activeSessions: async (ids) => new Set(ids.filter((id) => stage.active.has(id))),
      isVisible: () => stage.isVisible,
      async send({ endpoint }, payload) {
        if (stage.isSilent) return new Promise(() => undefined);
        const [status] = stage.answers.length > 0 ? stage.answers.splice(0, 1) : [201];
        const { notification } = JSON.parse(payload) as PushPayload;
        if (status === 201) stage.sent.push(`${endpoint.split('/').at(-1)}: ${notification.body}`);
        return { status, retryAfter: undefined };
      },
      now: () => stage.nowMs,
      random: () => 0,
      times: defaultTimes,
      metrics: stage.metrics,
      log,
      ...more,
    });
  }
  function register(userId: UserId, device: DeviceId): Promise<unknown> {
    return stage.subscriptions.register({
      device,
      userId,
      sessionId: 'session',
      endpoint: `https://fcm.googleapis.com/${device === stage.deviceOf[userId] ? userId : device}`,
      p256dh: '',
      auth: '',
      show: 'text',
      origin: 'https://chat.example.org',
    });
  }
  async function follow(afterRev = 0, stream = stage.chat): Promise<number> {
    const entries = await store.log(stream, afterRev, 1_000);
    await stage.consumer.handle(stream, entries, new AbortController().signal);
    return entries.at(-1)?.rev ?? afterRev;
  }
  async function pass(ms: number): Promise<void> {
    stage.nowMs += ms;
    await stage.delivery.deliverDue();
  }
}
