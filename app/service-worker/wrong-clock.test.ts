import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDevice, type Device } from '#app/local-store/device.ts';
import { startFakeIndexedDb } from '#app/local-store/testing/fake-indexed-db.fixture.ts';
import {
  ann,
  bootstrap,
  membership,
  messages,
  newGroup,
  own,
  page,
  pulled,
} from '#app/local-store/testing/records.fixture.ts';
import { opened } from '#app/local-store/testing/opened-store.fixture.ts';
import { saveNotified } from '#app/sync/device-facts.ts';
import { createSharedLocks } from '#app/sync/testing/lock-manager.fixture.ts';
import { noteServerAhead } from '#app/ui/server-clock.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { PushPayload } from '#protocol/push.ts';
import { act } from './act.ts';
import { notify } from './notify.ts';

const HOUR_MS = 3_600_000;
/** The server's clock. The device's is five hours behind it. */
const now = Date.parse('2026-11-30T15:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();

let device: Device;
let chat: ConversationId;
/** Until when the server says that the chat is muted. */
let until: string;
let isReachable: boolean;
let shown: { title: string; data: unknown }[];

beforeEach(async () => {
  startFakeIndexedDb();
  // Timers too, because a notification that says nothing is closed a second later, which would be after the test.
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout'], now: now - 5 * HOUR_MS });
  const self = {
    navigator: { language: 'en' },
    clients: { matchAll: async () => [] },
    registration: {
      getNotifications: async () => [],
      showNotification: async (title: string, { data }: NotificationOptions) => void shown.push({ title, data }),
    },
  };
  vi.stubGlobal('self', self);
  vi.stubGlobal('navigator', { locks: createSharedLocks().tab('worker') });
  vi.stubGlobal('fetch', async () => {
    if (!isReachable) throw new TypeError('unreachable');
    const answer = pulled([
      page(own, 3, [membership(chat, { mutedUntil: until })]),
      bootstrap(chat, messages(chat, 1, 2)),
    ]);
    return Response.json(answer, { headers: { date: new Date(now).toUTCString() } });
  });
  [chat, shown, isReachable] = [newGroup(), [], true];
  const found = await openDevice();
  if (!found.ok) throw new Error(found.failure);
  device = found.value;
  await saveNotified(device, { userId: ann, language: 'en' });
});
afterEach(() => {
  device.close();
  noteServerAhead(undefined);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function push(): Promise<void> {
  const payload: PushPayload = {
    web_push: 8030,
    notification: { title: 'Bob', body: 'text 2', navigate: 'https://chat.example/', tag: chat },
    app_badge: 1,
    mutable: true,
    teamlink: { version: 1, kind: 'message', userId: ann, stream: chat, seq: 2, show: 'text', read: {} },
  };
  return notify({ json: () => payload } as Parameters<typeof notify>[0]);
}

test('[PU3] a mute that has ended by the server’s clock mutes nothing, although the device’s clock is hours behind', async () => {
  until = iso(now - HOUR_MS);
  await push();
  expect(shown.map(({ title }) => title)).toEqual(['Crew']);
});

test('[PU3] a mute that has not ended by the server’s clock mutes, although the device’s clock is hours ahead', async () => {
  vi.setSystemTime(now + 5 * HOUR_MS);
  until = iso(now + HOUR_MS);
  await push();
  expect(shown.map(({ title }) => title)).toEqual(['TeamLink']);
});

test('[PU3] "Mute for an hour" in a notification ends an hour later by the server’s clock, in another run of the worker and offline too', async () => {
  until = iso(now - HOUR_MS);
  await push();
  // The next run knows nothing but what is on the device.
  noteServerAhead(undefined);
  isReachable = false;
  vi.setSystemTime(now - 4 * HOUR_MS);
  const notification = { data: shown[0]?.data, close: () => undefined } as Notification;
  await act({ action: 'mute', notification });
  const store = await opened(ann);
  const ops = (await store.outbox()).map(({ op }) => op);
  store.close();
  expect(ops).toMatchObject([{ kind: 'membership.update', stream: chat, mutedUntil: iso(now + 2 * HOUR_MS) }]);
});
