import { expect, test } from 'vitest';
import { deviceStorage } from '#app/state/device-storage.ts';
import { newLock } from '#app/state/lock.ts';
import { lockChanged } from '#app/state/settings.ts';
import { createAppStore, rehydrated } from '#app/state/store.ts';
import { lockOf } from './lock-of.ts';

test('[SEC-55] the worker reads from the app’s stored state whether it locks, and whether it is locked', async () => {
  const entries = new Map<string, string>();
  const device = {
    get: async (key: string) => entries.get(key),
    set: async (key: string, value: string) => void entries.set(key, value),
    remove: async (key: string) => void entries.delete(key),
  };
  expect(await lockOf(device)).toBe('none');
  const { store, persistor } = createAppStore(deviceStorage(device));
  await rehydrated(persistor);
  const lock = newLock({ salt: 's', hash: 'h' }, 5, 1);
  for (const [next, found] of [
    [lock, 'open'],
    [{ ...lock, isLocked: true }, 'locked'],
    [null, 'none'],
  ] as const) {
    store.dispatch(lockChanged(next));
    await persistor.flush();
    expect(await lockOf(device)).toBe(found);
  }
});
