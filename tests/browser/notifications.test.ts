import { expect, test } from 'vitest';
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
    worker,
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
  badge?: number;
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
  const { ann, bob, stream, deliver, deliverText, shown, sync } = await annAndBob('Bob Blue');
  // Written offline, then the last tab is closed.
  await bob.context.setOffline(true);
  await write(bob.page, 'written in a tunnel');
  await close(bob);
  await bob.context.setOffline(false);
  await sync();
  await message(ann.page, 'written in a tunnel').waitFor();

  await deliver({ userId: 'somebody-else' });
  await deliverText('not a payload of ours');
  await push(ann, [sendOp(stream, 'a secret')]);
  await deliver({ seq: 3, show: 'nothing' });
  await expect.poll(shown).toEqual([{ title: 'TeamLink', body: 'New message', seq: 3 }]);

  // Read elsewhere: the next push of another chat says so.
  await push(bob, [{ ...sendOp(stream, ''), kind: 'receipt.mark', readSeq: 3, text: undefined, sentAt: undefined }]);
  await deliver({ seq: 3, show: 'nothing' });
  await expect.poll(shown).toEqual([]);
});
