import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { connectionChanged } from '#app/state/connection.ts';
import type { DeviceStorage } from '#app/state/device-storage.ts';
import { signedIn } from '#app/state/session.ts';
import { createAppStore } from '#app/state/store.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';
import type { UserId } from '#protocol/ids.ts';
import { afterFirstScreens } from './after-first-screens.ts';

const none: DeviceStorage = {
  getItem: () => Promise.resolve(null),
  setItem: () => Promise.resolve(),
  removeItem: () => Promise.resolve(),
};

beforeEach(() => {
  vi.useFakeTimers();
  // A page idles at once here.
  vi.stubGlobal('requestIdleCallback', (run: () => void) => run());
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Whether it has been resolved yet, on a page that a worker controls or does not. */
async function started({ isControlled = false, isSignedIn = true } = {}) {
  vi.stubGlobal('navigator', { serviceWorker: { controller: isControlled ? {} : null } });
  const { store } = createAppStore(none);
  if (isSignedIn) store.dispatch(signedIn({ id: 'ann' as UserId, name: 'Ann', email: 'ann@example.org' }));
  const enter = (connection: ConnectionStatus) =>
    store.dispatch(connectionChanged({ connection, caughtUpAt: null }, Date.now()));
  let isOver = false;
  void afterFirstScreens(store).then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(0);
  return {
    isOver: () => isOver,
    async reach(connection: ConnectionStatus) {
      enter(connection);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

test('on a first visit, what the first screens do without waits until the device has caught up', async () => {
  const visit = await started();
  await visit.reach({ phase: 'catching-up', streamsDone: 1, streamsTotal: 2 });
  expect(visit.isOver()).toBe(false);
  await visit.reach({ phase: 'online' });
  expect(visit.isOver()).toBe(true);
});

test('it does not wait for a network that is not there, nor for long on a slow one', async () => {
  const offline = await started();
  await offline.reach({ phase: 'offline' });
  expect(offline.isOver()).toBe(true);
  const slow = await started();
  await vi.advanceTimersByTimeAsync(2_900);
  expect(slow.isOver()).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(slow.isOver()).toBe(true);
});

test('nothing is waited for where a service worker has the files, nor by somebody who is signed out', async () => {
  expect((await started({ isControlled: true })).isOver()).toBe(true);
  expect((await started({ isSignedIn: false })).isOver()).toBe(true);
});
