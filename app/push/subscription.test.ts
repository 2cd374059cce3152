import { expect, onTestFinished, test, vi } from 'vitest';
import type { DeviceId } from '#protocol/ids.ts';
import { renewPush } from './subscription.ts';

const device = '11111111-1111-4111-8111-111111111111' as DeviceId;
/** 65 zeros. */
const key = 'A'.repeat(87);

/** A browser that has a subscription, and a server that knows the endpoints in `known`. */
function browserWith(known: readonly string[]) {
  let made = 0;
  let isHeld = true;
  const registered: string[] = [];
  const subscription = () => {
    const endpoint = `https://push.example.org/${made}`;
    return {
      options: { applicationServerKey: new Uint8Array(65) },
      toJSON: () => ({ endpoint, keys: { p256dh: key, auth: 'A'.repeat(22) } }),
      async unsubscribe() {
        isHeld = false;
        return true;
      },
    };
  };
  const pushManager = {
    getSubscription: async () => (isHeld ? subscription() : null),
    subscribe: async () => {
      made += 1;
      isHeld = true;
      return subscription();
    },
  };
  const registration = { pushManager };
  vi.stubGlobal('Notification', { permission: 'granted' });
  vi.stubGlobal('PushManager', class {});
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  vi.stubGlobal('navigator', {
    userAgent: '',
    maxTouchPoints: 0,
    serviceWorker: { ready: Promise.resolve(registration), getRegistration: async () => registration },
  });
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (path.endsWith('/key')) return Response.json({ publicKey: key });
    const { endpoint } = (JSON.parse(init?.body as string) as { subscription: { endpoint: string } }).subscription;
    const isNew = !known.includes(endpoint) && !registered.includes(endpoint);
    registered.push(endpoint);
    return Response.json({ isNew });
  });
  onTestFinished(() => void vi.unstubAllGlobals());
  return { registered };
}

test('[PU1] at the start, a subscription that the server has removed because its push service has ended it is replaced', async () => {
  const { registered } = browserWith([]);
  expect(await renewPush(device, { show: 'text', sound: true })).toBeUndefined();
  expect(registered).toEqual(['https://push.example.org/0', 'https://push.example.org/1']);
});

test('[PU1] at the start, a subscription that the server still has stays', async () => {
  const { registered } = browserWith(['https://push.example.org/0']);
  expect(await renewPush(device, { show: 'text', sound: true })).toBeUndefined();
  expect(registered).toEqual(['https://push.example.org/0']);
});
