import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createECDH, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import webPush from 'web-push';
import type { UserId } from '#protocol/ids.ts';
import { openDatabase } from '#server/database/connect.ts';
import { PushDelivery, defaultTimes } from '#server/push/deliver-pushes.ts';
import { createPostPush } from '#server/push/post-push.ts';
import { createPushConsumer } from '#server/push/push-consumer.ts';
import { openPushJobs } from '#server/push/push-jobs.ts';
import { createPushMetrics } from '#server/push/push-metrics.ts';
import { createSendPush } from '#server/push/send-push.ts';
import { openSubscriptions } from '#server/push/subscriptions.ts';
import { createAuthorization } from '#server/push/vapid.ts';
import { noBlocks } from '#server/streams/blocks.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { createMongoEntryStore } from '#server/streams/mongo-entry-store.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { ann, peopleOf } from '#server/streams/testing/people.fixture.ts';
import { endChildren, startChild } from './child.ts';

/*
 * One message to a group whose members have many devices: how many pushes a second leave, and how much CPU each costs, beside
 * nothing but their encryption by web-push in the same run. The push service is a process of its own that reads and answers
 * 201. The database's worker shares this process, so its CPU counts.
 *
 * `npm run bench bench/push.ts -- [--people 500] [--devices 20]`
 */
const { values: options } = parseArgs({
  options: { people: { type: 'string', default: '500' }, devices: { type: 'string', default: '20' } },
});
const [people, devices] = [Number(options.people), Number(options.devices)];
const say = (line: string) => process.stdout.write(`${line}\n`);

const service = `require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(201).end());
}).listen(0, '127.0.0.1', function () { console.log('localhost:' + this.address().port) })`;
const testService = await startChild([process.execPath, '-e', service], /localhost:(\d+)/);

const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const database = await openDatabase({ dataDir });
const store = createMongoEntryStore(database);
const members = Array.from({ length: people }, (_, at) => `member${at}` as UserId);
const streams = await createStreams({
  store,
  people: peopleOf(new Map([ann, ...members].map((id) => [id, id]))),
  announce: () => undefined,
  now: () => Date.now(),
  onDefect: (error) => say(String(error)),
});

const keys = { ...webPush.generateVAPIDKeys(), subject: 'https://chat.example.org' };
const now = () => Date.now();
const authorizationFor = createAuthorization(keys, now);
const ecdh = createECDH('prime256v1');
ecdh.generateKeys();
const [p256dh, auth] = [ecdh.getPublicKey('base64url'), randomBytes(16).toString('base64url')];

const jobs = await openPushJobs(database.connection);
await database.connection.collection<{ _id: string }>('push_subscriptions').insertMany(
  members.flatMap((userId) =>
    Array.from({ length: devices }, (_, at) => ({
      _id: crypto.randomUUID() as string,
      userId,
      sessionId: 'session',
      endpoint: `https://fcm.googleapis.com/fcm/send/${userId}-${at}`,
      p256dh,
      auth,
      show: 'text',
      origin: 'https://chat.example.org',
      at: now(),
    })),
  ),
);
// Opened after they are there, so that it knows that there are any.
const subscriptions = await openSubscriptions(database, now);
const chat = newGroup();
await push(op.create(chat, members, { title: 'Everybody' }));
const consumer = createPushConsumer({
  subscriptions,
  jobs,
  reads: streams,
  now,
  waitMs: 0,
  onQueued: () => undefined,
  isShared: false,
});
const poster = createPostPush({ testService });
const metrics = createPushMetrics();
const delivery = new PushDelivery({
  entries: store,
  reads: streams,
  blocks: noBlocks,
  jobs,
  senders: undefined,
  subscriptions,
  settings: { ofAll: async () => new Map() },
  activeSessions: async (ids) => new Set(ids),
  isVisible: () => false,
  send: createSendPush(poster.post, authorizationFor),
  now,
  random: Math.random,
  times: defaultTimes,
  metrics,
  log: { debug() {}, info() {}, warn: (...what: unknown[]) => say(JSON.stringify(what)), error() {} },
});

const { rev } = await push(op.send(chat, 'A message as long as people write them, some hundred characters or so.'));
const entries = await store.log(chat, rev - 1, 10);
const queued = await measured(() => consumer.handle(chat, entries, new AbortController().signal));
const sent = await measured(() => delivery.deliverDue());
const bare = await measured(async () => {
  const payload = 'x'.repeat(600);
  for (let at = 0; at < people * devices; at++)
    webPush.generateRequestDetails({ endpoint: 'https://fcm.googleapis.com/x', keys: { p256dh, auth } }, payload, {
      vapidDetails: null as never,
      headers: { Authorization: authorizationFor('https://fcm.googleapis.com') },
      contentEncoding: 'aes128gcm',
      TTL: 60,
    });
});
const count = metrics.read().find(({ name }) => name === 'teamlink_push_sent_total')?.samples[0]?.value ?? 0;
say(`${count} of ${people * devices} pushes sent`);
for (const [name, { ms, cpuMs }] of Object.entries({ queued, sent, 'web-push alone': bare }))
  say(
    `${name}: ${Math.round(((people * devices) / ms) * 1_000)} a second, ${((cpuMs * 1_000) / people / devices).toFixed(0)} µs CPU each`,
  );

await delivery.close();
poster.close();
await streams.close();
await database.close();
await endChildren();
rmSync(dataDir, { recursive: true, force: true });

async function push(one: object): Promise<{ rev: number }> {
  const answer = await streams.push({ userId: ann }, { ops: [one] });
  const [result] = 'error' in answer ? [] : answer.results;
  if (result?.ok !== true) throw new Error(JSON.stringify(answer));
  return result;
}

async function measured(work: () => Promise<unknown>): Promise<{ ms: number; cpuMs: number }> {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - began, cpuMs: (user + system) / 1_000 };
}
