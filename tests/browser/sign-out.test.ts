import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { message, openChat, signIn, signUp, startDirect, WITH_WORKER, workerReady, write } from './browser.fixture.ts';
import { userIdOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

/** Everything that this origin stores in the browser, as text: databases, caches, storages, and cookies that scripts can read. */
function everythingStored(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const stored: unknown[] = [document.body.innerText, { ...localStorage }, { ...sessionStorage }, document.cookie];
    for (const { name = '' } of await indexedDB.databases()) {
      stored.push(name);
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error as DOMException));
      });
      for (const store of database.objectStoreNames) {
        const rows = await new Promise((resolve) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.addEventListener('success', () => resolve(request.result));
        });
        stored.push(store, rows);
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) stored.push(request.url);
    }
    return JSON.stringify(stored);
  });
}

test('[CL6] [SEC-49] when somebody signs out and somebody else signs in in the same browser, nothing of the first person is left', async () => {
  const ann = await stage.signedUp('Ann Arbor', WITH_WORKER);
  await stage.signedUp('Bob Burns');
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'a secret of ours');
  await message(ann.page, 'a secret of ours', 'Sent|Delivered').waitFor();
  await workerReady(ann);
  const annId = await userIdOf(ann);
  const before = await everythingStored(ann.page);
  for (const trace of ['a secret of ours', 'Ann Arbor', ann.email, annId]) expect(before).toContain(trace);
  // A second tab has the same database open.
  const other = await ann.context.newPage();
  await other.goto('/');
  await other.getByRole('navigation', { name: 'Chats' }).waitFor();

  await ann.page.getByRole('link', { name: 'Settings' }).click();
  await ann.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click();
  await ann.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await other.getByRole('button', { name: 'Sign in' }).waitFor();

  const eve = { ...ann, name: 'Eve Evans', email: ann.email.replace('ann', 'eve') };
  await other.close();
  await signUp(eve);
  await expect.poll(() => everythingStored(eve.page)).toContain('Eve Evans');
  const after = await everythingStored(eve.page);
  for (const trace of ['a secret of ours', 'Ann Arbor', ann.email, annId, 'Bob Burns'])
    expect(after).not.toContain(trace);

  const back = { ...(await stage.visitor('Ann Arbor')), email: ann.email };
  await signIn(back);
  await openChat(back.page, 'Bob Burns');
  await message(back.page, 'a secret of ours').waitFor();
});
