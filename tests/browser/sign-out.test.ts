import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PASSWORD, message, signIn, signOut, signUp, startDirect, write } from './browser.fixture.ts';
import { storedTexts, streamOf, userIdOf } from './device.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

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
  const bob = await stage.account('Bob Burns');
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'a secret of ours');
  await message(ann.page, 'a secret of ours', 'Sent|Delivered').waitFor();
  await workerReady(ann);
  const stream = streamOf(ann.page);
  const annId = await userIdOf(ann);
  // What a tab keeps when it is closed before the database has it.
  await ann.page.evaluate(
    ([id, chat]) => {
      const draft = { stream: chat, typed: 'a secret of ours, unsaved', base: '' };
      localStorage.setItem(`unsaved-draft ${id} ${chat} closed-tab`, JSON.stringify(draft));
      const edit = { id: 'some-message', stream: chat, text: 'a secret of ours, edited', from: 'a secret' };
      localStorage.setItem(`unsaved-edit ${id} some-message closed-tab`, JSON.stringify(edit));
      const form = { question: 'a secret of ours, asked', fields: [], isMultiple: false, isAnonymous: false };
      localStorage.setItem(`unsaved-poll ${id} ${chat} closed-tab`, JSON.stringify({ stream: chat, form }));
    },
    [annId, stream],
  );
  const before = await everythingStored(ann.page);
  for (const trace of ['a secret of ours', 'Ann Arbor', ann.email, annId]) expect(before).toContain(trace);
  // A second tab has the same database open.
  const other = await ann.context.newPage();
  await other.goto('/');
  await other.getByRole('navigation', { name: 'Chats' }).waitFor();

  // The second tab may have stored the edit and the poll; the dialog then names them.
  await signOut(ann, /^Sign out( anyway)?$/);
  // This page is closed at once, and the next one finishes its work.
  await ann.page.getByRole('button', { name: 'Sign in' }).waitFor();
  await ann.page.goto('/sign-up');
  await other.getByRole('button', { name: 'Sign in' }).waitFor();

  const eve = { ...ann, name: 'Eve Evans', email: ann.email.replace('ann', 'eve') };
  await other.close();
  await signUp(eve);
  await expect.poll(() => everythingStored(eve.page)).toContain('Eve Evans');
  const after = await everythingStored(eve.page);
  for (const trace of ['a secret of ours', 'Ann Arbor', ann.email, annId, 'Bob Burns'])
    expect(after).not.toContain(trace);

  expect(await storedTexts(bob, stream)).toEqual(['a secret of ours']);
});

test('[SEC-54] [CL6] on a shared computer nothing of a person is stored, and a person who opens the app after their tab finds nobody signed in', async () => {
  const ann = await stage.visitor('Ann Ashore', WITH_WORKER);
  await stage.account('Bob Brook');
  const made = await fetch(`${stage.server.origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: ann.name, email: ann.email, password: PASSWORD }),
  });
  expect(made.ok).toBe(true);
  const { page, context } = ann;
  await page.goto('/');
  await page.getByRole('checkbox', { name: 'This is a shared computer' }).check();
  await page.getByText('Nothing stays on it', { exact: false }).waitFor();
  await signIn(ann, { isHere: true });
  await startDirect(ann, 'Bob Brook');
  await write(page, 'a secret of ours');
  await message(page, 'a secret of ours', 'Sent|Delivered').waitFor();
  await page.getByText('Closing or reloading this tab signs you out', { exact: false }).waitFor();
  await expectReachable(page, 'shared-computer');
  await workerReady(ann);
  const annId = await userIdOf(ann);
  // A page that may be closed keeps what the database does not have yet, but not here.
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('half a secret');
  const keptOnLeaving = () =>
    page.evaluate(() => {
      document.dispatchEvent(new Event('visibilitychange'));
      return JSON.stringify(localStorage);
    });
  expect(await keptOnLeaving()).not.toContain('half a secret');
  // Nothing of it survives the tab, so the browser asks before that is closed.
  const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('');
  await expect.poll(asks).toBe(false);
  await chooseFromMenu(message(page, 'a secret of ours'), 'Edit');
  await page.getByRole('textbox', { name: 'Edit message' }).fill('half a secret');
  expect(await keptOnLeaving()).not.toContain('half a secret');
  await expect.poll(asks).toBe(true);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('group', { name: 'Unfinished edit' }).getByRole('button', { name: 'Discard' }).click();
  await expect.poll(asks).toBe(false);
  await page.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Poll' }).click();
  await page.getByRole('dialog').getByLabel('Question').fill('half a secret');
  expect(await keptOnLeaving()).not.toContain('half a secret');
  await expect.poll(asks).toBe(true);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(asks).toBe(false);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(await page.getByRole('heading', { name: 'Notifications' }).count()).toBe(0);
  const traces = ['a secret of ours', 'Ann Ashore', 'Bob Brook', ann.email, annId];
  // What the page shows is not stored, and may change between the two readings.
  const stored = async () => {
    const shown = await page.evaluate(() => JSON.stringify(document.body.innerText));
    return (await everythingStored(page)).replace(shown, '');
  };
  for (const trace of traces) await expect.poll(stored).not.toContain(trace);
  // A cookie of the session alone, which the browser forgets when it is closed.
  const cookies = await context.cookies();
  expect(cookies.map(({ expires }) => expires)).toEqual(cookies.map(() => -1));
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const isSignedIn = async () => {
    const answer = await fetch(`${stage.server.origin}/api/auth/get-session`, { headers: { cookie } });
    return answer.ok && (await answer.json()) !== null;
  };
  expect(await isSignedIn()).toBe(true);

  const next = await context.newPage();
  await page.close({ runBeforeUnload: false });
  await next.goto('/');
  await next.getByRole('button', { name: 'Sign in' }).waitFor();
  await expect.poll(isSignedIn).toBe(false);
  await next.reload();
  await next.getByRole('button', { name: 'Sign in' }).waitFor();
  for (const trace of traces) expect(await everythingStored(next)).not.toContain(trace);
  expect(stage.complaints()).toEqual([]);
});

test('[AC1] [SEC-54] on a shared computer too, somebody who deletes their account is told until when they can keep it, and later that it was kept', async () => {
  const ann = await stage.visitor('Ann Ashore');
  const { page } = ann;
  const made = await fetch(`${stage.server.origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: ann.name, email: ann.email, password: PASSWORD }),
  });
  expect(made.ok).toBe(true);
  const signInShared = async () => {
    await page.getByRole('checkbox', { name: 'This is a shared computer' }).check();
    await signIn(ann, { isHere: true });
    await page.getByRole('link', { name: 'Settings' }).waitFor();
  };
  await page.goto('/');
  await signInShared();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Delete account' }).press('Enter');
  await page.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  const willBeDeleted = page.getByText('Your account will be deleted on', { exact: false });
  await willBeDeleted.waitFor();
  expect(await everythingStored(page)).not.toContain('deleted-after');
  await signInShared();
  await page.getByText('your account won’t be deleted', { exact: false }).first().waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(await willBeDeleted.count()).toBe(0);
});

test('[AC1] [ask 16] when the account was deleted on another device, the unsent texts on this one are listed and can be saved', async () => {
  await stage.account('Bob Bay');
  const ann = await stage.signedUp('Ann Away');
  const { page, context, email } = ann;
  await startDirect(ann, 'Bob Bay');
  await write(page, 'while online');
  await message(page, 'while online', 'Sent|Delivered').waitFor();
  await context.setOffline(true);
  for (const text of ['the first of two', 'the second of two']) await write(page, text);

  const post = (path: string, body: object, cookie = '') =>
    fetch(`${stage.server.origin}/api/auth${path}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const signedIn = await post('/sign-in/email', { email, password: PASSWORD });
  const cookie = signedIn.headers.getSetCookie().map((each) => each.split(';')[0]);
  expect((await post('/delete-account', { password: PASSWORD }, cookie.join('; '))).status).toBe(200);

  await context.setOffline(false);
  await page.getByText('Sign in again').or(page.getByText('Your session has ended')).first().waitFor();
  for (const text of ['the first of two', 'the second of two']) await message(page, text).waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('the second of two').waitFor();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save them as a file' }).click();
  const file = await (await saving).createReadStream();
  let saved = '';
  for await (const chunk of file) saved += String(chunk);
  for (const text of ['Bob Bay', 'the first of two', 'the second of two']) expect(saved).toContain(text);
  expect(stage.complaints()).toEqual([]);
});

test('[CL6] before signing out, unfinished edits and polls are named among what would be lost', async () => {
  const cat = await stage.signedUp('Cat Carter');
  const name = `Dan ${crypto.randomUUID().slice(0, 4)}`;
  await stage.account(name);
  const { page } = cat;
  await startDirect(cat, name);
  await write(page, 'as it was');
  await message(page, 'as it was', 'Sent|Delivered').waitFor();
  const dialog = page.getByRole('dialog');
  await chooseFromMenu(message(page, 'as it was'), 'Edit');
  await dialog.getByRole('textbox').fill('as it might be');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Unfinished edit').waitFor();
  await page.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Poll' }).click();
  await dialog.getByLabel('Question').fill('Where to?');
  await page.keyboard.press('Escape');
  await page.getByText('Unfinished poll').waitFor();

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).first().press('Enter');
  await dialog.getByRole('button', { name: 'Sign out anyway' }).waitFor();
  const said = await dialog.innerText();
  for (const part of ['1 unfinished edit', '1 unfinished poll', 'as it might be', 'Where to?', name])
    expect(said).toContain(part);
});
