import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Visitor, entry, expectTexts, openChat, write } from './browser.fixture.ts';
import { push, rowsOf, userIdOf } from './device.fixture.ts';
import { makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setStage();

/** Somebody with a chat, and with a message on this device that has not been sent. */
async function withUnsent(): Promise<Visitor & { database: string; beside: Page }> {
  stage.link.mend();
  const ann = await stage.visitor('Ann Arbor', { ...WITH_WORKER, over: stage.link });
  await register(ann);
  await makeGroup(ann, 'Lighthouse');
  await ann.page.goto('/');
  await openChat(ann.page, 'Lighthouse');
  await workerReady(ann);
  // A page of the same origin without our app, which can do to the storage what other versions of it do.
  const beside = await ann.context.newPage();
  await beside.goto('/healthz');
  stage.link.cut();
  await write(ann.page, 'not sent yet');
  const database = await ann.page.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name = '' }) => name);
    return names.find((name) => name.startsWith('teamlink-person-')) ?? '';
  });
  expect(database).not.toBe('');
  return { ...ann, database, beside };
}

async function expectNothingLost(page: Page): Promise<void> {
  await entry(page, 'Lighthouse').waitFor();
  await openChat(page, 'Lighthouse');
  await expectTexts(page, ['not sent yet']);
}

test('[ask 8] without IndexedDB the app says that this browser stores nothing, and explains what to do', async () => {
  const { page } = await stage.visitor('Nobody');
  await page.addInitScript(() => {
    Object.defineProperty(window, 'indexedDB', { value: undefined });
  });
  await page.goto('/');
  await page.getByRole('heading', { name: 'This browser isn’t keeping any data for this site' }).waitFor();
  expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(1);
});

test('[REL-14] data of a newer version is left untouched for that version', async () => {
  const ann = await withUnsent();
  const { page, database, beside } = ann;
  await page.close();
  const version = await beside.evaluate(async (name) => {
    const old = (await indexedDB.databases()).find((found) => found.name === name)?.version ?? 0;
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(name, old + 10);
      request.addEventListener('success', () => resolve(request.result.close()));
      request.addEventListener('error', () => reject(request.error as DOMException));
    });
    return old + 10;
  }, database);
  const next = await ann.context.newPage();
  await next.goto('/');
  await next.getByRole('heading', { name: 'The data on this device is newer than this app' }).waitFor();
  const stored = await beside.evaluate(
    (name) =>
      new Promise((resolve) => {
        const request = indexedDB.open(name);
        request.addEventListener('success', () => {
          const all = request.result.transaction('outbox').objectStore('outbox').getAll();
          all.addEventListener('success', () => resolve([request.result.version, JSON.stringify(all.result)]));
        });
      }),
    database,
  );
  expect(stored).toEqual([version, expect.stringContaining('not sent yet')]);
});

test('while an older tab blocks the database the app says what it is waiting for; once that tab is closed, the app opens with all data', async () => {
  const ann = await withUnsent();
  const { page, database, beside } = ann;
  await page.close();
  // A tab of an older version that does not close the database, while a newer one wants to upgrade it.
  await beside.evaluate(async (name) => {
    const open = (version?: number) =>
      new Promise<IDBDatabase>((resolve) => {
        const request = version === undefined ? indexedDB.open(name) : indexedDB.open(name, version);
        request.addEventListener('success', () => resolve(request.result));
      });
    Object.assign(window, { blocking: await open() });
    const { version } = (window as unknown as { blocking: IDBDatabase }).blocking;
    void open(version + 1).then((upgraded) => upgraded.close());
  }, database);
  const next = await ann.context.newPage();
  await next.goto('/');
  await next.getByRole('heading', { name: 'Waiting for this device’s storage' }).waitFor();
  await beside.close();
  await expectNothingLost(next);
  expect(ann.complaints).toEqual([]);
});

test('if the data cannot be read, the app says so, keeps the data, and offers to try again or to sign out', async () => {
  const ann = await withUnsent();
  const { page, context } = ann;
  await page.close();
  const next = await context.newPage();
  // Like a browser with damaged files: every attempt to open this person's database fails.
  await next.addInitScript((name) => {
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (wanted: string, version?: number) => {
      if (wanted === name && sessionStorage.getItem('repaired') === null)
        throw new DOMException('Internal error', 'UnknownError');
      return version === undefined ? open(wanted) : open(wanted, version);
    };
  }, ann.database);
  await next.goto('/');
  await next.getByRole('heading', { name: 'The data on this device can’t be read' }).waitFor();
  expect(await next.getByRole('button', { name: 'Sign out', exact: true }).count()).toBe(1);
  await next.evaluate(() => sessionStorage.setItem('repaired', '1'));
  await next.getByRole('button', { name: 'Try again' }).click();
  await expectNothingLost(next);
});

test('[CL3] a device that is full stores what it missed once it has space again, and reports why it could not before', async () => {
  const ann = await stage.signedUp('Ann Adams');
  const bob = await stage.account('Bob Burns');
  const stream = await makeGroup(bob, 'Harbour', await userIdOf(ann));
  await push(bob, messageOps(stream, ['before']));
  const stored = async () => (await rowsOf<{ text: string }>(ann.page, 'messages')).map(({ text }) => text);
  await expect.poll(stored).toEqual(['before']);
  const full = await ann.page.evaluateHandle(() => {
    const original = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('no space', 'QuotaExceededError');
    };
    return { mend: () => (IDBObjectStore.prototype.put = original) };
  });
  await push(bob, messageOps(stream, ['meanwhile']));
  await expect.poll(() => ann.complaints.length).toBeGreaterThan(0);
  await full.evaluate(({ mend }) => void mend());
  await expect.poll(stored).toEqual(['before', 'meanwhile']);
  expect(ann.complaints.filter((complaint) => !complaint.startsWith('StoreRefused'))).toEqual([]);
});
