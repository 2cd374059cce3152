import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dexie } from 'dexie';
import { openDevice } from '#app/local-store/device.ts';
import { databaseName, declareTables } from '#app/local-store/tables.ts';
import { startFakeIndexedDb } from '#app/local-store/testing/fake-indexed-db.fixture.ts';
import { deviceStorage } from '#app/state/device-storage.ts';
import { signedIn } from '#app/state/session.ts';
import { createAppStore, rehydrated } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { readNotified, saveNotified } from '#app/sync/device-facts.ts';
import type { UserId } from '#protocol/ids.ts';
import { createSessionActions, finishSignOut } from './session-actions.ts';

startFakeIndexedDb();
beforeEach(() => {
  // The parts of a page that Node does not have.
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('document', { cookie: '' });
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('history', { replaceState: () => undefined });
  vi.stubGlobal(
    'BroadcastChannel',
    class extends EventTarget {
      postMessage() {}
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

const ana = { id: 'ana-signs-out' as UserId, name: 'Ana', email: 'ana@example.org' };

/** A new page, whose state is what the device has stored. */
async function openPage() {
  const opened = await openDevice();
  if (!opened.ok) throw new Error('the device did not open');
  const device = opened.value;
  const { store, persistor } = createAppStore(deviceStorage(device));
  await rehydrated(persistor);
  await finishSignOut(device, store);
  return { device, store, persistor, actions: createSessionActions(device, store, persistor) };
}

/** Writes a row into somebody's database, as a page that is open does. */
async function writeRow(userId: UserId): Promise<void> {
  const tables = declareTables(databaseName(userId));
  await tables.open();
  await tables.table('facts').put({ key: 'trace', value: 'of Ana' });
  tables.close();
}

test('[CL6] signing out removes the person’s views before their rows are closed, because views would fail to read them', async () => {
  const { device, store, actions } = await openPage();
  store.dispatch(signedIn(ana));
  const shown: unknown[] = [];
  const client = { close: async () => void shown.push(store.getState().session.profile) };
  await actions.leave(client as unknown as Client);
  expect(shown).toEqual([null]);
  device.close();
});

test('[CL6] if a page is ended while it signs out, the next page finishes that before it shows anything', async () => {
  const first = await openPage();
  first.store.dispatch(signedIn(ana));
  await first.persistor.flush();
  await writeRow(ana.id);
  await saveNotified(first.device, { userId: ana.id, language: 'en' });
  // The page is ended here.
  const client = { close: () => new Promise<void>(() => undefined) };
  vi.spyOn(first.persistor, 'flush').mockReturnValue(new Promise(() => undefined));
  void first.actions.leave(client as unknown as Client);
  await expect.poll(() => first.store.getState().session.profile).toBeNull();
  // A push that arrives before the next page opens belongs to nobody.
  expect(await readNotified(first.device)).toBeUndefined();
  first.persistor.pause();
  first.device.close();

  const next = await openPage();
  expect(next.store.getState().session.profile).toBeNull();
  await expect.poll(() => Dexie.exists(databaseName(ana.id))).toBe(false);
  await expect.poll(() => next.device.get('wipe-person')).toBeUndefined();
  next.device.close();
});

test('[CL6] nobody can sign in while the previous session still has to be ended, because that would end the new one', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
  const { device, store, actions } = await openPage();
  store.dispatch(signedIn(ana));
  await actions.leave(undefined);
  let hasRun = false;
  const problem = await actions.enterBy(async () => {
    hasRun = true;
    return { ok: true, value: {} };
  });
  expect(problem).toMatchObject({ kind: 'offline' });
  expect(hasRun).toBe(false);
  device.close();
});

test('[RC6] changes of the profile on another device are known once the session was checked', async () => {
  const { device, store, actions } = await openPage();
  store.dispatch(signedIn({ ...ana, about: 'On call' }));
  const user = { ...ana, about: 'On leave', createdAt: new Date(0).toISOString() };
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ user })));
  await actions.check();
  expect(store.getState().session.profile).toEqual({ ...ana, about: 'On leave' });
  device.close();
});

test('a fresh answer about the session is not requested again when the list is drawn, and is later', async () => {
  const { device, store, persistor, actions } = await openPage();
  store.dispatch(signedIn(ana));
  const user = { ...ana, createdAt: new Date(0).toISOString() };
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(Response.json({ user })));
  vi.stubGlobal('fetch', fetched);
  const now = vi.spyOn(performance, 'now').mockReturnValue(10_000);
  await actions.check();
  await actions.check();
  expect(fetched).toHaveBeenCalledTimes(1);
  now.mockReturnValue(13_000);
  await actions.check();
  expect(fetched).toHaveBeenCalledTimes(2);
  now.mockRestore();
  await persistor.flush();
  device.close();
});
