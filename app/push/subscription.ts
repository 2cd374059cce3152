import { pushKey, registerPush, testPush, unregisterPush } from '#app/http/push.ts';
import type { DeviceId } from '#protocol/ids.ts';
import { BrowserSubscription, type Shown } from '#protocol/push.ts';
import { parse } from '#protocol/shape.ts';
import { isAppleMobile, thisBrowser } from './unblocking.ts';

/** `not-installed`: on an iPhone or iPad only the installed app may notify. */
export type PushState = 'unsupported' | 'not-installed' | 'denied' | 'off' | 'on';

/** What notifications show on this device, and whether they make a sound. */
export interface DeviceChoices {
  show: Shown;
  sound: boolean;
}

/** `dismissed`: the person did not answer the browser's question. `browser`: its push service cannot be reached. */
export type PushProblem = 'denied' | 'dismissed' | 'browser' | 'server';

export async function pushState(): Promise<PushState> {
  const isSupported = 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;
  const browser = thisBrowser();
  if (!isSupported) return isAppleMobile(browser) && !browser.isInstalled ? 'not-installed' : 'unsupported';
  if (Notification.permission === 'denied') return 'denied';
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = (await registration?.pushManager.getSubscription()) ?? null;
  return Notification.permission === 'granted' && subscription !== null ? 'on' : 'off';
}

/** Asks for the permission, so it must be called after a press. Resolves to the problem, or to undefined once this device gets pushes. */
export async function turnOnPush(device: DeviceId, choices: DeviceChoices): Promise<PushProblem | undefined> {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return permission === 'denied' ? 'denied' : 'dismissed';
  return subscribe(device, choices);
}

/** Called at every start, because browsers end subscriptions silently, and another person may have had this one. [PU1] [PU2] */
export async function renewPush(device: DeviceId, choices: DeviceChoices): Promise<PushProblem | undefined> {
  if ((await pushState()) === 'unsupported' || Notification.permission !== 'granted') return 'denied';
  return subscribe(device, choices);
}

async function subscribe(device: DeviceId, choices: DeviceChoices): Promise<PushProblem | undefined> {
  const key = await pushKey();
  if (!key.ok) return 'server';
  const { pushManager } = await navigator.serviceWorker.ready;
  const { publicKey } = key.value;
  try {
    const before = await pushManager.getSubscription();
    const isCurrent = before !== null && keyOf(before) === publicKey;
    if (before !== null && !isCurrent) await before.unsubscribe();
    const options = { userVisibleOnly: true, applicationServerKey: publicKey };
    const register = async (made: PushSubscription) => {
      const subscription = parse(BrowserSubscription, made.toJSON());
      return subscription.ok ? registerPush({ device, subscription: subscription.value, ...choices }) : undefined;
    };
    let registered = await register(isCurrent ? before : await pushManager.subscribe(options));
    // The push service may have ended a subscription that the browser still has; the server has then removed it.
    if (isCurrent && registered?.ok === true && registered.value.isNew === true) {
      await before.unsubscribe();
      registered = await register(await pushManager.subscribe(options));
    }
    if (registered === undefined) return 'browser';
    return registered.ok ? undefined : 'server';
  } catch {
    return 'browser';
  }
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCodePoint(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Works offline too: the push service tells the server with the next push that the subscription is gone. */
export async function turnOffPush(device: DeviceId): Promise<void> {
  await endPush();
  await unregisterPush(device);
}

/** Only on this device, as at a sign-out: removes the subscription, all notifications and the badge. [SEC-66] */
export async function endPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const notification of (await registration?.getNotifications?.()) ?? []) notification.close();
  await navigator.clearAppBadge?.();
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

export const testSteps = ['permission', 'subscription', 'server', 'service', 'shown'] as const;
export type TestStep = (typeof testSteps)[number];

const SHOWN_WITHIN_MS = 15_000;

/** Tests every step of a notification. Resolves to the first step that fails; undefined if a notification was shown. [PU6] */
export async function tryPush(device: DeviceId, onStep: (step: TestStep) => void): Promise<TestStep | undefined> {
  onStep('permission');
  if (Notification.permission !== 'granted') return 'permission';
  onStep('subscription');
  const registration = await navigator.serviceWorker.ready;
  if ((await registration.pushManager.getSubscription()) === null) return 'subscription';
  onStep('server');
  for (const old of await registration.getNotifications({ tag: 'test' })) old.close();
  const tried = await testPush(device);
  if (!tried.ok) return tried.failure.kind === 'refused' && tried.failure.status === 404 ? 'subscription' : 'server';
  onStep('service');
  if (!tried.value.isAccepted) return 'service';
  onStep('shown');
  for (const end = Date.now() + SHOWN_WITHIN_MS; Date.now() < end;) {
    if ((await registration.getNotifications({ tag: 'test' })).length > 0) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return 'shown';
}
