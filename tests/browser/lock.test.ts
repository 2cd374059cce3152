import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { PASSWORD, follow, message, openHome, startDirect, write } from './browser.fixture.ts';
import { push, sendOp, streamOf } from './device.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { register } from './seed.fixture.ts';
import { SLEEP, installSleepingClock } from './sleeping-clock.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setStage();
const MINUTE_MS = 60_000;

const sleep = (page: Page, minutes: number) =>
  page.evaluate(([name, ms]) => (globalThis as unknown as Record<string, (ms: number) => void>)[name]?.(ms), [
    SLEEP,
    minutes * MINUTE_MS,
  ] as const);
const isLocked = (page: Page) => page.getByRole('heading', { name: 'TeamLink is locked' });

async function startPoll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Poll' }).click();
}

async function enter(page: Page, pin: string): Promise<void> {
  await page.getByLabel('PIN', { exact: true }).fill(pin);
  await page.keyboard.press('Enter');
}

it('[SEC-55] after minutes without input every tab asks for the PIN, also offline and after a reload, and shows nothing', async () => {
  const bob = await stage.account('Bob Burns');
  const ann = await stage.visitor('Ann Arbor', WITH_WORKER);
  await installSleepingClock(ann.context);
  await register(ann);
  await openHome(ann);
  const { page } = ann;
  await workerReady(ann);
  await startDirect(ann, 'Bob Burns');
  await write(page, 'the secret plan');
  const chat = new URL(page.url()).pathname;

  await follow(page, '/settings');
  await page
    .getByRole('group', { name: 'Lock this app' })
    .getByRole('button', { name: '5 minutes', exact: true })
    .click();
  const dialog = page.getByRole('dialog', { name: 'New PIN' });
  await dialog.getByLabel('PIN', { exact: true }).fill('471');
  await page.keyboard.press('Enter');
  await dialog.getByText('Use at least 4 characters.').waitFor();
  await dialog.getByLabel('PIN', { exact: true }).fill('4711');
  await dialog.getByLabel('Repeat the PIN').fill('4712');
  await page.keyboard.press('Enter');
  await dialog.getByText('The two PINs differ.').waitFor();
  await expectReachable(page, 'new-pin', 'dialog');
  await page.setViewportSize({ width: 1280, height: 800 });
  await dialog.getByLabel('Repeat the PIN').fill('4711');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Lock now' }).waitFor();

  const other = await ann.context.newPage();
  await other.goto(chat);
  await message(other, 'the secret plan').waitFor();
  await follow(page, chat);
  await message(page, 'the secret plan').waitFor();
  // Use in one tab counts in all of them, and before the time is over nothing happens.
  await sleep(page, 4);
  await page.keyboard.press('Shift');
  await sleep(page, 4);
  await message(page, 'the secret plan').waitFor();
  // So does speaking.
  await ann.context.grantPermissions(['microphone']);
  await page.getByRole('button', { name: 'Record a voice message' }).press('Enter');
  const recorder = page.locator('form').getByRole('group', { name: 'Voice message' });
  await recorder.getByText('0:01').waitFor();
  for (const minute of [4, 8]) {
    await sleep(page, 4);
    await recorder.getByText(`${minute}:0`, { exact: false }).waitFor();
  }
  await page.getByRole('button', { name: 'Discard recording' }).click();

  await startPoll(other);
  await other.getByLabel('Question').fill('Where do we hide it?');
  // Announcements for screen readers are not present behind the lock either.
  await push(bob, [sendOp(streamOf(page), 'who knows of it?')]);
  await page.locator('[aria-live=polite]').getByText('Bob Burns').waitFor();
  await sleep(page, 6);
  for (const each of [page, other]) {
    await isLocked(each).waitFor();
    expect(await each.content()).not.toMatch(/secret plan|Bob Burns|hide it/);
    expect(await each.title()).not.toContain('Bob');
  }
  await expectReachable(page, 'locked');
  await page.setViewportSize({ width: 1280, height: 800 });

  await ann.context.setOffline(true);
  await page.reload();
  await isLocked(page).waitFor();
  for (let tries = 0; tries < 5; tries += 1) {
    await enter(page, `000${tries}`);
    await page.getByText('This PIN is wrong.').waitFor();
  }
  // The fifth wrong PIN causes a wait of half a minute; otherwise trying all PINs would soon succeed.
  await enter(page, '4711');
  await page.getByText('Too many wrong PINs.', { exact: false }).waitFor();
  await sleep(page, 1);
  await enter(page, '4711');
  for (const each of [page, other]) await message(each, 'the secret plan').waitFor();
  await ann.context.setOffline(false);
  await startPoll(other);
  expect(await other.getByLabel('Question').inputValue()).toBe('Where do we hide it?');
  await other.keyboard.press('Escape');

  // A tab that opens after the time has passed shows nothing either, and the password opens it for a person who forgot the PIN.
  await follow(page, '/settings');
  await page.getByRole('button', { name: 'Lock now' }).click();
  await isLocked(other).waitFor();
  await isLocked(page).waitFor();
  // A notification is pressed; its chat is shown once the app is unlocked.
  await other.evaluate((data) => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data })), {
    type: 'OPEN',
    path: '/outbox',
  });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Forgot your PIN?' }).click();
  await page.getByRole('dialog').getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect
    .poll(() =>
      page
        .getByRole('group', { name: 'Lock this app' })
        .getByRole('button', { name: 'Never' })
        .getAttribute('aria-pressed'),
    )
    .toBe('true');
  await other.getByRole('heading', { name: 'Nothing is waiting' }).waitFor();
  expect(stage.complaints()).toEqual([]);
});
