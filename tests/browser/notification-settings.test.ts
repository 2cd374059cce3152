import { afterAll, expect, test } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { startPushService } from '#server/push/testing/push-service.fixture.ts';
import { entry, follow, openChat, openHome, write } from './browser.fixture.ts';
import { newId, push, sendOp, userIdOf } from './device.fixture.ts';
import { PHONE } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

/** Pushes really leave the server; DevTools passes the payload that the push service has decrypted to the worker. */
const service = await startPushService();
const stage = setOwnStage({ PUSH_TEST_SERVICE: service.origin });
afterAll(() => service.close());

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1';

/** In the page: a push service's subscription, which no test browser gets, and how often the permission was asked for. */
function withSubscription(given: object): void {
  const scope = globalThis as { asked?: number };
  scope.asked = 0;
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => {
    scope.asked = (scope.asked ?? 0) + 1;
    return ask();
  };
  let held: unknown = null;
  PushManager.prototype.getSubscription = async () => held as never;
  PushManager.prototype.subscribe = async (options) => {
    held = { options, toJSON: () => given, unsubscribe: async () => true };
    return held as never;
  };
}

test('[PU6] the permission is requested after a first exchange and a press, a test shows each of its steps, and if notifications are impossible the app says what to do', async () => {
  const [ann, bob] = await Promise.all([stage.account('Ann Arbor'), stage.signedUp('Bob Brown', WITH_WORKER)]);
  const { page, context } = bob;
  const { origin } = stage.server;
  const { id, subscription } = service.subscribe();
  await context.grantPermissions(['notifications'], { origin });
  await context.addInitScript(withSubscription, subscription);
  await openHome(bob);
  await workerReady(bob);
  const devTools = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    devTools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { scopeURL, registrationId } of registrations) if (scopeURL === `${origin}/`) resolve(registrationId);
    });
  });
  await devTools.send('ServiceWorker.enable');
  const registrationId = await registered;
  const asked = () => page.evaluate(() => (globalThis as { asked?: number }).asked);

  const stream = directStream((await userIdOf(ann)) as UserId, (await userIdOf(bob)) as UserId);
  await push(ann, [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }, sendOp(stream, 'hello Bob')]);
  const card = page.getByRole('region', { name: 'Notifications', exact: true });
  await openChat(page, 'Ann Arbor');
  // Everything that is fetched after the list has been drawn by then.
  await page.waitForFunction(() => new Promise((resolve) => requestIdleCallback(() => resolve(true))));
  expect([await asked(), await card.count()]).toEqual([0, 0]);
  await write(page, 'hello Ann');
  await card.waitFor();
  expect(await asked()).toBe(0);
  // On a phone the list and its button end above the offer.
  const [path, size] = [new URL(page.url()).pathname, page.viewportSize()];
  const { width, height } = PHONE.viewport ?? { width: 390, height: 844 };
  await page.setViewportSize({ width, height });
  await follow(page, '/');
  await entry(page, 'Ann Arbor').waitFor();
  const parts = [
    page.getByRole('navigation'),
    page.getByRole('button', { name: 'New chat' }).filter({ visible: true }),
  ];
  const [list, button, offer] = await Promise.all([...parts, card].map((each) => each.boundingBox()));
  expect(offer).toMatchObject({ x: 0, width, y: (list?.y ?? 0) + (list?.height ?? 0) });
  expect((offer?.y ?? 0) + (offer?.height ?? 0)).toBe(height);
  expect((button?.y ?? 0) + (button?.height ?? 0)).toBeLessThan(offer?.y ?? 0);
  // In a zoomed window it is below the list and can be scrolled to.
  for (const low of [
    { width: 360, height: 225 },
    { width: 320, height: 256 },
  ]) {
    await page.setViewportSize(low);
    const bottomOf = async (part: typeof card) => {
      const box = await part.boundingBox();
      return (box?.y ?? 0) + (box?.height ?? 0);
    };
    const list = page.getByRole('navigation');
    await expect.poll(() => bottomOf(list)).toBe(low.height);
    expect((await card.boundingBox())?.y).toBe(low.height);
    const turnOn = card.getByRole('button', { name: 'Turn on' });
    await turnOn.scrollIntoViewIfNeeded();
    expect(await bottomOf(turnOn)).toBeLessThanOrEqual(low.height);
    expect((await card.boundingBox())?.y).toBe(await bottomOf(list));
    await entry(page, 'Ann Arbor').scrollIntoViewIfNeeded();
  }
  if (size !== null) await page.setViewportSize(size);
  await follow(page, path);
  // What went wrong is said where it was tried, and the offer stays.
  await context.setOffline(true);
  await card.getByRole('button', { name: 'Turn on' }).click();
  await card.getByRole('alert').getByText('The server hasn’t answered as expected. Try again later.').waitFor();
  expect(await asked()).toBe(1);
  await context.setOffline(false);
  await card.getByRole('button', { name: 'Turn on' }).click();
  await card.waitFor({ state: 'detached' });

  await page.getByRole('link', { name: 'Settings' }).click();
  await card.getByRole('button', { name: 'Send a test' }).click();
  const [received] = await service.accepted(id);
  const data = JSON.stringify(received?.payload);
  await devTools.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
  await card.getByText('Notifications work on this device.').waitFor();
  const steps = card.getByRole('status').getByRole('listitem');
  const passed = ['Your browser allows notifications', 'This device is registered', 'The server has sent a test'];
  expect(await steps.allInnerTexts()).toEqual([
    ...passed,
    'The notification service has taken it',
    'The notification is on the screen',
  ]);
  service.answer(id, { status: 500 });
  await card.getByRole('button', { name: 'Send a test' }).click();
  await card.getByText('The notification service didn’t take it').waitFor();
  expect(await steps.allInnerTexts()).toEqual([...passed, 'The notification service didn’t take it']);

  // Refused in this browser.
  await page.addInitScript(() => Object.defineProperty(Notification, 'permission', { value: 'denied' }));
  await page.goto('/settings');
  await card.getByText('To allow them, press the icon before the address').waitFor();
  expect(await card.getByRole('button').count()).toBe(0);

  // Safari on an iPhone has no push before the app is installed.
  const phone = await context.newPage();
  await phone.addInitScript((userAgent) => {
    Object.defineProperty(navigator, 'userAgent', { value: userAgent });
    Reflect.deleteProperty(globalThis, 'PushManager');
  }, IPHONE);
  await phone.goto('/settings');
  const onPhone = phone.getByRole('region', { name: 'Notifications', exact: true });
  await onPhone.getByText('add the app to your Home Screen').waitFor();
  expect(await onPhone.getByRole('button').count()).toBe(0);
  await phone.close();
  expect(stage.complaints()).toEqual([]);
});
