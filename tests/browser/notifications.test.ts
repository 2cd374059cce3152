import { createECDH, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import {
  type Visitor,
  expectTexts,
  message,
  openChat,
  startDirect,
  WITH_WORKER,
  workerReady,
  write,
} from './browser.fixture.ts';
import { push, sendOp, streamOf, userIdOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * The service worker without a page. Its events come from DevTools, as the browser would deliver them; how a push gets to a
 * browser is tested with the server.
 */
const stage = setStage();

interface Shown {
  title: string;
  body: string;
  seq: number;
}

/** Ann and Bob, who have written to each other. Bob has closed the app, but his worker can be reached. */
async function annAndBob(name: string) {
  const [ann, bob] = await Promise.all([stage.signedUp('Ann Arbor'), stage.signedUp(name, WITH_WORKER)]);
  const { origin } = stage.server;
  await bob.context.grantPermissions(['notifications', 'background-sync'], { origin });
  const userId = await userIdOf(bob);
  await startDirect(ann, name);
  await write(ann.page, 'hello Bob');
  await openChat(bob.page, 'Ann Arbor');
  await message(ann.page, 'hello Bob', 'Read').waitFor();
  const stream = streamOf(bob.page);
  await workerReady(bob);

  const devTools = await bob.context.newCDPSession(bob.page);
  const registered = new Promise<string>((resolve) => {
    devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { scopeURL, registrationId } of registrations) if (scopeURL === `${origin}/`) resolve(registrationId);
    });
  });
  await devTools.send('ServiceWorker.enable');
  const registrationId = await registered;
  // DevTools may report the worker a moment after it is active.
  const worker = bob.context.serviceWorkers()[0] ?? (await bob.context.waitForEvent('serviceworker'));

  // The icon itself is the system's; what it is told can be seen here.
  await worker.evaluate(() => {
    const scope = globalThis as unknown as WorkerScope;
    Object.defineProperty(navigator, 'setAppBadge', { value: async (count: number) => void (scope.badge = count) });
  });
  const payload = { version: 1, kind: 'message', userId, stream, seq: 2, show: 'text', read: {} };
  return {
    ann,
    bob,
    stream,
    userId,
    /** Runs in the worker. */
    inWorker: <T, A>(work: (given: A) => T, given: A) => worker.evaluate<T, A>(work as never, given as never),
    /** As the server composes it; `more` replaces what the worker needs. */
    deliver: (more: object = {}) =>
      devTools.send('ServiceWorker.deliverPushMessage', {
        origin,
        registrationId,
        data: JSON.stringify({
          web_push: 8030,
          notification: { title: 'Ann', body: 'from the payload', navigate: origin, tag: stream },
          app_badge: 1,
          mutable: true,
          teamlink: { ...payload, ...more },
        }),
      }),
    deliverText: (data: string) => devTools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data }),
    sync: () =>
      devTools.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId, tag: 'outbox', lastChance: false }),
    periodicSync: () =>
      devTools.send('ServiceWorker.dispatchPeriodicSyncEvent', { origin, registrationId, tag: 'catch-up' }),
    shown: () =>
      worker.evaluate(async () => {
        const { registration } = globalThis as unknown as WorkerScope;
        const all = await registration.getNotifications();
        return all.map(({ title, body, data }): Shown => ({ title, body, seq: data.seq }));
      }),
    badge: () => worker.evaluate(() => (globalThis as unknown as WorkerScope).badge),
    /** As if a button of the notification had been pressed. */
    press: (action: string, reply?: string) =>
      worker.evaluate(
        async ([name, text]) => {
          const scope = globalThis as unknown as WorkerScope;
          const [notification] = await scope.registration.getNotifications();
          const event = Object.assign(new Event('notificationclick'), {
            action: name,
            reply: text,
            notification,
            waitUntil: () => undefined,
          });
          scope.dispatchEvent(event);
        },
        [action, reply] as const,
      ),
  };
}

/** What the tests use of the worker's scope, which is not in the types of a page. */
interface WorkerScope {
  registration: { getNotifications(): Promise<(Omit<Notification, 'data'> & { data: { seq: number } })[]> };
  dispatchEvent(event: Event): void;
  clients: object;
  badge?: number;
  /** What was registered, and what the server said. */
  registered?: { body: unknown; status: number };
}

const close = ({ page }: Visitor) => page.goto('about:blank');

test('[ask 14] [ask 20] [ask 27] a push stores the message before it notifies, once, and the buttons work with no window open', async () => {
  const { ann, bob, stream, deliver, shown, badge, press } = await annAndBob('Bob Brown');
  await close(bob);
  await push(ann, [sendOp(stream, 'are you there?')]);
  await deliver();
  const told = { title: 'Ann Arbor', body: 'are you there?', seq: 2 };
  await expect.poll(shown).toEqual([told]);
  // The same push may arrive again.
  await deliver();
  await push(ann, [sendOp(stream, 'still busy')]);
  await deliver({ seq: 3 });
  await expect.poll(shown).toEqual([{ ...told, body: 'are you there?\nstill busy', seq: 3 }]);
  await expect.poll(badge).toBe(2);

  await press('reply', 'I am here');
  await message(ann.page, 'I am here').waitFor();
  await message(ann.page, 'still busy').waitFor();
  await expect.poll(shown).toEqual([]);
  await expect.poll(badge).toBe(0);

  // Whatever was notified is on the device, without a network.
  await bob.context.setOffline(true);
  await bob.page.goto('/');
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['hello Bob', 'are you there?', 'still busy', 'I am here']);
  expect(stage.complaints()).toEqual([]);
});

test('[ask 7] [CL13] [SEC-66] what was read closes, what is for somebody else tells nothing, and the outbox leaves without a page', async () => {
  const { ann, bob, stream, deliver, deliverText, shown, badge, sync, periodicSync } = await annAndBob('Bob Blue');
  // Written offline, then the last tab is closed.
  await bob.context.setOffline(true);
  await write(bob.page, 'written in a tunnel');
  const plan = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: testFiles.pdf() };
  await bob.page.locator('input[type=file]').setInputFiles(plan);
  const sheet = bob.page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill('and the plan');
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await message(bob.page, 'and the plan').waitFor();
  await close(bob);
  await bob.context.setOffline(false);
  await sync();
  await message(ann.page, 'written in a tunnel').waitFor();
  await message(ann.page, 'and the plan').getByText('plan.pdf').waitFor();

  await deliver({ userId: 'somebody-else' });
  await deliverText('not a payload of ours');
  await push(ann, [sendOp(stream, 'a secret')]);
  await deliver({ seq: 4, show: 'nothing' });
  await expect.poll(shown).toEqual([{ title: 'TeamLink', body: 'New message', seq: 4 }]);

  // Read elsewhere: the next push of another chat says so, or the browser wakes the worker before.
  const markRead = (readSeq: number) =>
    push(bob, [{ ...sendOp(stream, ''), kind: 'receipt.mark', readSeq, text: undefined, sentAt: undefined }]);
  await markRead(4);
  await deliver({ seq: 4, show: 'nothing' });
  await expect.poll(shown).toEqual([]);
  await push(ann, [sendOp(stream, 'another')]);
  await deliver({ seq: 5 });
  await expect.poll(shown).toMatchObject([{ seq: 5 }]);
  await expect.poll(badge).toBe(1);
  await markRead(5);
  await periodicSync();
  await expect.poll(shown).toEqual([]);
  await expect.poll(badge).toBe(0);
});

test('[ask 20] [PU7] [PU9] three hidden tabs get one notification, a mute lets a mention pass, and a later version is shown as it is', async () => {
  const { ann, bob, userId, stream, deliver, deliverText, shown, badge, press, inWorker } =
    await annAndBob('Bob Green');
  // His page would read the message. For the worker, three tabs are open, and none of them is seen.
  await close(bob);
  await inWorker(() => {
    const { clients } = globalThis as unknown as WorkerScope;
    const tab = { visibilityState: 'hidden' };
    Object.defineProperty(clients, 'matchAll', { configurable: true, value: async () => [tab, tab, tab] });
  }, undefined);
  await push(ann, [sendOp(stream, 'are you there?')]);
  await deliver();
  const told = { title: 'Ann Arbor', body: 'are you there?', seq: 2 };
  await expect.poll(shown).toEqual([told]);
  await push(ann, [sendOp(stream, 'and here')]);
  await deliver();
  await deliver({ seq: 3 });
  await expect.poll(shown).toEqual([{ ...told, body: 'are you there?\nand here', seq: 3 }]);

  await press('mute');
  await expect.poll(shown).toEqual([]);
  const muted = async () => {
    const only = [`u:${userId}`];
    const answer = await bob.page.request.post('/api/sync/pull', { data: { cursors: {}, only } });
    return JSON.stringify(await answer.json()).includes('"mutedUntil"');
  };
  await expect.poll(muted).toBe(true);
  await push(ann, [{ ...sendOp(stream, 'Bob?'), mentions: [userId] }, sendOp(stream, 'never mind')]);
  await deliver({ seq: 5 });
  await deliver({ seq: 5, isMention: true });
  await expect.poll(shown).toEqual([{ ...told, body: 'Bob?', seq: 5 }]);

  const unknown = { version: 2, kind: 'news', userId };
  const notification = { title: 'News', body: 'of a later version', navigate: '/news', tag: 'news' };
  await deliverText(JSON.stringify({ notification, teamlink: unknown }));
  await deliverText(JSON.stringify({ notification, teamlink: { ...unknown, userId: 'somebody-else' } }));
  await expect.poll(shown).toContainEqual({ title: 'News', body: 'of a later version', seq: undefined });
  expect(await shown()).toHaveLength(2);
  await expect.poll(badge).toBe(0);

  // The browser has ended the subscription: the server gets a new one.
  const subscription = subscriptionOf();
  await inWorker((given) => {
    const scope = globalThis as unknown as WorkerScope & typeof globalThis;
    PushManager.prototype.subscribe = async () => ({ toJSON: () => given }) as never;
    const { fetch } = scope;
    scope.fetch = async (path, init) => {
      const answer = await fetch(path, init);
      if (init?.method === 'PUT')
        scope.registered = { body: JSON.parse(init.body as string) as unknown, status: answer.status };
      return answer;
    };
    const event = { newSubscription: null, waitUntil: () => undefined };
    scope.dispatchEvent(Object.assign(new Event('pushsubscriptionchange'), event));
  }, subscription);
  const registered = () => inWorker(() => (globalThis as unknown as WorkerScope).registered, undefined);
  await expect.poll(registered).toMatchObject({ body: { subscription }, status: 200 });
});

/** As a browser gives it, for an address where nobody is. */
function subscriptionOf(): object {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  const keys = { p256dh: ecdh.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') };
  return { endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/nobody', keys };
}
