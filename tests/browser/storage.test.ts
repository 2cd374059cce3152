import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  PASSWORD,
  type Visitor,
  crash,
  entry,
  expectTexts,
  message,
  newChat,
  openChat,
  write,
} from './browser.fixture.ts';
import { push, rowsOf, storedTexts, userIdOf } from './device.fixture.ts';
import { DESKTOP, makeGroup, messageOps, register } from './seed.fixture.ts';
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

/** From now on, no write to a database of this page succeeds, also after a reload, until `mend` is called. */
async function fill({ context }: Visitor, page?: Page) {
  const hook = () => {
    for (const name of ['put', 'add'] as const) {
      const original = IDBObjectStore.prototype[name];
      IDBObjectStore.prototype[name] = function (...given: [unknown, IDBValidKey?]) {
        if (sessionStorage.getItem('space') === null) throw new DOMException('no space', 'QuotaExceededError');
        return original.apply(this, given);
      };
    }
  };
  await context.addInitScript(hook);
  await page?.evaluate(hook);
  return { mend: (of: Page) => of.evaluate(() => sessionStorage.setItem('space', '1')) };
}

const choose = async (page: Page, text: string, item: string) => {
  await message(page, text).click({ button: 'right' });
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};

test('[REL-10] on a device that is full, an edit stays in its dialog, everything else that is done says that it was not stored, and reading says nothing', async () => {
  const ann = await stage.signedUp('Ann Allen', DESKTOP);
  const bob = await stage.account('Bob Burns');
  const stream = await makeGroup(bob, 'Harbour', await userIdOf(ann));
  await push(bob, messageOps(stream, ['theirs']));
  await push(ann, messageOps(stream, ['mine']));
  const { page } = ann;
  await openChat(page, 'Harbour');
  await message(page, 'mine').waitFor();
  const full = await fill(ann, page);
  await push(bob, messageOps(stream, ['meanwhile']));
  await message(page, 'meanwhile').waitFor();
  const notice = page.getByText('This device couldn’t store that.').filter({ visible: true }).first();

  await choose(page, 'mine', 'Edit');
  const dialog = page.getByRole('dialog', { name: 'Edit message' });
  expect(await notice.count()).toBe(0);
  await dialog.getByRole('textbox').fill('mine, corrected');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('This device couldn’t save the message.').waitFor();
  expect(await dialog.getByRole('textbox').inputValue()).toBe('mine, corrected');
  expect(await notice.count()).toBe(0);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await choose(page, 'theirs', 'Pin');
  await notice.waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await choose(page, 'mine', 'Delete');
  await notice.waitFor();

  await full.mend(page);
  // The text of the edit is kept beside the database, and offered by the next page.
  await page.reload();
  await page.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => storedTexts(bob, stream)).toEqual(['theirs', 'mine, corrected', 'meanwhile']);
  expect(ann.complaints.filter((complaint) => !complaint.startsWith('StoreRefused'))).toEqual([]);
});

test('[REL-10] what is typed on a device that is full survives even a killed tab', async () => {
  const ann = await stage.signedUp('Ann Archer', DESKTOP);
  await makeGroup(ann, 'Harbour');
  const { page } = ann;
  await openChat(page, 'Harbour');
  const full = await fill(ann, page);
  await page.getByRole('textbox', { name: 'Message' }).fill('not lost');
  const keys = () => page.evaluate(() => Object.keys(localStorage));
  await expect.poll(keys).toContainEqual(expect.stringMatching(/^unsaved-draft /));
  const path = page.url();
  await crash(page);
  await page.close();
  const next = await ann.context.newPage();
  await next.goto('/healthz');
  await full.mend(next);
  await next.goto(path);
  await expect.poll(() => next.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('not lost');
});

test('[REL-10] somebody who signs in on a device that is full is told so, and goes on once there is space', async () => {
  const ann = await stage.visitor('Ann Abbot');
  await register(ann);
  await ann.context.clearCookies();
  const full = await fill(ann);
  const { page } = ann;
  await page.goto('/');
  await page.getByLabel('Email', { exact: true }).fill(ann.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'This device has no space left' }).waitFor();
  await full.mend(page);
  await page.getByRole('button', { name: 'Try again' }).click();
  await newChat(page).waitFor();
  expect(await page.getByRole('heading', { name: 'This device has no space left' }).count()).toBe(0);
});

test('[REL-10] [CL14] what another app shares with a device that is full stays in its dialog, which says why, and is sent once there is space', async () => {
  const ann = await stage.signedUp('Ann Ashby', DESKTOP);
  const stream = await makeGroup(ann, 'Harbour');
  const { page } = ann;
  await entry(page, 'Harbour').waitFor();
  await page.evaluate(async () => {
    const cache = await caches.open('shared-in');
    await cache.put('/shared/text', new Response('a shared text'));
  });
  const full = await fill(ann);
  await page.goto('/?shared');
  await page.getByRole('button', { name: 'It was me' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send text to' });
  await dialog.getByRole('button', { name: 'Harbour' }).click();
  const send = dialog.getByRole('button', { name: 'Send to 1 chat' });
  await send.click();
  await page.getByText('This device couldn’t store that.').first().waitFor();
  await full.mend(page);
  await send.dblclick();
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => storedTexts(ann, stream)).toEqual(['a shared text']);
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
