import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { conversation, expectTexts, message, openChat, write } from './browser.fixture.ts';
import { copyBuild } from './built-copy.fixture.ts';
import { makeGroup, register } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

/** A copy of the build, in which files change as they do when a new version is deployed. */
const copy = copyBuild();
const { folder } = copy;
afterAll(copy.remove);
const stage = setOwnStage({}, copy.program);

/** Counts how often a tab has loaded, across reloads. */
async function countLoads(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    sessionStorage.setItem('loads', String(Number(sessionStorage.getItem('loads') ?? 0) + 1));
  });
  return () => page.evaluate(() => Number(sessionStorage.getItem('loads') ?? 0));
}

/**
 * Changes the worker, and resolves once the browser has noticed. The browser is asked repeatedly: after it has loaded a page it looks
 * for a new version by itself, and a request meanwhile gets the result of that look, which may be older than the change.
 */
async function deploy(page: Page): Promise<void> {
  const before = await page.evaluateHandle(async () => (await navigator.serviceWorker.getRegistration())?.waiting);
  copy.append('dist/app/sw.js', '\n// a newer build\n');
  const isFound = () =>
    page.evaluate(async (old) => {
      const registration = await navigator.serviceWorker.getRegistration();
      await registration?.update();
      const newest = registration?.installing ?? registration?.waiting;
      return newest !== null && newest !== old;
    }, before);
  await expect.poll(isFound).toBe(true);
}

test('[S3] [REL-13] a new version is offered and activated only on request; then every tab reloads once, and unsent messages are still there', async () => {
  const ann = await stage.visitor('Ann Arbor', WITH_WORKER);
  await register(ann);
  await makeGroup(ann, 'Lighthouse');
  const { page, context } = ann;
  await page.goto('/');
  await openChat(page, 'Lighthouse');
  await workerReady(ann);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const other = await context.newPage();
  await other.goto('/settings');
  await other.getByRole('heading', { name: 'Settings' }).waitFor();

  await deploy(page);
  for (const tab of [page, other]) await tab.getByText('Update available').waitFor();
  // On a phone too, the offer is below the field for writing, and covers nothing.
  await page.setViewportSize({ width: 390, height: 844 });
  const isBetween = async () => {
    const field = await page.getByRole('textbox', { name: 'Message' }).boundingBox();
    const offer = await page.getByText('Update available').boundingBox();
    if (field === null || offer === null) return false;
    return field.y + field.height < offer.y && offer.y + offer.height < 844;
  };
  await expect.poll(isBetween).toBe(true);
  // Nothing has changed yet: the old worker is active, the new one is waiting, and no tab has reloaded.
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state)).toBe(
    'installed',
  );
  const loads = [await countLoads(page), await countLoads(other)];

  await context.setOffline(true);
  await write(page, 'not sent yet');
  await page.getByRole('textbox', { name: 'Message' }).fill('half a thought');
  await page.getByRole('button', { name: 'Update' }).click();
  // The browser lets the old worker finish what it is doing, such as a background sync.
  await page.getByText('Update available').waitFor({ state: 'detached', timeout: 120_000 });
  await other.getByText('Update available').waitFor({ state: 'detached' });
  await conversation(page, 'Lighthouse').waitFor();
  await other.getByRole('heading', { name: 'Settings' }).waitFor();
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null))
    .toBeNull();
  await expectTexts(page, ['not sent yet']);
  await message(page, 'not sent yet', 'Waiting').waitFor();
  await expect.poll(() => page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('half a thought');
  await context.setOffline(false);
  await message(page, 'not sent yet', 'Sent|Delivered').waitFor();
  expect(await Promise.all(loads.map((count) => count()))).toEqual([1, 1]);
  expect(ann.complaints).toEqual([]);
});

test('[S3] every new version is offered, however many were put off before', async () => {
  const ann = await stage.visitor('Ann Arbor', WITH_WORKER);
  await register(ann);
  const { page } = ann;
  await page.goto('/');
  await workerReady(ann);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  for (let version = 1; version <= 3; version += 1) {
    await deploy(page);
    await page.getByText('Update available').waitFor();
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByText('Update available').waitFor({ state: 'detached' });
  }
  expect(ann.complaints).toEqual([]);
});

test('[S3] while the old worker still fetches a file, an update that was asked for says that it is starting', async () => {
  stage.link.mend();
  const ann = await stage.visitor('Ann Arbor', { ...WITH_WORKER, over: stage.link });
  await register(ann);
  const { page, context } = ann;
  await page.goto('/');
  await workerReady(ann);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await deploy(page);
  const offer = page.getByRole('status').filter({ hasText: 'Update available' });
  await offer.waitFor();

  // The browser activates no worker while the one before it is answering.
  stage.link.holdAnswers();
  const asked = context.waitForEvent('request', (request) => request.url().includes('/api/media/'));
  await page.evaluate(() => void fetch('/api/media/0190a0b0-0000-7000-8000-000000000000').catch(() => undefined));
  await asked;
  const update = offer.getByRole('button', { name: 'Update' });
  await update.click();
  await offer.getByText('The update is starting').waitFor();
  expect(await update.isDisabled()).toBe(true);
  expect(await offer.getByRole('button').count()).toBe(1);
  stage.link.dropHeld();
  stage.link.mend();
  await offer.waitFor({ state: 'detached' });
});

test('[S5] a tab whose chunk no longer exists on the server reloads once, and not repeatedly', async () => {
  // Without a service worker, which would have cached the chunk.
  const ann = await stage.visitor('Ann Arbor');
  await register(ann);
  const { page } = ann;
  const count = await countLoads(page);
  // Otherwise the chunk may be fetched in idle time, before it is gone.
  await page.addInitScript(() =>
    Object.defineProperty((navigator as { connection?: object }).connection, 'saveData', { value: true }),
  );
  await page.goto('/');
  await page.getByText('No chats yet').filter({ visible: true }).waitFor();
  const assets = join(folder, 'dist/app/assets');
  for (const file of readdirSync(assets)) if (file.startsWith('Settings-')) rmSync(join(assets, file));

  await page.getByRole('link', { name: 'Settings' }).click();
  await expect.poll(count).toBe(2);
  // The chunk is missing again: now the app shows an error instead of reloading forever.
  await page.getByText('Something went wrong').waitFor();
  expect(await count()).toBe(2);
  await page.getByRole('button', { name: 'Reload' }).waitFor();
});
