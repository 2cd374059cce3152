import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  PASSWORD,
  PATIENCE_MS,
  conversation,
  createGroup,
  entry,
  expectTexts,
  message,
  openBrowser,
  openChat,
  openVisitor,
  signIn,
  signUp,
  startDirect,
  write,
} from './browser.fixture.ts';
import { push, sendOp, streamOf } from './device.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

let server: ServerProcess;
let browser: Browser;
const visitors: Visitor[] = [];
beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

const complaints = () => visitors.flatMap((visitor) => visitor.complaints);

async function arrive(...names: string[]): Promise<Visitor[]> {
  const came: Visitor[] = [];
  for (const name of names) {
    const visitor = await openVisitor(browser, server.origin, name);
    await signUp(visitor);
    came.push(visitor);
  }
  visitors.push(...came);
  return came;
}

const details = (page: Page) => page.getByRole('region', { name: 'Details' });
const people = (page: Page) => details(page).getByRole('region', { name: 'People' });
const member = (page: Page, name: string) => people(page).getByRole('listitem').filter({ hasText: name });

async function memberAct(page: Page, name: string, act: string): Promise<void> {
  await people(page)
    .getByRole('button', { name: `Actions for ${name}` })
    .click();
  await page.getByRole('menuitem', { name: act }).click();
}

/** As another device of this person would. */
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

async function messageAct(page: Page, text: string, act: string): Promise<void> {
  await message(page, text).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: act, exact: true }).click();
}

async function confirm(page: Page, button: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

test('[OP10] [OP12] [OP13] [OP14] a group: made, added to, roles given, and the removed sees nothing new, live or by pull', async () => {
  const [ann, bob, eve] = (await arrive('Ann Arbor', 'Bob Burns', 'Eve Evans')) as [Visitor, Visitor, Visitor];
  await createGroup(ann, 'Lighthouse', 'Bob Burns');
  await write(ann.page, 'before Eve');
  await openChat(bob.page, 'Lighthouse');
  await expectTexts(bob.page, ['before Eve']);
  // A member is offered no changes.
  expect(await details(bob.page).getByRole('button', { name: 'Edit group' }).count()).toBe(0);
  expect(
    await people(bob.page)
      .getByRole('button', { name: /^(Actions|Add)/ })
      .count(),
  ).toBe(0);

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
  await eve.page.getByText('You’re no longer a member of this chat').first().waitFor();
  await eve.page.locator('header').getByText('No longer a member').waitFor();
  expect(await eve.page.getByText('0 people').count()).toBe(0);
  await entry(eve.page, 'Lamp room').waitFor({ state: 'detached' });
  await write(ann.page, 'after Eve');
  await message(bob.page, 'after Eve').waitFor();
  // A reload asks the server for everything again.
  await eve.page.reload();
  await eve.page.getByText('You’re no longer a member of this chat').first().waitFor();
  // What it no longer tells is gone from the device but for its name, and nothing begins where nothing is.
  await conversation(eve.page, 'Lamp room').waitFor();
  await expectTexts(eve.page, []);
  await eve.page.getByText('This is the beginning of the chat').waitFor({ state: 'detached' });
  await startDirect(eve, 'Ann Arbor');
  await write(eve.page, 'what is going on?');
  await message(eve.page, 'what is going on\\?', 'Sent|Delivered|Read').waitFor();
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
  expect(complaints()).toEqual([]);
});

test('[OP4] [OP5] [OP8] [A17] reactions, pins, replies and edits are seen by the other one live', async () => {
  const [cat, dan] = (await arrive('Cat Cole', 'Dan Dale')) as [Visitor, Visitor];
  await createGroup(cat, 'Tide office', 'Dan Dale');
  await write(cat.page, 'the code is 4412');
  await openChat(dan.page, 'Tide office');

  await messageAct(dan.page, 'the code is 4412', 'React');
  await dan.page.getByRole('button', { name: 'thumbs up' }).click();
  const chip = (page: Page, name: string, isPressed: boolean) =>
    page.getByRole('article').getByRole('button', { name, exact: true, pressed: isPressed });
  await chip(dan.page, 'thumbs up, 1', true).waitFor();
  await chip(cat.page, 'thumbs up, 1', false).click();
  await chip(dan.page, 'thumbs up, 2', true).waitFor();
  await chip(dan.page, 'thumbs up, 2', true).click();
  await chip(cat.page, 'thumbs up, 1', true).waitFor();
  await messageAct(cat.page, 'the code is 4412', 'React');
  await cat.page.getByRole('textbox', { name: 'Another emoji' }).fill('no emoji');
  await cat.page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await cat.page.getByText('Enter a single emoji.').waitFor();
  await cat.page.getByRole('textbox', { name: 'Another emoji' }).fill('🌊');
  await cat.page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click();
  await chip(dan.page, '🌊, 1', false).waitFor();

  await messageAct(dan.page, 'the code is 4412', 'Pin');
  const pinned = (page: Page) => details(page).getByRole('region', { name: 'Pinned messages' });
  await pinned(cat.page).getByText('the code is 4412').waitFor();
  await sendMany(cat, 40);
  await message(dan.page, 'line 39').waitFor();
  await expect.poll(() => isOnScreen(dan.page, 'the code is 4412'), { timeout: PATIENCE_MS }).toBe(false);
  await pinned(dan.page).getByRole('link').click();
  await dan.page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.includes('4412') === true);

  await messageAct(dan.page, 'the code is 4412', 'Reply');
  await write(dan.page, 'it has changed');
  const answer = message(cat.page, 'it has changed');
  await answer.getByRole('button', { name: /the code is 4412/ }).click();
  await cat.page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.includes('4412') === true);

  await messageAct(cat.page, 'the code is 4412', 'Edit');
  await cat.page.getByRole('textbox', { name: 'Edit message' }).fill('the code is 5523');
  await confirm(cat.page, 'Save');
  await message(dan.page, 'the code is 5523').waitFor();
  await pinned(dan.page).getByText('the code is 5523').waitFor();
  await pinned(dan.page).getByRole('button', { name: 'Unpin' }).click();
  await pinned(cat.page).waitFor({ state: 'detached' });
  expect(await message(cat.page, 'the code is 5523').getByText('Pinned').count()).toBe(0);
  expect(complaints()).toEqual([]);
});

test('[CL1] [OP16] everything about a group works without a network, and leaves by itself', async () => {
  const [fay, gil, hal] = (await arrive('Fay Frost', 'Gil Grant', 'Hal Hunt')) as [Visitor, Visitor, Visitor];
  await createGroup(fay, 'Harbour', 'Gil Grant');
  await write(fay.page, 'fog tonight');
  await message(fay.page, 'fog tonight', 'Sent|Delivered').waitFor();
  await startDirect(fay, 'Hal Hunt');
  await write(fay.page, 'hi');
  await message(fay.page, 'hi', 'Sent|Delivered').waitFor();
  await openChat(fay.page, 'Harbour');
  await openChat(gil.page, 'Harbour');

  await fay.context.setOffline(true);
  await fay.page.getByText('Offline: messages will be sent later').waitFor();
  await messageAct(fay.page, 'fog tonight', 'React');
  await fay.page.getByRole('button', { name: 'eyes' }).click();
  await fay.page.getByRole('button', { name: 'eyes, 1', exact: true, pressed: true }).waitFor();
  await messageAct(fay.page, 'fog tonight', 'Pin');
  await details(fay.page).getByRole('region', { name: 'Pinned messages' }).getByText('fog tonight').waitFor();
  await memberAct(fay.page, 'Gil Grant', 'Make admin');
  await member(fay.page, 'Gil Grant').getByText('admin, pending').waitFor();
  await people(fay.page).getByRole('button', { name: 'Add people' }).click();
  await fay.page.getByRole('dialog').getByRole('button', { name: 'Hal Hunt', exact: true }).click();
  await confirm(fay.page, 'Add 1 person');
  await member(fay.page, 'Hal Hunt').getByText('pending').waitFor();
  await details(fay.page).getByRole('button', { name: 'Edit group' }).click();
  await fay.page.getByLabel('Group name').fill('Harbour at night');
  await confirm(fay.page, 'Save');
  await entry(fay.page, 'Harbour at night').waitFor();
  await details(fay.page).getByRole('button', { name: 'Mute' }).click();
  await fay.page.getByRole('menuitem', { name: 'Until I unmute it' }).click();
  await details(fay.page).getByText('Muted until you unmute it').waitFor();
  await entry(fay.page, 'Hal Hunt').waitFor();
  const first = () => fay.page.getByRole('navigation', { name: 'Chats' }).getByRole('link').first().textContent();
  await details(fay.page).getByRole('button', { name: 'Pin', exact: true }).click();
  await expect.poll(first, { timeout: PATIENCE_MS }).toContain('Harbour at night');
  expect(await gil.page.getByText('Harbour at night').count()).toBe(0);

  await fay.context.setOffline(false);
  await conversation(gil.page, 'Harbour at night').waitFor();
  await gil.page.getByRole('button', { name: 'eyes, 1', exact: true, pressed: false }).waitFor();
  await member(gil.page, 'You').getByText('admin').waitFor();
  await member(gil.page, 'Hal Hunt').waitFor();
  await openChat(hal.page, 'Harbour at night');
  await details(hal.page).getByRole('region', { name: 'Pinned messages' }).getByText('fog tonight').waitFor();
  await expect.poll(() => people(fay.page).getByText('pending').count(), { timeout: PATIENCE_MS }).toBe(0);
  // One's own choices hold on the next start, from the server's records.
  await fay.page.reload();
  await details(fay.page).getByText('Muted until you unmute it').waitFor();
  await expect.poll(first, { timeout: PATIENCE_MS }).toContain('Harbour at night');
  await details(fay.page).getByRole('button', { name: 'Archive' }).click();
  await entry(fay.page, 'Harbour at night').waitFor({ state: 'detached' });
  await fay.page.getByRole('button', { name: 'Archived' }).click();
  await entry(fay.page, 'Harbour at night').waitFor();
  expect(complaints()).toEqual([]);
});

test('[ER2] a change that is refused is taken back, with its reason and two ways on', async () => {
  const [ivy, jon] = (await arrive('Ivy Ives', 'Jon Jay')) as [Visitor, Visitor];
  await createGroup(ivy, 'Old pier', 'Jon Jay');
  await write(ivy.page, 'hello');
  await memberAct(ivy.page, 'Jon Jay', 'Make admin');
  await openChat(jon.page, 'Old pier');
  await details(jon.page).getByRole('button', { name: 'Edit group' }).waitFor();
  await jon.context.setOffline(true);
  await details(jon.page).getByRole('button', { name: 'Edit group' }).click();
  await jon.page.getByLabel('Group name').fill('New pier');
  await confirm(jon.page, 'Save');
  await conversation(jon.page, 'New pier').waitFor();
  await memberAct(ivy.page, 'Jon Jay', 'Remove as admin');
  await member(ivy.page, 'Jon Jay').getByText('pending').waitFor({ state: 'detached' });

  await jon.context.setOffline(false);
  await jon.page.getByText('Change not saved: you’re not allowed to do this').waitFor();
  await conversation(jon.page, 'Old pier').waitFor();
  await jon.page.getByRole('button', { name: 'Discard' }).click();
  await jon.page.getByText('Change not saved').waitFor({ state: 'detached' });
  expect(await conversation(jon.page, 'Old pier').count()).toBe(1);
  expect(complaints()).toEqual([]);
});

test('[SEC-23] [LV6] devices: seen, signed out from another one, and a new password keeps only this one, which goes on', async () => {
  const [kim] = (await arrive('Kim Kerr', 'Lou Lark')) as [Visitor, Visitor];
  const phone = { ...(await openVisitor(browser, server.origin, 'Kim Kerr')), email: kim.email };
  const tablet = { ...(await openVisitor(browser, server.origin, 'Kim Kerr')), email: kim.email };
  await signIn(phone);
  await signIn(tablet);
  await kim.page.getByRole('link', { name: 'Settings' }).click();
  const devices = kim.page.getByRole('region', { name: 'Signed-in devices' });
  await expect.poll(() => devices.getByRole('listitem').count(), { timeout: PATIENCE_MS }).toBe(3);
  await devices.getByRole('listitem').first().getByText('This device').waitFor();
  await devices
    .getByRole('button', { name: /^Sign out Chrome/ })
    .first()
    .click();
  await confirm(kim.page, 'Sign out');
  await expect.poll(() => devices.getByRole('listitem').count(), { timeout: PATIENCE_MS }).toBe(2);
  const ended = (page: Page) => page.getByRole('dialog').getByText('Your session has ended');
  await expect
    .poll(async () => (await ended(phone.page).count()) + (await ended(tablet.page).count()), { timeout: PATIENCE_MS })
    .toBe(1);

  await kim.page.getByRole('button', { name: 'Change password' }).click();
  const dialog = kim.page.getByRole('dialog');
  await dialog.getByLabel('Current password', { exact: true }).fill('not this one');
  await dialog.getByLabel('New password', { exact: true }).fill('a longer password');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('The current password is wrong.').waitFor();
  await dialog.getByLabel('Current password', { exact: true }).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await kim.page.getByText('Password changed; all other devices were signed out').first().waitFor();
  await expect.poll(() => devices.getByRole('listitem').count(), { timeout: PATIENCE_MS }).toBe(1);
  for (const other of [phone, tablet]) await ended(other.page).waitFor();

  // The socket of this device was ended too; it is back by itself, with the new session.
  await startDirect(kim, 'Lou Lark');
  await write(kim.page, 'still here');
  await message(kim.page, 'still here', 'Sent|Delivered').waitFor();
  expect([await ended(kim.page).count(), ...complaints()]).toEqual([0]);
});

test('[RC5] a new name reaches everybody', async () => {
  const [lea, moe] = (await arrive('Lea Lund', 'Moe Moss')) as [Visitor, Visitor];
  await startDirect(lea, 'Moe Moss');
  await write(lea.page, 'hello');
  await entry(moe.page, 'Lea Lund').waitFor();
  await lea.page.getByRole('link', { name: 'Settings' }).click();
  await lea.page.getByRole('button', { name: 'Change name' }).click();
  await lea.page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Lea Lindt');
  await confirm(lea.page, 'Save');
  await entry(moe.page, 'Lea Lindt').waitFor();
  expect(complaints()).toEqual([]);
});

test('[OP16] [RC4] a draft follows to one’s other device, changes there, and is gone when it was sent', async () => {
  const [pat] = (await arrive('Pat Pace', 'Ray Rowe')) as [Visitor, Visitor];
  const phone = { ...(await openVisitor(browser, server.origin, 'Pat Pace')), email: pat.email };
  visitors.push(phone);
  await signIn(phone);
  await startDirect(pat, 'Ray Rowe');
  await write(pat.page, 'hello');
  const box = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  await box(pat.page).fill('half a thought');
  await entry(phone.page, 'Ray Rowe').getByText('half a thought').waitFor();
  await openChat(phone.page, 'Ray Rowe');
  await expect.poll(() => box(phone.page).inputValue(), { timeout: PATIENCE_MS }).toBe('half a thought');
  await box(phone.page).fill('half a thought, finished');
  await expect.poll(() => box(pat.page).inputValue(), { timeout: PATIENCE_MS }).toBe('half a thought, finished');
  await write(phone.page, 'half a thought, finished');
  await expect.poll(() => box(pat.page).inputValue(), { timeout: PATIENCE_MS }).toBe('');
  // Without a network it is kept here, and said later.
  await pat.context.setOffline(true);
  await box(pat.page).fill('from the tunnel');
  await pat.page.getByRole('link', { name: 'Settings' }).click();
  await entry(pat.page, 'Ray Rowe').getByText('from the tunnel').waitFor();
  await pat.context.setOffline(false);
  await expect.poll(() => box(phone.page).inputValue(), { timeout: PATIENCE_MS }).toBe('from the tunnel');
  expect(complaints()).toEqual([]);
});

test('the styles of components win over those of elements, whichever style sheet a build links first', async () => {
  const [sue] = (await arrive('Sue Shaw', 'Tim Todd')) as [Visitor, Visitor];
  await startDirect(sue, 'Tim Todd');
  const size = await details(sue.page)
    .getByRole('button', { name: 'Mute' })
    .evaluate((element) => getComputedStyle(element).fontSize);
  expect(size).toBe('12px');
});
