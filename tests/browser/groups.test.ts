import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  PASSWORD,
  conversation,
  createGroup,
  entry,
  expectTexts,
  follow,
  message,
  openChat,
  startDirect,
  texts,
  write,
} from './browser.fixture.ts';
import { newId, push, sendOp, streamOf, userIdOf } from './device.fixture.ts';
import { chooseFromMenu, confirm, expectFocus } from './expectations.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

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

/** Whether a right click on Send opens the menu with the times. */
const offersLater = (page: Page) =>
  page
    .getByRole('button', { name: 'Send', exact: true })
    .evaluate((button) => !button.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })));
const messageAct = (page: Page, text: string, act: string) => chooseFromMenu(message(page, text), act);

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

  const dueAt = new Date(Date.now() + 86_400_000).toISOString();
  const later = { id: newId(), kind: 'message.schedule', stream: streamOf(eve.page), dueAt, text: 'see you there' };
  await push(eve, [later]);
  await eve.page.getByRole('button', { name: '1 scheduled message' }).waitFor();
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
  // The messages that she could read stay until she removes them, and no later ones arrive.
  await conversation(eve.page, 'Lamp room').waitFor();
  await expectTexts(eve.page, ['before Eve']);
  await eve.page.getByRole('button', { name: 'Remove from this device' }).click();
  const question = eve.page.getByRole('dialog', { name: 'Remove Lamp room from this device?' });
  await question.getByText('1 scheduled message will be discarded.').waitFor();
  await question.getByText('see you there').waitFor();
  await confirm(eve.page, 'Remove from this device');
  await expectTexts(eve.page, []);
  await entry(eve.page, 'Lamp room').waitFor({ state: 'detached' });
  await eve.page.getByText('This is the beginning of the chat').waitFor({ state: 'detached' });
  // The page does not offer again what has been done.
  await eve.page.getByRole('heading', { name: 'This chat isn’t on this device' }).waitFor();
  expect(await eve.page.getByRole('button', { name: 'Remove from this device' }).count()).toBe(0);
  // Nobody could cancel the messages that she had scheduled there, so they are removed too.
  const held = async () => (await eve.page.request.post('/api/sync/pull', { data: { cursors: {} } })).text();
  await expect.poll(held).not.toContain('see you there');
  await startDirect(eve, 'Ann Arbor');
  // A direct chat begins with its first message, so that one is not sent later.
  await eve.page.getByRole('textbox', { name: 'Message', exact: true }).fill('what happened?');
  expect(await offersLater(eve.page)).toBe(false);
  await eve.page.keyboard.press('Enter');
  await message(eve.page, 'what happened\\?', 'Sent|Delivered|Read').waitFor();
  await eve.page.getByRole('textbox', { name: 'Message', exact: true }).fill('and now?');
  expect(await offersLater(eve.page)).toBe(true);
  await eve.page.getByRole('menuitem', { name: 'Another time' }).waitFor();
  await eve.page.keyboard.press('Escape');
  await eve.page.getByRole('textbox', { name: 'Message', exact: true }).fill('');
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
  const stream = streamOf(fay.page);
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
  await fay.page.getByRole('textbox', { name: 'About' }).fill('Lanterns at nine');
  await fay.page.getByRole('button', { name: 'New members can see only new messages' }).click();
  await confirm(fay.page, 'Save');
  await entry(fay.page, 'Harbour at night').waitFor();
  await details(fay.page).getByText('Lanterns at nine').waitFor();
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
  await details(bob.page).getByText('Lanterns at nine').waitFor();
  await details(bob.page).getByText('New members can see only new messages').waitFor();
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
  await fay.page.getByRole('button', { name: 'All', exact: true }).click();

  // A person who joins now sees nothing older, and the chat does not show its beginning.
  await push(fay, [{ id: newId(), stream, kind: 'member.add', userIds: [await userIdOf(ann)] }]);
  await openChat(ann.page, 'Harbour at night');
  await conversation(ann.page, 'Harbour at night')
    .getByText('You can see the messages sent since you joined')
    .waitFor();
  await write(bob.page, 'fog is gone');
  await message(ann.page, 'fog is gone').waitFor();
  expect(await texts(ann.page)).toEqual(['fog is gone']);
  const old = await ann.page.request.post('/api/sync/history', { data: { stream, limit: 100, maxBytes: 100_000 } });
  expect(await old.text()).not.toContain('fog tonight');

  // Leaving works offline too: the chat disappears at once, and the others learn of it later. An owner hands the group over.
  await workerReady(fay);
  await fay.context.setOffline(true);
  await details(fay.page).getByRole('button', { name: 'Leave group' }).click();
  await confirm(fay.page, 'Leave group');
  await entry(fay.page, 'Harbour at night').waitFor({ state: 'detached' });
  expect(await member(bob.page, 'Fay Frost').count()).toBe(1);
  await fay.context.setOffline(false);
  await member(bob.page, 'Fay Frost').waitFor({ state: 'detached' });
  await member(bob.page, 'You').getByText('owner').waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('[ER2] a refused change is undone and shown with its reason, Retry and Discard', async () => {
  await follow(fay.page, '/');
  await createGroup(ann, 'Old pier', 'Fay Frost');
  await write(ann.page, 'hello');
  await memberAct(ann.page, 'Fay Frost', 'Make admin');
  await openChat(fay.page, 'Old pier');
  await details(fay.page).getByRole('button', { name: 'Edit group' }).waitFor();
  await workerReady(fay);
  await fay.context.setOffline(true);
  await details(fay.page).getByRole('button', { name: 'Edit group' }).click();
  await fay.page.getByLabel('Group name').fill('New pier');
  await fay.page.getByLabel('Group name').press('Enter');
  await fay.page.getByRole('dialog').waitFor({ state: 'detached' });
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

test('[RC5] [RC6] a new name and the line about a person reach everybody’s chats, and are shown without a network', async () => {
  const lea = await stage.signedUp('Lea Lund');
  await startDirect(lea, 'Ann Arbor');
  await write(lea.page, 'hello');
  await entry(ann.page, 'Lea Lund').waitFor();
  await lea.page.getByRole('link', { name: 'Settings' }).click();
  await lea.page.getByRole('button', { name: 'Change name' }).press('Enter');
  await lea.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Lea Lindt');
  await lea.page.getByRole('dialog').getByLabel('Name', { exact: true }).press('Enter');
  await lea.page.getByRole('dialog').waitFor({ state: 'detached' });
  await entry(ann.page, 'Lea Lindt').waitFor();
  await lea.page.getByRole('button', { name: 'About you' }).press('Enter');
  const field = lea.page.getByRole('dialog').getByLabel('About you', { exact: true });
  await field.fill('x'.repeat(141));
  await lea.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await lea.page.getByText('Use at most 140 characters.').waitFor();
  await field.fill('Keeps  the lighthouse 🗼');
  await confirm(lea.page, 'Save');
  await lea.page.getByText('Keeps the lighthouse 🗼').waitFor();
  await openChat(ann.page, 'Lea Lindt');
  await ann.page.getByRole('button', { name: 'Show details' }).last().click();
  await details(ann.page).getByText('Keeps the lighthouse 🗼').waitFor();
  // In the profile of somebody in a group too, without a network.
  await createGroup(ann, 'Beacon', 'Lea Lindt');
  // Menus are loaded when they are needed.
  await memberAct(ann.page, 'Lea Lindt', 'Profile');
  await ann.page.keyboard.press('Escape');
  await ann.context.setOffline(true);
  await memberAct(ann.page, 'Lea Lindt', 'Profile');
  await ann.page.getByRole('dialog').getByText('Keeps the lighthouse 🗼').waitFor();
  await ann.page.keyboard.press('Escape');
  await ann.context.setOffline(false);
  expect(stage.complaints()).toEqual([]);
});

/** Makes a link to the open group; resolves to its path. */
async function linkTo({ page }: Visitor, uses: string): Promise<string> {
  await details(page).getByRole('button', { name: 'Invite by link' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('group', { name: 'Lets in' }).getByRole('button', { name: uses, exact: true }).click();
  await dialog.getByRole('button', { name: 'Create a link' }).click();
  const address = await dialog.getByLabel('Link to the group').inputValue();
  await dialog.getByRole('img', { name: 'The link as a QR code' }).waitFor();
  return new URL(address).pathname;
}

/** From the sign-in screen that somebody sees who has followed a link. */
async function createAccount({ page, name, email }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password', { exact: true }).press('Enter');
}

test('[GL1] [GL2] [GL3] a link leads a newcomer through sign-up into the group, and a person who is offline once they are back; a used-up or revoked link says so', async () => {
  await createGroup(ann, 'Ferry', 'Bob Burns');
  await write(ann.page, 'next at nine');
  const path = await linkTo(ann, '1 person');
  const gil = await stage.visitor('Gil Gray');
  await gil.page.goto(path);
  await gil.page.getByText('You’ve been invited to a group').waitFor();
  await createAccount(gil);
  await gil.page.getByRole('heading', { name: 'Ferry' }).waitFor();
  await gil.page.getByText('2 people').waitFor();
  await gil.page.getByRole('button', { name: 'Join the group' }).press('Enter');
  await conversation(gil.page, 'Ferry').waitFor();
  await message(gil.page, 'next at nine').waitFor();
  await gil.page.getByText('You joined by a link').first().waitFor();
  await write(gil.page, 'on my way');
  await openChat(bob.page, 'Ferry');
  await message(bob.page, 'on my way').waitFor();
  await bob.page.getByText('Gil Gray joined by a link').first().waitFor();

  await follow(eve.page, path);
  await eve.page.getByRole('heading', { name: 'This link is used up' }).waitFor();
  await ann.page.keyboard.press('Escape');
  const open = await linkTo(ann, 'Everybody');
  await follow(eve.page, open);
  await eve.page.getByRole('heading', { name: 'Ferry' }).waitFor();
  await eve.context.setOffline(true);
  await eve.page.getByRole('button', { name: 'Join the group' }).click();
  await eve.page.getByText('You’ll join as soon as you’re connected.').waitFor();
  await eve.context.setOffline(false);
  await conversation(eve.page, 'Ferry').waitFor();
  await message(eve.page, 'on my way').waitFor();

  // A link works for a day at least, so what the server says of one that no longer does is said for it here.
  await eve.page.route('**/api/group-links/look', (route) => route.fulfill({ json: { obstacle: 'expired' } }));
  await follow(eve.page, open.replace(/.{4}$/, 'late'));
  await eve.page.getByRole('heading', { name: 'This link has expired' }).waitFor();
  expect(await eve.page.getByRole('button', { name: 'Join the group' }).count()).toBe(0);
  await eve.page.unroute('**/api/group-links/look');

  const links = ann.page.getByRole('list', { name: 'Active links' });
  await links.getByRole('button', { name: 'Revoke' }).click();
  await links.waitFor({ state: 'detached' });
  await ann.page.keyboard.press('Escape');
  await follow(fay.page, open);
  await fay.page.getByRole('heading', { name: 'This link no longer works' }).waitFor();
  for (const token of ['xxxxxxxxxxxxxxxxxxxxxxxx', 'cut-short']) {
    await follow(fay.page, `/join/${token}`);
    await fay.page.getByRole('heading', { name: 'This link doesn’t lead to a group' }).waitFor();
    expect(await fay.page.getByRole('button', { name: 'Join the group' }).count()).toBe(0);
  }
  await follow(fay.page, '/');
});

test('[HT3] a link to a person leads a newcomer through sign-up into a chat with them', async () => {
  await fay.page.getByRole('link', { name: 'Settings' }).click();
  await fay.page.getByRole('button', { name: 'Your link' }).click();
  const dialog = fay.page.getByRole('dialog', { name: 'Your link' });
  const link = await dialog.getByLabel('Link to you').inputValue();
  await dialog.getByRole('img', { name: 'The link as a QR code' }).waitFor();
  await follow(fay.page, new URL(link).pathname);
  await fay.page.getByRole('heading', { name: 'This is your own link' }).waitFor();

  const hal = await stage.visitor('Hal Hill');
  await hal.page.goto(link);
  await hal.page.getByText('Somebody would like to chat with you').waitFor();
  await createAccount(hal);
  await hal.page.getByRole('heading', { name: fay.name }).waitFor();
  await hal.page.getByRole('button', { name: 'Message', exact: true }).press('Enter');
  await conversation(hal.page, fay.name).waitFor();
  await write(hal.page, 'found you by your link');
  await openChat(fay.page, 'Hal Hill');
  await message(fay.page, 'found you by your link').waitFor();

  await follow(fay.page, '/');
  expect(stage.complaints()).toEqual([]);
});

test('[BL1] [BL2] [BL5] a person who is blocked offline reaches nobody and learns nothing, and their messages arrive again after the block ends', async () => {
  await createGroup(fay, 'Boathouse', 'Eve Evans');
  const boathouse = streamOf(fay.page);
  const jest = { ...sendOp(boathouse, 'a jest'), id: newId() };
  await push(eve, [jest]);
  const pin = { id: newId(), stream: boathouse, kind: 'message.pin', messageId: jest.id, on: true };
  await push(fay, [{ ...sendOp(boathouse, 'never mind'), replyTo: jest.id }, pin]);
  await push(eve, [sendOp(boathouse, 'a jest that is the last word')]);
  await startDirect(eve, 'Fay Frost');
  await write(eve.page, 'before the block');
  await openChat(fay.page, 'Eve Evans');
  await message(fay.page, 'before the block').waitFor();
  await fay.page.getByRole('button', { name: 'Show details' }).last().click();
  await details(fay.page).getByRole('button', { name: 'Block', exact: true }).waitFor();
  // What is loaded when it is needed comes from the worker's cache.
  await workerReady(fay);
  await fay.context.setOffline(true);
  await details(fay.page).getByRole('button', { name: 'Block', exact: true }).click();
  await confirm(fay.page, 'Block');
  await fay.page.getByText('You blocked this person.').waitFor();
  expect(await fay.page.getByRole('textbox', { name: /Message/ }).count()).toBe(0);
  await fay.context.setOffline(false);
  await expect.poll(() => isBlockedOnServer(fay)).toBe(true);

  await write(eve.page, 'an insult');
  await message(eve.page, 'an insult').getByText('Sent', { exact: true }).waitFor();
  await openChat(eve.page, 'Boathouse');
  await write(eve.page, 'an insult for all');
  await openChat(fay.page, 'Boathouse');
  await fay.page.getByRole('article', { name: 'Hidden: you blocked Eve Evans' }).nth(2).waitFor();
  expect(await fay.page.getByText('insult').count()).toBe(0);
  // Also what was written before the block: in its place, in the quote of a reply, where it is pinned, and in the list.
  await message(fay.page, 'never mind').getByRole('button', { name: 'Hidden: you blocked Eve Evans' }).waitFor();
  await fay.page.getByRole('button', { name: 'Pinned message Hidden: you blocked Eve Evans' }).waitFor();
  await entry(fay.page, 'Boathouse').getByText('Hidden: you blocked Eve Evans').waitFor();
  expect(await fay.page.getByText('a jest').count()).toBe(0);
  await fay.page.getByRole('button', { name: 'Show blocked message' }).last().click();
  await message(fay.page, 'an insult for all').waitFor();

  await follow(fay.page, '/settings');
  await fay.page.getByRole('button', { name: 'Unblock: Eve Evans' }).click();
  await fay.page.getByText('You haven’t blocked anybody.').waitFor();
  await expect.poll(() => isBlockedOnServer(fay)).toBe(false);
  await openChat(eve.page, 'Fay Frost');
  await write(eve.page, 'sorry');
  await openChat(fay.page, 'Eve Evans');
  await message(fay.page, 'sorry').waitFor();
  // Other tests of this file have written here too.
  const since = async ({ page }: Visitor) => {
    const all = await texts(page);
    return all.slice(all.lastIndexOf('before the block'));
  };
  await expect.poll(() => since(fay)).toEqual(['before the block', 'sorry']);
  expect(await fay.page.getByText('not loaded').count()).toBe(0);
  await expect.poll(() => since(eve)).toEqual(['before the block', 'an insult', 'sorry']);
});

/** Whether the person's own stream says, on the server, that somebody is blocked. */
async function isBlockedOnServer({ page }: Visitor): Promise<boolean> {
  const answer = await page.evaluate(async () => {
    const body = JSON.stringify({ cursors: {}, limit: 500 });
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/api/sync/pull', { method: 'POST', headers, body })).text();
  });
  return answer.includes('blockedAt');
}
