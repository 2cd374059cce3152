import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  PATIENCE_MS,
  conversation,
  expectTexts,
  message,
  openBrowser,
  openChat,
  openVisitor,
  workerReady,
  write,
} from './browser.fixture.ts';
import { copyBuild } from './built-copy.fixture.ts';
import { enter, makeGroup, register } from './seed.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

/** What a deploy does to the files under a running page is done to these. */
const copy = copyBuild();
const { folder } = copy;
let server: ServerProcess;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess({}, copy.program), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
  copy.remove();
});

/** Counts how often a tab loads, across its loads. */
async function countLoads(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    sessionStorage.setItem('loads', String(Number(sessionStorage.getItem('loads') ?? 0) + 1));
  });
  return () => page.evaluate(() => Number(sessionStorage.getItem('loads') ?? 0));
}

const lookForUpdate = (page: Page) =>
  page.evaluate(async () => void (await navigator.serviceWorker.getRegistration())?.update());

test('[S3] a new version says so and waits for a press; then every tab loads once, and what was not sent is still there', async () => {
  const ann = await openVisitor(browser, server.origin, 'Ann Arbor');
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

  appendFileSync(join(folder, 'dist/app/sw.js'), '\n// a newer build\n');
  await lookForUpdate(page);
  for (const tab of [page, other]) await tab.getByText('Update available').waitFor();
  // Nothing is exchanged yet: the old worker still serves, the new one waits, and no tab has loaded.
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state)).toBe(
    'installed',
  );
  const loads = [await countLoads(page), await countLoads(other)];

  await context.setOffline(true);
  await write(page, 'not sent yet');
  await page.getByRole('textbox', { name: 'Message' }).fill('half a thought');
  await page.getByRole('button', { name: 'Update' }).click();
  await page.getByText('Update available').waitFor({ state: 'detached' });
  await other.getByText('Update available').waitFor({ state: 'detached' });
  await conversation(page, 'Lighthouse').waitFor();
  await other.getByRole('heading', { name: 'Settings' }).waitFor();
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null))
    .toBeNull();
  await expectTexts(page, ['not sent yet']);
  await message(page, 'not sent yet', 'Waiting').waitFor();
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('half a thought');
  await context.setOffline(false);
  await message(page, 'not sent yet', 'Sent|Delivered').waitFor();
  expect(await Promise.all(loads.map((count) => count()))).toEqual([1, 1]);
  expect(ann.complaints).toEqual([]);
});

test('[S5] a tab whose chunk has gone from the server loads once more, and not again and again', async () => {
  // No worker here: it would have kept the chunk.
  const ann = await openVisitor(browser, server.origin, 'Ann Arbor', { serviceWorkers: 'block' });
  await register(ann);
  await enter(ann);
  const { page } = ann;
  const count = await countLoads(page);
  await page.goto('/');
  await page.getByText('No chats yet').filter({ visible: true }).waitFor();
  const assets = join(folder, 'dist/app/assets');
  for (const file of readdirSync(assets)) if (file.startsWith('Settings-')) rmSync(join(assets, file));

  await page.getByRole('link', { name: 'Settings' }).click();
  await expect.poll(count, { timeout: PATIENCE_MS }).toBe(2);
  // The same chunk is missing again: now the app says so instead of loading for ever.
  await page.getByText('Something went wrong').waitFor();
  expect(await count()).toBe(2);
  await page.getByRole('button', { name: 'Reload' }).waitFor();
});
