import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  PASSWORD,
  entry,
  follow,
  message,
  openChat,
  openHome,
  startDirect,
  write,
} from './browser.fixture.ts';
import { chooseFromMenu, confirm, expectAccessible } from './expectations.fixture.ts';
import { PHONE, authenticate } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

/*
 * One person on several devices.
 */

const stage = setStage();
// The page and the phone of one person, who writes to somebody else in each test.
let joe: Visitor;
let phone: Visitor;
beforeAll(async () => {
  for (const name of ['Eve Evans', 'Finn Falk']) await stage.account(name);
  joe = await stage.resident('Joe Jolly');
  phone = await stage.resident('Joe Jolly', PHONE, joe);
});

/** Opens the list on another device of somebody. */
async function openSignedIn(device: Visitor): Promise<void> {
  await authenticate(device);
  await openHome(device);
}

/** In the page: the box of an element's text, without its padding. */
function placeOfText(element: Element): { left: number; top: number; bottom: number } {
  const range = document.createRange();
  range.selectNodeContents(element);
  const { left, top, bottom } = range.getBoundingClientRect();
  return { left, top, bottom };
}

test('[SEC-23] [LV6] the devices are listed and can be signed out from another one; a new password keeps only this one signed in, and it stays connected', async () => {
  const kim = await stage.signedUp('Kim Kerr');
  const userAgent = 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36';
  const phone = { ...(await stage.visitor('Kim Kerr', { ...PHONE, userAgent })), email: kim.email };
  const tablet = { ...(await stage.visitor('Kim Kerr')), email: kim.email };
  for (const device of [phone, tablet]) await openSignedIn(device);
  await kim.page.getByRole('link', { name: 'Settings' }).click();
  const devices = kim.page.getByRole('region', { name: 'Signed-in devices' });
  await expect.poll(() => devices.getByRole('listitem').count()).toBe(3);
  await devices.getByRole('listitem').first().getByText('This device').waitFor();
  const drawnAs = (icon: string) =>
    devices.getByRole('listitem').filter({ has: kim.page.locator(`svg.lucide-${icon}`) });
  expect(await drawnAs('smartphone').allInnerTexts()).toEqual([expect.stringContaining('Chrome on Android')]);
  expect(await drawnAs('laptop').count()).toBe(2);
  await devices
    .getByRole('button', { name: /^Sign out Chrome/ })
    .first()
    .press('Enter');
  await confirm(kim.page, 'Sign out');
  await expect.poll(() => devices.getByRole('listitem').count()).toBe(2);
  const ended = (page: Page) => page.getByText('Your session has ended', { exact: true }).filter({ visible: true });
  await expect.poll(async () => (await ended(phone.page).count()) + (await ended(tablet.page).count())).toBe(1);

  await kim.page.getByRole('button', { name: 'Change password' }).press('Enter');
  const dialog = kim.page.getByRole('dialog');
  await dialog.getByLabel('Current password', { exact: true }).fill('not this one');
  await dialog.getByLabel('New password', { exact: true }).fill('a longer password');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('The current password is wrong.').waitFor();
  await dialog.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await kim.page.getByText('Password changed; all other devices were signed out').first().waitFor();
  await expect.poll(() => devices.getByRole('listitem').count()).toBe(1);
  for (const other of [phone, tablet]) await ended(other.page).waitFor();
  // In large text there is no room for the button beside the words: it begins below them, where they begin.
  await tablet.page.evaluate(() => void (document.documentElement.style.fontSize = '150%'));
  const again = tablet.page.getByRole('button', { name: 'Sign in', exact: true }).filter({ visible: true });
  const [words, button] = await Promise.all([ended(tablet.page), again].map((each) => each.evaluate(placeOfText)));
  expect(button?.left).toBe(words?.left);
  expect(button?.top).toBeGreaterThan(words?.bottom ?? Infinity);

  // This device's socket was closed too; it has reconnected with the new session.
  await startDirect(kim, 'Eve Evans');
  await write(kim.page, 'still here');
  await message(kim.page, 'still here', 'Sent|Delivered').waitFor();
  expect([await ended(kim.page).count(), ...stage.complaints()]).toEqual([0]);
});

test('[OP16] [RC4] a draft follows its writer to another device, can be changed there, and disappears when it is sent', async () => {
  await follow(phone.page, '/');
  await startDirect(joe, 'Eve Evans');
  await write(joe.page, 'hello');
  const box = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  await box(joe.page).fill('half a thought');
  await entry(phone.page, 'Eve Evans').getByText('half a thought').waitFor();
  await openChat(phone.page, 'Eve Evans');
  await expect.poll(() => box(phone.page).inputValue()).toBe('half a thought');
  await box(phone.page).fill('half a thought, finished');
  await expect.poll(() => box(joe.page).inputValue()).toBe('half a thought, finished');
  await phone.page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect.poll(() => box(joe.page).inputValue()).toBe('');
  // Offline, the draft stays on this device and is shared later.
  await joe.context.setOffline(true);
  await box(joe.page).fill('from the tunnel');
  await joe.page.getByRole('link', { name: 'Settings' }).click();
  await entry(joe.page, 'Eve Evans').getByText('from the tunnel').waitFor();
  await joe.context.setOffline(false);
  await expect.poll(() => box(phone.page).inputValue()).toBe('from the tunnel');
  expect(stage.complaints()).toEqual([]);
});

test('[OP19] [OP6] an edit that conflicts with another device’s edit is kept as the person’s version, which can be copied, applied, or sent as a new message', async () => {
  await follow(phone.page, '/');
  await startDirect(joe, 'Finn Falk');
  await write(joe.page, 'see you at eight');
  await message(joe.page, 'see you at eight', 'Sent|Delivered').waitFor();
  await openChat(phone.page, 'Finn Falk');
  await message(phone.page, 'see you at eight').waitFor();
  const edit = async ({ page }: { page: Page }, from: string, to: string) => {
    await chooseFromMenu(message(page, from), 'Edit');
    await page.getByRole('textbox', { name: 'Edit message' }).fill(to);
    await page.getByRole('textbox', { name: 'Edit message' }).press('Control+Enter');
    await message(page, to).waitFor();
  };
  // What is loaded when it is needed was loaded once.
  await chooseFromMenu(message(phone.page, 'see you at eight'), 'Edit');
  await phone.page.getByRole('button', { name: 'Cancel' }).click();
  await phone.context.setOffline(true);
  await edit(phone, 'see you at eight', 'see you at nine');
  await edit(phone, 'see you at nine', 'see you at nine, outside');
  await edit(joe, 'see you at eight', 'see you at ten');
  await message(joe.page, 'see you at ten').getByText('edited').waitFor();
  await phone.context.setOffline(false);

  const lost = phone.page.getByRole('group', { name: 'Not sent' });
  await lost.getByText('the message has been edited since').waitFor();
  await lost.getByText('see you at nine, outside').waitFor();
  expect(await lost.count()).toBe(1);
  await message(phone.page, 'see you at ten').waitFor();
  await lost.getByRole('button', { name: 'Copy' }).waitFor();
  await expectAccessible(phone.page, 'an edit that lost', (axe) => axe.include('article'));
  await lost.getByRole('button', { name: 'Apply again' }).click();
  await message(joe.page, 'see you at nine, outside').waitFor();
  await lost.waitFor({ state: 'detached' });

  // A deleted message can't be edited or reacted to any more, and both say so.
  const said = 'see you at nine, outside';
  await write(joe.page, 'bring a coat');
  await chooseFromMenu(message(phone.page, 'bring a coat'), 'React');
  await phone.page.getByRole('button', { name: 'crying' }).waitFor();
  await phone.context.setOffline(true);
  await phone.page.getByRole('button', { name: 'crying' }).click();
  await edit(phone, said, 'see you never');
  for (const text of [said, 'bring a coat']) await chooseFromMenu(message(joe.page, text), 'Delete');
  await expect.poll(() => message(joe.page, 'Message deleted').count()).toBe(2);
  await joe.page.getByText('Undo').waitFor({ state: 'detached' });
  await phone.context.setOffline(false);
  await lost.getByText('Reaction not saved: the message was deleted').waitFor();
  await lost.getByText('Edit not saved: the message was deleted').waitFor();
  await lost.getByText('see you never').waitFor();
  await lost.getByRole('button', { name: 'Send as a new message' }).click();
  await message(joe.page, 'see you never').waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('what the pages could not fetch while the server was away appears once it is back, though the browser was online all the time', async () => {
  const lea = await stage.signedUp('Lea Lind', { over: stage.link, ...WITH_WORKER });
  const { page } = lea;
  // The code of these pages comes from the worker's cache.
  await workerReady(lea);
  stage.link.cut();
  await follow(page, '/settings');
  await page.getByText('Your devices will appear here once the server can be reached.').waitFor();
  await page.getByText('The server can’t be reached, so nothing can be changed here now.').waitFor();
  stage.link.mend();
  await page.getByRole('region', { name: 'Signed-in devices' }).getByText('This device').waitFor();
  await page.getByRole('checkbox', { name: 'Read receipts' }).waitFor();

  stage.link.cut();
  await follow(page, '/join/xxxxxxxxxxxxxxxxxxxxxxxx');
  await page.getByRole('heading', { name: 'The server can’t be reached' }).waitFor();
  await page.getByText('The link is looked up once you’re connected.').waitFor();
  stage.link.mend();
  await page.getByRole('heading', { name: 'This link doesn’t lead to a group' }).waitFor();
  expect(stage.complaints()).toEqual([]);
});
