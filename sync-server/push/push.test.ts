import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConversationId, directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import { PushMessage } from '#protocol/push.ts';
import { parse } from '#protocol/shape.ts';
import { nextId, op } from '#server/streams/testing/op.fixture.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import { type ReceivedPush, type TestPushService, startPushService } from './testing/push-service.fixture.ts';

const times = { waitMs: 150, visibleMs: 200, retryMs: 20, pollMs: 100 };

const patience = { timeout: 60_000 };

/** A test waits for the last of several pushes, never for silence; a push that must not come would have come before it. */
describe('[PU3] a push for every message', () => {
  let service: TestPushService;
  let server: TestServer;
  let ann: TestPerson;
  let bob: TestPerson;
  let dora: TestPerson;
  /** A group of Ann and Bob, a new one in each test. */
  let chat: ConversationId;
  let seen = 0;
  const registrations: { person: TestPerson; device: string }[] = [];

  beforeAll(async () => {
    service = await startPushService();
    server = await startTestServer({ PUSH_TEST_SERVICE: service.origin }, { pushTimes: times });
    const names = ['Ann', 'Bob', 'Dora'];
    const people = await Promise.all(names.map((name) => server.signUp(name)));
    [ann, bob, dora] = people as [TestPerson, TestPerson, TestPerson];
  });
  afterAll(async () => {
    await server.close();
    await service.close();
  });
  /** Devices that a test registered get no pushes of the next one. */
  afterEach(async () => {
    for (const { person, device } of registrations.splice(0))
      await person.request('DELETE', '/api/push/subscription', { device });
  });
  beforeEach(async () => {
    chat = await group(ann, [bob]);
  });

  const freshId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  async function ops(person: TestPerson, ...list: object[]) {
    const { answer } = await person.post('push', { ops: list });
    for (const result of answer.results) expect(result).toMatchObject({ ok: true });
  }
  async function group(owner: TestPerson, others: TestPerson[], more = {}): Promise<ConversationId> {
    const stream = groupStream(freshId());
    const memberIds = others.map(({ userId }) => userId);
    await ops(owner, { ...op.create(stream, memberIds, { title: 'Choir', ...more }), id: freshId() });
    return stream;
  }
  const say = (person: TestPerson, text: string, stream = chat, more = {}) =>
    ops(person, { ...op.send(stream, text, more), id: freshId() });

  async function registered(person: TestPerson, more: object = {}) {
    const device = crypto.randomUUID();
    const { id, subscription } = service.subscribe();
    const answer = await person.request('PUT', '/api/push/subscription', { device, subscription, ...more });
    expect(answer).toMatchObject({ status: 200 });
    registrations.push({ person, device });
    return { device, id, subscription };
  }
  /** Without the sender's name. */
  const textOf = ({ payload }: ReceivedPush) => payload.notification.body.replace(/^\w+: /, '');
  const bodies = (pushes: readonly ReceivedPush[]) => pushes.map(textOf);

  /** A unique text, whose arrival ends a test. */
  const last = () => `last ${(seen += 1)}`;
  async function pushedTo(id: string, text: string) {
    for (let count = 1; ; count++) {
      const pushes = await service.accepted(id, count);
      if (pushes.slice(-1).map(textOf)[0] === text) return pushes;
    }
  }

  it('is sent to every device of everybody except the sender, encrypted, with TTL, urgency and a topic for the chat', async () => {
    const [own, phone, laptop] = [await registered(ann), await registered(bob), await registered(bob)];
    await say(ann, 'hello');
    const [push] = await service.accepted(phone.id);
    await service.accepted(laptop.id);
    expect(push?.payload.notification).toMatchObject({ title: 'Choir', body: 'Ann: hello', tag: chat });
    expect(push?.payload.app_badge).toBeGreaterThan(0);
    const told = parse(PushMessage, push?.payload.teamlink);
    expect(told).toMatchObject({ ok: true, value: { userId: bob.userId, stream: chat } });
    const { headers } = push as ReceivedPush;
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' });
    expect(Number(headers['ttl'])).toBeGreaterThan(86_400);
    expect(headers['topic']).toMatch(/^[\w-]{32}$/);
    expect(push?.bytes).toBeLessThan(4_096);
    // The sender gets pushes for messages of others, and none for their own.
    const end = last();
    await say(bob, end);
    expect(bodies(await pushedTo(own.id, end))).toEqual([end]);
  });

  it('messages of one chat in quick succession make one push, with the newest text', async () => {
    const phone = await registered(bob);
    await ops(ann, ...['one', 'two', 'three'].map((text) => ({ ...op.send(chat, text), id: freshId() })));
    const end = last();
    await service.accepted(phone.id);
    await say(ann, end);
    expect(bodies(await pushedTo(phone.id, end))).toEqual(['three', end]);
  });

  it('[PU5] the device decides what its notifications show', async () => {
    const [sender, nothing] = [await registered(bob, { show: 'sender' }), await registered(bob, { show: 'nothing' })];
    // A browser that renews a subscription by itself does not send it again.
    const { device, subscription } = nothing;
    await bob.request('PUT', '/api/push/subscription', { device, subscription });
    await say(ann, 'a secret');
    const [withSender] = await service.accepted(sender.id);
    const [withNothing] = await service.accepted(nothing.id);
    expect(withSender?.payload.notification).toMatchObject({ title: 'Choir', body: 'Ann' });
    expect(withNothing?.payload.notification).toMatchObject({ title: 'TeamLink', body: '' });
  });

  it('[PU7] [PU8] a person changes the settings for all their devices, and malformed ones are refused', async () => {
    const settings = '/api/push/settings';
    expect(await dora.get(settings)).toMatchObject({ answer: { mentions: false } });
    const quietHours = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
    expect(await dora.request('PUT', settings, { mentions: true, quietHours })).toMatchObject({ status: 200 });
    expect((await dora.get(settings)).answer).toEqual({ mentions: true, quietHours });
    const refused = async (more: object, path: string) =>
      expect(
        await dora.request('PUT', settings, { mentions: true, quietHours: { ...quietHours, ...more } }),
      ).toMatchObject({ status: 400, answer: { error: { code: 'invalid', path } } });
    await refused({ from: '24:00' }, 'quietHours.from');
    await refused({ to: '22:00' }, 'quietHours.to');
    await refused({ timeZone: 'Europe/Atlantis' }, 'quietHours.timeZone');
    await refused({ timeZone: "'; drop" }, 'quietHours.timeZone');
    expect((await dora.get(settings)).answer).toEqual({ mentions: true, quietHours });
    expect(await dora.request('PUT', settings, { mentions: false })).toMatchObject({ status: 200 });
    expect((await dora.get(settings)).answer).toEqual({ mentions: false });
  });

  it('[PU8] a person who ends their quiet hours gets the held-back pushes at once', async () => {
    const at = (inMs: number) => new Date(Date.now() + inMs).toISOString().slice(11, 16);
    const quietHours = { from: at(-3_600_000), to: at(3_600_000), timeZone: 'Etc/UTC' };
    await bob.request('PUT', '/api/push/settings', { mentions: false, quietHours });
    const stream = await group(ann, [bob, dora]);
    const [quiet, other] = [await registered(bob), await registered(dora)];
    const [held, end] = [last(), last()];
    await say(ann, held, stream);
    await pushedTo(other.id, held);
    // Both are dealt with in one round, and this is a later one.
    await say(ann, end, stream);
    await pushedTo(other.id, end);
    expect(service.pushes.filter(({ id }) => id === quiet.id)).toEqual([]);
    await bob.request('PUT', '/api/push/settings', { mentions: false });
    expect(bodies(await pushedTo(quiet.id, end))).toEqual([end]);
  });

  it('[PU5] for a device without sound, the payload says so', async () => {
    const silent = await registered(bob, { sound: false });
    const { device, subscription } = silent;
    await bob.request('PUT', '/api/push/subscription', { device, subscription });
    await say(ann, 'quietly');
    const [push] = await service.accepted(silent.id);
    expect(push?.payload).toMatchObject({ notification: { silent: true }, teamlink: { isSilent: true } });
  });

  it('[PU4] 429 and 5xx are retried after Retry-After, and 413 is not', async () => {
    const phone = await registered(bob);
    service.answer(phone.id, { status: 429, headers: { 'retry-after': '1' } }, { status: 500 });
    const began = Date.now();
    await say(ann, 'persistent');
    await service.accepted(phone.id);
    expect(Date.now() - began).toBeGreaterThan(1_000);
    service.answer(phone.id, { status: 413 });
    await say(ann, 'too large');
    await expect
      .poll(() => service.pushes.some(({ id, status }) => id === phone.id && status === 413), patience)
      .toBe(true);
    const end = last();
    await say(ann, end);
    expect(bodies(await pushedTo(phone.id, end))).toEqual(['persistent', end]);
    expect(service.pushes.filter(({ id }) => id === phone.id).map(({ status }) => status)).toEqual([
      429, 500, 201, 413, 201,
    ]);
  });

  it('[PU6] [SEC-66] a subscription that is gone is removed, and a test says so', async () => {
    const phone = await registered(bob);
    expect(await bob.request('POST', '/api/push/test', { device: phone.device })).toMatchObject({
      status: 200,
      answer: { isAccepted: true, status: 201 },
    });
    expect(await ann.request('POST', '/api/push/test', { device: phone.device })).toMatchObject({ status: 404 });
    const phoneAgain = { device: phone.device, subscription: phone.subscription };
    const register = () => bob.request('PUT', '/api/push/subscription', phoneAgain);
    expect(await register()).toMatchObject({ answer: { isNew: false } });
    service.answer(phone.id, { status: 410 });
    await say(ann, 'into the void');
    await expect
      .poll(async () => (await bob.request('POST', '/api/push/test', { device: phone.device })).status, patience)
      .toBe(404);
    // A browser that still has it is told to make a new one.
    expect(await register()).toMatchObject({ status: 200, answer: { isNew: true } });
  });

  it('[SEC-66] a subscription belongs to the person who registered it last, and ends with their session', async () => {
    const phone = await registered(bob);
    const eve = await server.signUp('Eve');
    const other = crypto.randomUUID();
    const body = { device: other, subscription: phone.subscription };
    const moved = await eve.request('PUT', '/api/push/subscription', body);
    expect(moved).toMatchObject({ status: 200, answer: { isNew: true } });
    const second = await registered(bob);
    await say(ann, 'for Bob alone');
    await service.accepted(second.id);
    const withEve = await group(ann, [eve]);
    const end = last();
    await say(ann, end, withEve);
    // Pushes from before this test may still have been in flight to Bob's phone.
    const asEve = bodies(await pushedTo(phone.id, end));
    expect(asEve).not.toContain('for Bob alone');
    expect(asEve.at(-1)).toBe(end);

    await eve.signOut();
    await say(ann, 'nobody is here', withEve);
    const [finish, guard] = [last(), await registered(bob)];
    await say(ann, finish);
    await pushedTo(guard.id, finish);
    expect(bodies(await service.accepted(phone.id)).at(-1)).toBe(end);
  });

  it('[LV11] a device with a visible app gets no pushes until the app is hidden', async () => {
    const phone = await registered(bob);
    const socket = await bob.connect({ auth: { protocol: 1, device: phone.device } });
    socket.socket.emit('visible', { on: true });
    await socket.ask('pull', { cursors: {}, only: [] });
    const second = await registered(bob);
    await say(ann, 'seen');
    await service.accepted(second.id);
    expect(service.pushes.filter(({ id }) => id === phone.id)).toEqual([]);
    const end = last();
    const later = await group(dora, [bob]);
    socket.socket.emit('visible', { on: false });
    await socket.ask('pull', { cursors: {}, only: [] });
    await say(dora, end, later);
    expect((await pushedTo(phone.id, end)).length).toBeGreaterThan(0);
    socket.close();
  });

  it('[PU1] a registration that is malformed or names another host is refused', async () => {
    const device = crypto.randomUUID();
    const { subscription } = service.subscribe();
    const refused = async (body: object, path: string) => {
      const { status, answer } = await bob.request('PUT', '/api/push/subscription', body);
      expect({ status, answer }).toMatchObject({ answer: { error: { path } } });
      expect([400, 413]).toContain(status);
    };
    const changed = (more: object) => ({ device, subscription: { ...subscription, ...more } });
    await refused(changed({ endpoint: 'https://localhost/abc' }), 'subscription.endpoint');
    await refused(changed({ endpoint: `https://fcm.googleapis.com/${'a'.repeat(4_000)}` }), 'subscription.endpoint');
    const keys = (more: object) => changed({ keys: { ...subscription.keys, ...more } });
    await refused(keys({ p256dh: 'B'.repeat(87) }), 'subscription.keys.p256dh');
    await refused(keys({ p256dh: 'B'.repeat(5_000) }), 'subscription.keys.p256dh');
    await refused(keys({ auth: 'A' }), 'subscription.keys.auth');
    const huge = await bob.request('PUT', '/api/push/subscription', keys({ p256dh: 'B'.repeat(10_000) }));
    expect(huge).toMatchObject({ status: 413, answer: { error: { code: 'too_large' } } });
    for (const endpoint of [
      'http://fcm.googleapis.com/abc',
      'https://fcm.googleapis.com:8443/abc',
      'https://user:word@fcm.googleapis.com/abc',
      'https://169.254.169.254/latest/meta-data',
      'https://[::1]/abc',
    ])
      await refused(changed({ endpoint }), 'subscription.endpoint');
    await refused({ device: 'x', subscription }, 'device');
    await refused({ device, subscription, evil: true }, 'evil');
    const none = await fetch(`${server.origin}/api/push/key`);
    expect(none.status).toBe(401);
    expect((await bob.get<{ publicKey: string }>('/api/push/key')).answer.publicKey).toMatch(/^[\w-]{87}$/);
  });

  it('[SEC-66] a person has at most twenty subscriptions; the longest unused ones are removed', async () => {
    const first = await registered(bob);
    for (let at = 0; at < 20; at++) await registered(bob);
    expect(await bob.request('POST', '/api/push/test', { device: first.device })).toMatchObject({ status: 404 });
  });
});

it('[PU2] [PU3] messages that were stored before the server ended are pushed after its start, and none twice; the key stays', async () => {
  const service = await startPushService();
  const env = { PUSH_TEST_SERVICE: service.origin };
  const before = await startTestServer(env, { pushTimes: { ...times, waitMs: 600 } });
  const [ann, bob] = [await before.signUp('Ann'), await before.signUp('Bob')];
  const chat = directStream(ann.userId, bob.userId);
  const { id, subscription } = service.subscribe();
  const device = crypto.randomUUID();
  await bob.request('PUT', '/api/push/subscription', { device, subscription });
  const key = await bob.get('/api/push/key');
  await ann.post('push', { ops: [op.create(chat, []), op.send(chat, 'before')] });
  const { dataDir } = before;
  await before.close({ keepData: true });

  const after = await startTestServer(env, { dataDir, pushTimes: times });
  const [ann2, bob2] = [after.guest(ann), after.guest(bob)];
  const again = (person: TestPerson, path: string, init: RequestInit) =>
    fetch(`${after.origin}${path}`, {
      ...init,
      headers: { cookie: person.cookie, 'content-type': 'application/json' },
    });
  await service.accepted(id);
  expect(await (await again(bob2, '/api/push/key', {})).json()).toEqual(key.answer);
  const body = JSON.stringify({ ops: [{ ...op.send(chat, 'after'), id: nextId() }] });
  await again(ann2, '/api/sync/push', { method: 'POST', body });
  const pushes = await service.accepted(id, 2);
  expect(pushes.map(({ payload }) => payload.notification.body)).toEqual(['before', 'after']);
  await after.close();
  await service.close();
});
