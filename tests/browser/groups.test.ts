import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  PASSWORD,
  WITH_WORKER,
  conversation,
  createGroup,
  entry,
  expectTexts,
  message,
  openChat,
  signIn,
  startDirect,
  workerReady,
  write,
} from './browser.fixture.ts';
import { push, sendOp, streamOf } from './device.fixture.ts';
import { chooseFromMenu, expectFocus } from './expectations.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

// Each test makes a chat of its own for them.
let ann: Visitor;
let bob: Visitor;
let eve: Visitor;
let fay: Visitor;
beforeAll(async () => {
  ann = await stage.resident('Ann Arbor');
  bob = await stage.resident('Bob Burns');
  eve = await stage.resident('Eve Evans');
  fay = await stage.resident('Fay Frost', WITH_WORKER);
});

const details = (page: Page) => page.getByRole('region', { name: 'Details' });
const people = (page: Page) => details(page).getByRole('region', { name: 'People' });
const member = (page: Page, name: string) => people(page).getByRole('listitem').filter({ hasText: name });

async function memberAct(page: Page, name: string, act: string): Promise<void> {
  await people(page)
    .getByRole('button', { name: `Actions for ${name}` })
    .click();
  await page.getByRole('menuitem', { name: act }).click();
}

/** Sends messages as another device of this person would. */
async function sendMany(visitor: Visitor, count: number): Promise<void> {
  const stream = streamOf(visitor.page);
  await push(
    visitor,
    Array.from({ length: count }, (_, at) => sendOp(stream, `line ${at}`)),
  );
}

async function isOnScreen(page: Page, text: string): Promise<boolean> {
  const box = await message(page, text).boundingBox();
  return box !== null && box.y + box.height > 60 && box.y < 700;
}

const messageAct = (page: Page, text: string, act: string) => chooseFromMenu(message(page, text), act);

async function confirm(page: Page, button: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('[OP10] [OP12] [OP13] [OP14] a group is created, people are added and get roles, and somebody who was removed gets nothing new, live or by pull', async () => {
  await createGroup(ann, 'Lighthouse', 'Bob Burns');
  await write(ann.page, 'before Eve');
  await openChat(bob.page, 'Lighthouse');
  await expectTexts(bob.page, ['before Eve']);
  // Members are not offered to change the group.
  expect(await details(bob.page).getByRole('button', { name: 'Edit group' }).count()).toBe(0);
  expect(await people(bob.page).getByRole('button', { name: 'Add people' }).count()).toBe(0);
  await people(bob.page).getByRole('button', { name: 'Actions for Ann Arbor' }).click();
  await bob.page.getByRole('menuitem').first().waitFor();
  expect(await bob.page.getByRole('menuitem').allInnerTexts()).toEqual(['Message', 'Profile']);
  await bob.page.keyboard.press('Escape');

  await people(ann.page).getByRole('button', { name: 'Add people' }).click();
  await ann.page.getByRole('dialog').getByRole('searchbox').fill('Eve Ev');
  await ann.page.getByRole('dialog').getByRole('button', { name: 'Eve Evans', exact: true }).click();
  await confirm(ann.page, 'Add 1 person');
  await member(bob.page, 'Eve Evans').waitFor();
  await openChat(eve.page, 'Lighthouse');
  await message(eve.page, 'before Eve').waitFor();

  await memberAct(ann.page, 'Bob Burns', 'Make admin');
  await member(eve.page, 'Bob Burns').getByText('admin').waitFor();
  await details(bob.page).getByRole('button', { name: 'Edit group' }).click();
  await bob.page.getByLabel('Group name').fill('Lamp room');
  await bob.page.getByRole('textbox', { name: 'About' }).fill('Keys hang in the tide office');
  await confirm(bob.page, 'Save');
  await conversation(ann.page, 'Lamp room').waitFor();
  await details(eve.page).getByText('Keys hang in the tide office').waitFor();

  await memberAct(bob.page, 'Eve Evans', 'Remove from group');
  await confirm(bob.page, 'Remove from group');
  await eve.page.getByText('Bob Burns removed you from this group.').waitFor();
  await eve.page.locator('header').getByText('No longer a member').waitFor();
  expect(await eve.page.getByText('0 people').count()).toBe(0);
  await write(ann.page, 'after Eve');
  await message(bob.page, 'after Eve').waitFor();
  // A reload pulls from the server again.
  await eve.page.reload();
  await eve.page.getByText('Bob Burns removed you from this group.').waitFor();
  // What she could read stays until she removes it, and nothing after it comes.
  await conversation(eve.page, 'Lamp room').waitFor();
  await expectTexts(eve.page, ['before Eve']);
  await eve.page.getByRole('button', { name: 'Remove from this device' }).click();
  await expectTexts(eve.page, []);
  await entry(eve.page, 'Lamp room').waitFor({ state: 'detached' });
  await eve.page.getByText('This is the beginning of the chat').waitFor({ state: 'detached' });
  await startDirect(eve, 'Ann Arbor');
  await write(eve.page, 'what happened?');
  await message(eve.page, 'what happened\\?', 'Sent|Delivered|Read').waitFor();
  expect(await eve.page.getByText('after Eve').count()).toBe(0);
  const pulled = await eve.page.request.post('/api/sync/pull', { data: { cursors: {} } });
  expect(await pulled.text()).not.toContain('after Eve');

  await memberAct(ann.page, 'Bob Burns', 'Transfer ownership');
  await confirm(ann.page, 'Transfer ownership');
  await member(bob.page, 'You').getByText('owner').waitFor();
  await details(bob.page).getByRole('button', { name: 'Leave group' }).click();
  await bob.page.getByRole('dialog').getByText('Ann Arbor will become the owner.').waitFor();
  await confirm(bob.page, 'Leave group');
  await member(ann.page, 'You').getByText('owner').waitFor();
  await entry(bob.page, 'Lamp room').waitFor({ state: 'detached' });
  expect(stage.complaints()).toEqual([]);
});

test('[OP4] [OP5] [OP8] [A17] reactions, pins, replies and edits reach the other person live', async () => {
  await createGroup(ann, 'Tide office', 'Bob Burns');
  await write(ann.page, 'the code is 4412');
  await openChat(bob.page, 'Tide office');

  await messageAct(bob.page, 'the code is 4412', 'React');
  await bob.page.getByRole('button', { name: 'thumbs up' }).click();
  const chip = (page: Page, name: string, isPressed: boolean) =>
    page.getByRole('article').getByRole('button', { name, exact: true, pressed: isPressed });
  await chip(bob.page, 'thumbs up, 1', true).waitFor();
  await chip(ann.page, 'thumbs up, 1', false).click();
  await chip(bob.page, 'thumbs up, 2', true).waitFor();
  await chip(bob.page, 'thumbs up, 2', true).click();
  await chip(ann.page, 'thumbs up, 1', true).waitFor();
  await messageAct(ann.page, 'the code is 4412', 'React');
  await ann.page.getByRole('button', { name: 'All emojis' }).click();
  await ann.page.getByRole('searchbox', { name: 'Search emojis' }).fill('water wave');
  await ann.page.getByRole('gridcell', { name: 'water wave' }).click();
  await chip(bob.page, '🌊, 1', false).waitFor();

  await messageAct(bob.page, 'the code is 4412', 'Pin');
  const pinned = (page: Page) => details(page).getByRole('region', { name: 'Pinned messages' });
  await pinned(ann.page).getByText('the code is 4412').waitFor();
  await sendMany(ann, 40);
  await message(bob.page, 'line 39').waitFor();
  await expect.poll(() => isOnScreen(bob.page, 'the code is 4412')).toBe(false);
  await pinned(bob.page).getByRole('link').click();
  await expectFocus(message(bob.page, 'the code is 4412'));

  await messageAct(bob.page, 'the code is 4412', 'Reply');
  await write(bob.page, 'it has changed');
  const answer = message(ann.page, 'it has changed');
  await answer.getByRole('button', { name: /the code is 4412/ }).click();
  await expectFocus(message(ann.page, 'the code is 4412'));

  await messageAct(ann.page, 'the code is 4412', 'Edit');
  await ann.page.getByRole('textbox', { name: 'Edit message' }).fill('the code is 5523');
  await confirm(ann.page, 'Save');
  await message(bob.page, 'the code is 5523').waitFor();
  await pinned(bob.page).getByText('the code is 5523').waitFor();
  await pinned(bob.page).getByRole('button', { name: 'Unpin' }).click();
  await pinned(ann.page).waitFor({ state: 'detached' });
  // The details and the messages are drawn from queries of their own.
  await message(ann.page, 'the code is 5523').getByText('Pinned').waitFor({ state: 'detached' });
  expect(stage.complaints()).toEqual([]);
});

test('[CL1] [OP16] every change of a group works offline and is sent once the network is back', async () => {
  await createGroup(fay, 'Harbour', 'Bob Burns');
  await write(fay.page, 'fog tonight');
  await message(fay.page, 'fog tonight', 'Sent|Delivered').waitFor();
  await startDirect(fay, 'Eve Evans');
  await write(fay.page, 'hi');
  await message(fay.page, 'hi', 'Sent|Delivered').waitFor();
  await openChat(fay.page, 'Harbour');
  await openChat(bob.page, 'Harbour');

  // The code of menus and dialogs comes from the worker's cache.
  await workerReady(fay);
  await fay.context.setOffline(true);
  await fay.page.getByText('Offline: messages wait').waitFor();
  await messageAct(fay.page, 'fog tonight', 'React');
  await fay.page.getByRole('button', { name: 'crying' }).click();
  await fay.page.getByRole('button', { name: 'crying, 1', exact: true, pressed: true }).waitFor();
  await messageAct(fay.page, 'fog tonight', 'Pin');
  await details(fay.page).getByRole('region', { name: 'Pinned messages' }).getByText('fog tonight').waitFor();
  await memberAct(fay.page, 'Bob Burns', 'Make admin');
  await member(fay.page, 'Bob Burns').getByText('admin, pending').waitFor();
  await people(fay.page).getByRole('button', { name: 'Add people' }).click();
  await fay.page.getByRole('dialog').getByRole('button', { name: 'Eve Evans', exact: true }).click();
  await confirm(fay.page, 'Add 1 person');
  await member(fay.page, 'Eve Evans').getByText('pending').waitFor();
  await details(fay.page).getByRole('button', { name: 'Edit group' }).click();
  await fay.page.getByLabel('Group name').fill('Harbour at night');
  await confirm(fay.page, 'Save');
  await entry(fay.page, 'Harbour at night').waitFor();
  const mute = details(fay.page).getByRole('button', { name: 'Mute' });
  // Component styles override element styles, whichever style sheet a build links first.
  expect(await mute.evaluate((element) => getComputedStyle(element).fontSize)).toBe('12px');
  await mute.click();
  await fay.page.getByRole('menuitem', { name: 'Until I unmute it' }).click();
  await details(fay.page).getByText('Muted until you unmute it').waitFor();
  await entry(fay.page, 'Eve Evans').waitFor();
  const first = () => fay.page.getByRole('navigation', { name: 'Chats' }).getByRole('link').first().textContent();
  await details(fay.page).getByRole('button', { name: 'Pin', exact: true }).click();
  await expect.poll(first).toContain('Harbour at night');
  expect(await bob.page.getByText('Harbour at night').count()).toBe(0);

  await fay.context.setOffline(false);
  await conversation(bob.page, 'Harbour at night').waitFor();
  await bob.page.getByRole('button', { name: 'crying, 1', exact: true, pressed: false }).waitFor();
  await member(bob.page, 'You').getByText('admin').waitFor();
  await member(bob.page, 'Eve Evans').waitFor();
  await openChat(eve.page, 'Harbour at night');
  await details(eve.page).getByRole('region', { name: 'Pinned messages' }).getByText('fog tonight').waitFor();
  await expect.poll(() => people(fay.page).getByText('pending').count()).toBe(0);
  // After a reload the user's own settings come from the server's records.
  await fay.page.reload();
  await details(fay.page).getByText('Muted until you unmute it').waitFor();
  await expect.poll(first).toContain('Harbour at night');
  await details(fay.page).getByRole('button', { name: 'Archive' }).click();
  await entry(fay.page, 'Harbour at night').waitFor({ state: 'detached' });
  await fay.page.getByRole('button', { name: 'Archived' }).click();
  await entry(fay.page, 'Harbour at night').waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('[ER2] a refused change is undone and shown with its reason, Retry and Discard', async () => {
  await fay.page.goto('/');
  await createGroup(ann, 'Old pier', 'Fay Frost');
  await write(ann.page, 'hello');
  await memberAct(ann.page, 'Fay Frost', 'Make admin');
  await openChat(fay.page, 'Old pier');
  await details(fay.page).getByRole('button', { name: 'Edit group' }).waitFor();
  await workerReady(fay);
  await fay.context.setOffline(true);
  await details(fay.page).getByRole('button', { name: 'Edit group' }).click();
  await fay.page.getByLabel('Group name').fill('New pier');
  await confirm(fay.page, 'Save');
  await conversation(fay.page, 'New pier').waitFor();
  await memberAct(ann.page, 'Fay Frost', 'Remove as admin');
  await member(ann.page, 'Fay Frost').getByText('pending').waitFor({ state: 'detached' });

  await fay.context.setOffline(false);
  await fay.page.getByText('Change not saved: you’re not allowed to do this').waitFor();
  await conversation(fay.page, 'Old pier').waitFor();
  await fay.page.getByRole('button', { name: 'Discard' }).click();
  await fay.page.getByText('Change not saved').waitFor({ state: 'detached' });
  expect(await conversation(fay.page, 'Old pier').count()).toBe(1);
  expect(stage.complaints()).toEqual([]);
});

test('[SEC-23] [LV6] the devices are listed and can be signed out from another one; a new password keeps only this one signed in, and it stays connected', async () => {
  const kim = await stage.signedUp('Kim Kerr');
  const phone = { ...(await stage.visitor('Kim Kerr')), email: kim.email };
  const tablet = { ...(await stage.visitor('Kim Kerr')), email: kim.email };
  await signIn(phone);
  await signIn(tablet);
  await kim.page.getByRole('link', { name: 'Settings' }).click();
  const devices = kim.page.getByRole('region', { name: 'Signed-in devices' });
  await expect.poll(() => devices.getByRole('listitem').count()).toBe(3);
  await devices.getByRole('listitem').first().getByText('This device').waitFor();
  await devices
    .getByRole('button', { name: /^Sign out Chrome/ })
    .first()
    .click();
  await confirm(kim.page, 'Sign out');
  await expect.poll(() => devices.getByRole('listitem').count()).toBe(2);
  const ended = (page: Page) => page.getByText('Your session has ended', { exact: true }).filter({ visible: true });
  await expect.poll(async () => (await ended(phone.page).count()) + (await ended(tablet.page).count())).toBe(1);

  await kim.page.getByRole('button', { name: 'Change password' }).click();
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

  // This device's socket was closed too; it has reconnected with the new session.
  await startDirect(kim, 'Eve Evans');
  await write(kim.page, 'still here');
  await message(kim.page, 'still here', 'Sent|Delivered').waitFor();
  expect([await ended(kim.page).count(), ...stage.complaints()]).toEqual([0]);
});

test('[RC5] a new name reaches everybody’s chats', async () => {
  const lea = await stage.signedUp('Lea Lund');
  await startDirect(lea, 'Ann Arbor');
  await write(lea.page, 'hello');
  await entry(ann.page, 'Lea Lund').waitFor();
  await lea.page.getByRole('link', { name: 'Settings' }).click();
  await lea.page.getByRole('button', { name: 'Change name' }).click();
  await lea.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Lea Lindt');
  await confirm(lea.page, 'Save');
  await entry(ann.page, 'Lea Lindt').waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('[OP16] [RC4] a draft follows its writer to another device, can be changed there, and disappears when it is sent', async () => {
  const pat = await stage.signedUp('Pat Pace');
  const phone = { ...(await stage.visitor('Pat Pace')), email: pat.email };
  await signIn(phone);
  await startDirect(pat, 'Eve Evans');
  await write(pat.page, 'hello');
  const box = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  await box(pat.page).fill('half a thought');
  await entry(phone.page, 'Eve Evans').getByText('half a thought').waitFor();
  await openChat(phone.page, 'Eve Evans');
  await expect.poll(() => box(phone.page).inputValue()).toBe('half a thought');
  await box(phone.page).fill('half a thought, finished');
  await expect.poll(() => box(pat.page).inputValue()).toBe('half a thought, finished');
  await write(phone.page, 'half a thought, finished');
  await expect.poll(() => box(pat.page).inputValue()).toBe('');
  // Offline, the draft stays on this device and is shared later.
  await pat.context.setOffline(true);
  await box(pat.page).fill('from the tunnel');
  await pat.page.getByRole('link', { name: 'Settings' }).click();
  await entry(pat.page, 'Eve Evans').getByText('from the tunnel').waitFor();
  await pat.context.setOffline(false);
  await expect.poll(() => box(phone.page).inputValue()).toBe('from the tunnel');
  expect(stage.complaints()).toEqual([]);
});
