import { createECDH, randomBytes } from 'node:crypto';
import type { Worker } from 'playwright-core';
import { expect, test } from 'vitest';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import { type Visitor, entry, expectTexts, message, openChat, signOut, startDirect, write } from './browser.fixture.ts';
import { recordedFilm } from './recorded-film.fixture.ts';
import { newGroupStream, newId, push, sendOp, streamOf, userIdOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

/*
 * The service worker without a page. Its events come from DevTools, as the browser would deliver them; how a push gets to a
 * browser is tested with the server.
 */
const stage = setStage();

/** Chromium may lose a notification that it is about to show when it is asked for all of them, so it is asked rarely. */
const RARELY = { interval: 700 };

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
  let worker = bob.context.serviceWorkers()[0] ?? (await bob.context.waitForEvent('serviceworker'));
  await watchBadge(worker);
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
        return all.map(({ title, body, data }) => ({ title, body, seq: data?.seq }));
      }),
    /** Ends the worker, as a browser does when it is idle; the event starts it again, with nothing in its memory. */
    async restart(event: () => Promise<unknown>) {
      const isStopped = new Promise<void>((resolve) => {
        devTools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
          if (versions.every(({ runningStatus }) => runningStatus === 'stopped')) resolve();
        });
      });
      await devTools.send('ServiceWorker.stopAllWorkers');
      await isStopped;
      await event();
      worker = bob.context.serviceWorkers().at(-1) ?? worker;
      await watchBadge(worker);
    },
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

/** The icon itself belongs to the system; this records the calls that set its badge. The worker and the page share it. */
async function watchBadge(scope: Pick<Worker, 'evaluate'>): Promise<void> {
  await scope.evaluate(() => {
    const told = globalThis as { badge?: number };
    const badge = (count: number) => async () => void (told.badge = count);
    Object.defineProperty(navigator, 'setAppBadge', { value: (count: number) => badge(count)() });
    Object.defineProperty(navigator, 'clearAppBadge', { value: badge(0) });
  });
}

interface ShownNotification extends Omit<Notification, 'data'> {
  data: { seq: number } | null;
  actions: { action: string }[];
}

/** Until `fetchAgain`, or until the worker ends. Nothing is sent later by itself either. */
function failToFetch(): void {
  const scope = globalThis as unknown as WorkerScope & typeof globalThis;
  Object.defineProperty(scope.registration, 'sync', { value: undefined });
  scope.usualFetch = fetch;
  scope.failures = 0;
  scope.fetch = () => {
    scope.failures = (scope.failures ?? 0) + 1;
    return Promise.reject(new TypeError('offline'));
  };
}

function fetchAgain(): void {
  const { usualFetch } = globalThis as unknown as WorkerScope;
  if (usualFetch !== undefined) globalThis.fetch = usualFetch;
}

async function firstIcon(): Promise<string> {
  const [first] = await (globalThis as unknown as WorkerScope).registration.getNotifications();
  return first?.icon ?? '';
}

async function firstActions(): Promise<string[]> {
  const [first] = await (globalThis as unknown as WorkerScope).registration.getNotifications();
  return (first?.actions ?? []).map(({ action }) => action);
}

/** What the tests use of the worker's scope, which is not in the types of a page. */
interface WorkerScope {
  registration: { getNotifications(): Promise<ShownNotification[]> };
  dispatchEvent(event: Event): void;
  clients: object;
  badge?: number;
  usualFetch?: typeof fetch;
  failures?: number;
  /** What was registered, and what the server said. */
  registered?: { body: unknown; status: number };
}

const close = ({ page }: Visitor) => page.goto('about:blank');

test('[ask 14] [ask 20] [ask 27] a push stores the message before it notifies, once, and the buttons work with no window open', async () => {
  const { ann, bob, stream, deliver, restart, shown, badge, press, inWorker } = await annAndBob('Bob Brown');
  await close(bob);
  await push(ann, [sendOp(stream, 'are you there?')]);
  await deliver();
  const told = { title: 'Ann Arbor', body: 'are you there?', seq: 2 };
  await expect.poll(shown, RARELY).toEqual([told]);
  // Without a network the payload says what is new, and not what the device holds.
  await inWorker(failToFetch, undefined);
  await deliver({ seq: 3 });
  await expect.poll(shown, RARELY).toEqual([{ title: 'Ann', body: 'from the payload', seq: 3 }]);
  // The same push may arrive again, also at a worker that knows nothing of the first one any more.
  await deliver();
  await restart(() => deliver({ seq: 3 }));
  await push(ann, [sendOp(stream, 'still busy'), sendOp(stream, 'still there')]);
  await deliver({ seq: 4 });
  await expect.poll(shown, RARELY).toEqual([{ ...told, body: 'are you there?\nstill busy\nstill there', seq: 4 }]);
  await expect.poll(badge).toBe(3);
  // Chromium on Linux confuses the buttons that follow the one with a text, and does not name that one in the event.
  expect((await inWorker(firstActions, undefined)).slice(0, 2)).toEqual(['read', 'reply']);

  await press('', 'I am here');
  await message(ann.page, 'I am here').waitFor();
  await message(ann.page, 'still there').waitFor();
  await expect.poll(shown, RARELY).toEqual([]);
  await expect.poll(badge).toBe(0);

  // Whatever was notified is on the device, without a network.
  await bob.context.setOffline(true);
  await bob.page.goto('/');
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['hello Bob', 'are you there?', 'still busy', 'still there', 'I am here']);

  // While the app is open, the badge is the number in its title: of what arrives, is read elsewhere, muted or archived.
  await bob.context.setOffline(false);
  await bob.page.goto('/');
  await entry(bob.page, 'Ann Arbor').waitFor();
  await watchBadge(bob.page);
  const counted = async () => [
    await bob.page.title(),
    await bob.page.evaluate(() => (globalThis as { badge?: number }).badge),
  ];
  await push(ann, [sendOp(stream, 'one more'), sendOp(stream, 'and another')]);
  await expect.poll(counted).toEqual(['(2) TeamLink', 2]);
  await deliver({ seq: 7 });
  await push(bob, [{ id: newId(), stream, kind: 'receipt.mark', readSeq: 7 }]);
  await expect.poll(counted).toEqual(['TeamLink', 0]);
  await push(ann, [sendOp(stream, 'unread')]);
  await expect.poll(counted).toEqual(['(1) TeamLink', 1]);
  await push(bob, [{ id: newId(), stream, kind: 'membership.update', mutedUntil: '2999-01-01T00:00:00.000Z' }]);
  await expect.poll(counted).toEqual(['TeamLink', 0]);
  await push(bob, [{ id: newId(), stream, kind: 'membership.update', mutedUntil: null }]);
  await expect.poll(counted).toEqual(['(1) TeamLink', 1]);
  await push(bob, [{ id: newId(), stream, kind: 'membership.update', archived: true, archivedSeq: 8 }]);
  await expect.poll(counted).toEqual(['TeamLink', 0]);
  // A message brings the chat back.
  await push(ann, [sendOp(stream, 'out of the archive')]);
  await expect.poll(counted).toEqual(['(2) TeamLink', 2]);
  await signOut(bob);
  await bob.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await expect.poll(async () => (await counted())[1]).toBe(0);
  expect(await bob.page.title()).not.toContain('(');
  expect(await shown()).toEqual([]);
  expect(stage.complaints()).toEqual([]);
});

test('[ask 7] [CL13] [MD13] [OP18] [SEC-66] notifications of read messages close, a push for somebody else reveals nothing, and the outbox is sent without a page', async () => {
  const { ann, bob, userId, stream, deliver, deliverText, shown, badge, sync, periodicSync, inWorker } =
    await annAndBob('Bob Blue');
  // Written offline, then the last tab is closed.
  await bob.context.setOffline(true);
  await write(bob.page, 'written in a tunnel');
  const plan = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: testFiles.pdf() };
  await bob.page.locator('input[type=file]').setInputFiles([plan, await recordedFilm(bob.page)]);
  const sheet = bob.page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill('and the plan');
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await message(bob.page, 'and the plan').waitFor();
  // What notifications of this chat may show can be chosen offline too.
  await bob.page.getByRole('button', { name: 'Details' }).click();
  const tells = bob.page.getByRole('group', { name: 'Notifications show' });
  await tells.getByRole('button', { name: 'Nothing' }).click();
  await tells.getByRole('button', { name: 'Nothing', pressed: true }).waitFor();
  await close(bob);
  await bob.context.setOffline(false);
  await sync();
  await message(ann.page, 'written in a tunnel').waitFor();
  // The browser tries again where something is left, such as files that the page which is closing had started to send.
  const plans = async () => {
    await sync();
    return message(ann.page, 'and the plan').getByText('plan.pdf').count();
  };
  await expect.poll(plans, RARELY).toBe(1);
  // The picture of the film that the page made when it was picked.
  const film = ann.page.getByRole('button', { name: 'Play video film.webm' });
  await expect.poll(() => film.evaluate((button) => button.querySelector('img')?.naturalWidth)).toBe(320);

  await deliver({ userId: 'somebody-else' });
  await deliverText('not a payload of ours');
  await push(ann, [sendOp(stream, 'a secret')]);
  await deliver({ seq: 4 });
  await expect.poll(shown, RARELY).toEqual([{ title: 'TeamLink', body: 'New message', seq: 4 }]);

  // Read elsewhere: the next push of another chat says so, or the browser wakes the worker before.
  const markRead = (readSeq: number) =>
    push(bob, [{ ...sendOp(stream, ''), kind: 'receipt.mark', readSeq, text: undefined, sentAt: undefined }]);
  await markRead(4);
  await deliver({ seq: 4, show: 'nothing' });
  await expect.poll(shown, RARELY).toEqual([]);
  await push(ann, [sendOp(stream, 'another')]);
  await deliver({ seq: 5 });
  await expect.poll(shown, RARELY).toMatchObject([{ seq: 5 }]);
  await expect.poll(badge).toBe(1);
  await markRead(5);
  await periodicSync();
  await expect.poll(shown, RARELY).toEqual([]);
  await expect.poll(badge).toBe(0);

  // A chat that has a picture shows it.
  const choir = newGroupStream();
  await push(ann, [{ id: newId(), stream: choir, kind: 'conversation.create', memberIds: [userId], title: 'Choir' }]);
  const file = { name: 'choir.png', mimeType: 'image/png', buffer: await testFiles.png() };
  const uploaded = await ann.page.request.post('/api/media', { multipart: { stream: choir, file } });
  const { mediaId: avatar } = (await uploaded.json()) as { mediaId: string };
  await push(ann, [{ id: newId(), stream: choir, kind: 'conversation.update', avatar }, sendOp(choir, 'la la la')]);
  await deliver({ stream: choir, seq: 1 });
  await expect.poll(() => inWorker(firstIcon, undefined), RARELY).toMatch(/^data:image\/webp/);
});

test('[ask 20] [PU7] [PU9] [SEC-55] three hidden tabs get one notification, a mute lets a mention pass, a later version is shown as it is, and a lock hides everything', async () => {
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
  await expect.poll(shown, RARELY).toEqual([told]);
  await push(ann, [sendOp(stream, 'and here')]);
  await deliver();
  await deliver({ seq: 3 });
  await expect.poll(shown, RARELY).toEqual([{ ...told, body: 'are you there?\nand here', seq: 3 }]);

  // Pressed offline, in a browser without Background Sync: it leaves with the next push.
  await inWorker(failToFetch, undefined);
  await press('mute');
  await expect.poll(shown, RARELY).toEqual([]);
  const failures = () => inWorker(() => (globalThis as unknown as WorkerScope).failures, undefined);
  await expect.poll(failures).toBeGreaterThan(0);
  await inWorker(fetchAgain, undefined);
  // An older push of the chat, which is muted by now.
  await deliver();
  const muted = async () => {
    const only = [`u:${userId}`];
    const answer = await bob.page.request.post('/api/sync/pull', { data: { cursors: {}, only } });
    return JSON.stringify(await answer.json()).includes('"mutedUntil"');
  };
  await expect.poll(muted).toBe(true);
  await push(ann, [{ ...sendOp(stream, 'Bob?'), mentions: [userId] }, sendOp(stream, 'never mind')]);
  await deliver({ seq: 5 });
  const unknown = { version: 2, kind: 'news', userId };
  const notification = { title: 'News', body: 'of a later version', navigate: '/news', tag: 'news' };
  // Again if one was forgotten.
  const delivered = async () => {
    await deliver({ seq: 5, isMention: true });
    await deliverText(JSON.stringify({ notification, teamlink: unknown }));
    return shown();
  };
  const news = { title: 'News', body: 'of a later version', seq: undefined };
  await expect
    .poll(async () => (await delivered()).toSorted((a, b) => a.title.localeCompare(b.title)), RARELY)
    .toEqual([{ ...told, body: 'Bob?', seq: 5 }, news]);
  const foreign = { notification: { ...notification, body: 'of somebody else', tag: 'foreign' } };
  await deliverText(JSON.stringify({ ...foreign, teamlink: { ...unknown, userId: 'somebody-else' } }));
  await expect.poll(badge).toBe(0);
  expect(JSON.stringify(await shown())).not.toContain('of somebody else');

  // With a lock, no notification on the device shows texts, whatever the payload allows. [SEC-55]
  const page = await bob.context.newPage();
  await page.goto('/settings');
  await page.getByRole('button', { name: '60 minutes' }).click();
  const pins = page.getByRole('dialog').getByRole('textbox');
  for (const at of [0, 1]) await pins.nth(at).fill('4711');
  await page.keyboard.press('Enter');
  // Earlier notifications have shown them.
  await expect.poll(shown, RARELY).toEqual([]);
  await page.getByRole('button', { name: 'Lock now' }).click();
  await page.getByRole('heading', { name: 'TeamLink is locked' }).waitFor();
  await push(ann, [{ ...sendOp(stream, 'behind the lock'), mentions: [userId] }]);
  // A visible page that is locked does not show the message itself.
  await inWorker(() => {
    const { clients } = globalThis as unknown as WorkerScope;
    Object.defineProperty(clients, 'matchAll', {
      configurable: true,
      value: async () => [{ visibilityState: 'visible' }],
    });
  }, undefined);
  // The page stores its state soon after it has changed.
  const deliveredLocked = async () => {
    await deliver({ seq: 6, isMention: true });
    return shown();
  };
  await expect.poll(deliveredLocked, RARELY).toContainEqual({ title: 'TeamLink', body: '2 new messages', seq: 6 });
  await page.close();
  expect(JSON.stringify(await shown())).not.toMatch(/Ann|lock/);

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
