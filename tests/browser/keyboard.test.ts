import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PASSWORD, type Visitor, conversation, entry, message } from './browser.fixture.ts';
import { push, userIdOf } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { DESKTOP, authenticate, makeGroup, register, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

const hasFocus = (target: Locator) => target.evaluate((element) => element === document.activeElement);

/** Presses Tab until the target has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let steps = 0; steps < 40; steps += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never reached ${String(target)}`);
}

/** Opens the menu of the focused message and chooses from it by the item's first letter. */
async function chooseByLetter(page: Page, name: string): Promise<void> {
  const { keyboard } = page;
  await keyboard.press('Enter');
  await expectFocus(page.getByRole('menuitem').first());
  await keyboard.press(name.charAt(0).toLowerCase());
  await expectFocus(page.getByRole('menuitem', { name }));
  await keyboard.press('Enter');
}

test('[A4] [A5] the keyboard alone is enough to sign up, start a chat, send, edit, delete and sign out; the focus returns to where it was', async () => {
  await stage.account('Bob Burns');
  const ann: Visitor = await stage.visitor('Ann Arbor');
  const { page } = ann;
  const { keyboard } = page;
  await page.goto('/');
  await tabTo(page, page.getByRole('button', { name: 'Sign up' }));
  await keyboard.press('Enter');
  await expectFocus(page.getByRole('heading', { name: 'Create an account' }));
  await tabTo(page, page.getByLabel('Name', { exact: true }));
  await keyboard.type('Ann Arbor');
  await keyboard.press('Tab');
  await keyboard.type(ann.email);
  await keyboard.press('Tab');
  await keyboard.type(PASSWORD);
  await keyboard.press('Enter');

  await tabTo(page, page.getByRole('button', { name: 'New chat' }).filter({ visible: true }));
  await keyboard.press('Enter');
  await expectFocus(page.getByRole('searchbox', { name: 'Name or email' }));
  await keyboard.type('Bob');
  await tabTo(page, page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Bob Burns' }));
  await keyboard.press('Enter');
  const box = page.getByRole('textbox', { name: 'Message' });
  await conversation(page, 'Bob Burns').waitFor();
  await expectFocus(box);
  for (const text of ['one', 'two', 'three']) {
    await keyboard.type(text);
    await keyboard.press('Enter');
    await message(page, text, 'Sent|Delivered').waitFor();
  }

  await tabTo(page, message(page, 'three'), 'Shift+Tab');
  await keyboard.press('ArrowUp');
  await expectFocus(message(page, 'two'));
  await keyboard.press('Home');
  await expectFocus(message(page, 'one'));
  await keyboard.press('End');
  await expectFocus(message(page, 'three'));
  await keyboard.press('ArrowUp');
  await expectFocus(message(page, 'two'));

  await keyboard.press('Enter');
  await expectFocus(page.getByRole('menuitem').first());
  await keyboard.press('Escape');
  await expectFocus(message(page, 'two'));
  await chooseByLetter(page, 'Edit');
  const field = page.getByRole('dialog', { name: 'Edit message' }).getByRole('textbox');
  await tabTo(page, field);
  await keyboard.press('End');
  await keyboard.type(' and a half');
  await tabTo(page, page.getByRole('button', { name: 'Save' }));
  await keyboard.press('Enter');
  await message(page, 'two and a half').waitFor();
  await expectFocus(message(page, 'two and a half'));

  await chooseByLetter(page, 'Delete');
  await message(page, 'Message deleted').waitFor();
  await expectFocus(message(page, 'Message deleted'));

  await tabTo(page, page.getByRole('link', { name: 'Settings' }), 'Shift+Tab');
  await keyboard.press('Enter');
  await expectFocus(page.getByRole('heading', { name: 'Settings' }));
  const signOut = page.getByRole('button', { name: 'Sign out', exact: true });
  await tabTo(page, signOut);
  await keyboard.press('Enter');
  const question = page.getByRole('dialog', { name: 'Sign out of this device?' });
  await question.waitFor();
  await keyboard.press('Escape');
  // A closed dialog loses its role at once, but is in the page for a moment longer.
  await page.locator('dialog').waitFor({ state: 'detached' });
  await expectFocus(signOut);
  await keyboard.press('Enter');
  await tabTo(page, question.getByRole('button', { name: 'Sign out', exact: true }));
  await keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sign in to TeamLink' }).waitFor();
  expect(ann.complaints).toEqual([]);
});

test('[A4] the list of chats is one tab stop; arrows, Home and End move within it, and Enter opens a chat', async () => {
  const bob = await stage.visitor('Bob Burns');
  await register(bob);
  for (const title of ['Third', 'Second', 'First']) {
    const stream = await makeGroup(bob, title);
    await push(bob, messageOps(stream, ['hello']));
  }
  await authenticate(bob);
  const { page } = bob;
  await page.goto('/');
  await tabTo(page, entry(page, 'First'));
  await page.keyboard.press('ArrowDown');
  await expectFocus(entry(page, 'Second'));
  await page.keyboard.press('End');
  await expectFocus(entry(page, 'Third'));
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.closest('nav') ?? null)).toBeNull();
  await page.keyboard.press('Shift+Tab');
  await expectFocus(entry(page, 'Third'));
  await page.keyboard.press('Home');
  await expectFocus(entry(page, 'First'));
  await page.keyboard.press('Enter');
  await conversation(page, 'First').waitFor();
});

test('[A4] [A5] filters, search, selecting, forwarding, pinning, polls and invitations need no mouse', async () => {
  const ann = await stage.visitor('Ann Arbor', DESKTOP);
  const bob = await stage.account('Barnaby Reef');
  await stage.account('Cedric Cove');
  await register(ann);
  const bobId = await userIdOf(bob);
  const stream = await makeGroup(ann, 'Harbour', bobId);
  await makeGroup(ann, 'Quay', bobId);
  await push(ann, messageOps(stream, ['tide tables', 'low water']));
  await push(bob, messageOps(stream, ['see the tide there']));
  const { page } = ann;
  const { keyboard } = page;
  await page.goto('/');

  const filter = page.getByRole('group', { name: 'Filter' }).getByRole('button', { name: 'Unread' });
  await tabTo(page, filter);
  await keyboard.press('Enter');
  await entry(page, 'Quay').waitFor({ state: 'detached' });
  await tabTo(page, entry(page, 'Harbour'));
  await keyboard.press('Enter');
  await conversation(page, 'Harbour').waitFor();

  // Selecting and forwarding.
  await tabTo(page, message(page, 'see the tide there'), 'Shift+Tab');
  await keyboard.press('ArrowUp');
  await expectFocus(message(page, 'low water'));
  await keyboard.press('ArrowUp');
  await expectFocus(message(page, 'tide tables'));
  await chooseByLetter(page, 'Select');
  const bar = page.getByRole('toolbar', { name: 'Selected messages' });
  await bar.getByText('1 message selected').waitFor();
  await keyboard.press('ArrowDown');
  await expectFocus(message(page, 'low water'));
  await keyboard.press('Space');
  await bar.getByText('2 messages selected').waitFor();
  await tabTo(page, bar.getByRole('button', { name: 'Forward' }), 'Shift+Tab');
  await keyboard.press('Enter');
  const chats = page.getByRole('dialog', { name: 'Forward to' });
  const sought = chats.getByRole('searchbox', { name: 'Search chats' });
  await expectFocus(sought);
  await keyboard.type('qua');
  await chats.getByRole('button', { name: 'Harbour' }).waitFor({ state: 'detached' });
  await keyboard.press('Enter');
  await chats.getByRole('button', { name: 'Quay', pressed: true }).waitFor();
  await keyboard.press('Enter');
  await chats.getByRole('button', { name: 'Quay', pressed: false }).waitFor();
  await keyboard.press('ArrowDown');
  await expectFocus(chats.getByRole('button', { name: 'Quay' }));
  await keyboard.press('ArrowUp');
  await expectFocus(sought);
  await keyboard.press('ArrowDown');
  await keyboard.press('Space');
  await tabTo(page, chats.getByRole('button', { name: 'Forward to 1 chat' }));
  await keyboard.press('Enter');
  await page.getByText('Forwarded to 1 chat').first().waitFor();

  // Pinning.
  await page.locator('dialog').waitFor({ state: 'detached' });
  await tabTo(page, page.getByRole('textbox', { name: 'Message', exact: true }));
  await tabTo(page, message(page, 'low water'), 'Shift+Tab');
  await chooseByLetter(page, 'Pin');
  const pinned = page.getByRole('button', { name: 'Pinned message' });
  await tabTo(page, pinned, 'Shift+Tab');
  await keyboard.press('Enter');
  await expectFocus(message(page, 'low water'));

  // A search with a filter.
  await keyboard.press('Control+k');
  const found = page.getByRole('dialog');
  const search = found.locator('input[role=combobox]').first();
  await expectFocus(search);
  await keyboard.type('tide');
  const hits = found.getByRole('group', { name: 'Messages' }).getByRole('option');
  // Two, and the copy that was forwarded.
  await expect.poll(() => hits.count()).toBe(3);
  await tabTo(page, found.getByRole('button', { name: 'Filters' }));
  await keyboard.press('Enter');
  await tabTo(page, found.getByLabel('From date'));
  const from = found.getByRole('combobox', { name: 'From' });
  await tabTo(page, from, 'Shift+Tab');
  const offered = found.getByRole('listbox', { name: 'From' }).getByRole('option');
  await keyboard.press('ArrowDown');
  expect(await offered.count()).toBeGreaterThan(1);
  const first = await offered.first().innerText();
  expect(await offered.and(found.locator('[aria-selected=true]')).allInnerTexts()).toEqual([first]);
  // It closes the list of people, and nothing else.
  await keyboard.press('Escape');
  await offered.first().waitFor({ state: 'detached' });
  // A name that nobody else in this file has.
  await keyboard.type('barn');
  await expect.poll(() => offered.allInnerTexts()).toEqual([expect.stringContaining('Barnaby Reef')]);
  await found.getByRole('status').getByText('1 person. Enter chooses.').waitFor();
  await expect.poll(() => from.getAttribute('aria-activedescendant')).toBe(await offered.getAttribute('id'));
  await keyboard.press('Enter');
  await offered.waitFor({ state: 'detached' });
  expect(await from.inputValue()).toBe('Barnaby Reef');
  await found.getByRole('button', { name: 'Filters: 1 in use' }).waitFor();
  await expect.poll(() => hits.count()).toBe(1);
  await tabTo(page, search, 'Shift+Tab');
  await keyboard.press('Enter');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await expectFocus(message(page, 'see the tide there'));

  // A poll.
  await tabTo(page, page.getByRole('textbox', { name: 'Message', exact: true }));
  await tabTo(page, page.getByRole('button', { name: 'Attach' }), 'Shift+Tab');
  await chooseByLetter(page, 'Poll');
  const asked = page.getByRole('dialog', { name: 'New poll' });
  await expectFocus(asked.getByLabel('Question'));
  await keyboard.type('When do we sail?');
  for (const option of ['High water', 'Low water']) {
    await keyboard.press('Tab');
    await keyboard.type(option);
  }
  await tabTo(page, asked.getByRole('checkbox', { name: 'Several answers' }));
  await keyboard.press('Space');
  await tabTo(page, asked.getByRole('button', { name: 'Send poll' }));
  await keyboard.press('Enter');
  await page.locator('dialog').waitFor({ state: 'detached' });
  const poll = message(page, 'Poll: .*When do we sail');
  await poll.waitFor();
  await tabTo(page, message(page, 'see the tide there'), 'Shift+Tab');
  await keyboard.press('End');
  await expectFocus(poll);
  for (const [option, key] of [
    ['High water', 'Enter'],
    ['Low water', 'Space'],
  ] as const) {
    await tabTo(page, poll.getByRole('button', { name: `${option}, 0 votes` }));
    await keyboard.press(key);
    await expectFocus(poll.getByRole('button', { name: `${option}, 1 vote`, pressed: true }));
  }
  await tabTo(page, poll.getByRole('button', { name: 'Close poll' }));
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Close poll' }));
  await keyboard.press('Enter');
  await poll.getByText('Closed').waitFor();
  await expectFocus(poll);

  // A day.
  await tabTo(page, page.getByRole('button', { name: 'Go to a date' }));
  await keyboard.press('Enter');
  const asking = page.getByRole('dialog', { name: 'Go to a date' });
  await tabTo(page, asking.getByLabel('Day'));
  // Day, month and year, as the browser's field takes them.
  await keyboard.type('01012024');
  await keyboard.press('Enter');
  await asking.waitFor({ state: 'detached' });
  await expectFocus(page.getByRole('article').first());

  // Adding people.
  await tabTo(page, page.getByRole('button', { name: 'Add people' }).first());
  await keyboard.press('Enter');
  const adding = page.getByRole('dialog', { name: 'Add people to Harbour' });
  const addSearch = adding.getByRole('searchbox', { name: 'Name or email' });
  await expectFocus(addSearch);
  await keyboard.type('Cedri');
  const cedric = adding.getByRole('button', { name: 'Cedric Cove' });
  await cedric.waitFor();
  await expect.poll(() => adding.getByRole('list', { name: 'People' }).getByRole('button').count()).toBe(1);
  await keyboard.press('Enter');
  await adding.getByRole('button', { name: 'Cedric Cove', pressed: true }).waitFor();
  await keyboard.press('ArrowDown');
  await expectFocus(cedric);
  await keyboard.press('Enter');
  await adding.getByRole('button', { name: 'Cedric Cove', pressed: false }).waitFor();
  await keyboard.press('ArrowUp');
  await expectFocus(addSearch);
  await keyboard.press('Enter');
  await adding.getByRole('button', { name: 'Cedric Cove', pressed: true }).waitFor();
  await tabTo(page, adding.getByRole('button', { name: 'Add 1 person' }));
  await keyboard.press('Enter');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Actions for Cedric Cove' }).waitFor();

  // An invitation.
  await tabTo(page, page.getByRole('button', { name: 'Invite by link' }));
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Create a link' }));
  await keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Revoke' }).first());
  await keyboard.press('Enter');
  await page.getByRole('button', { name: 'Revoke' }).waitFor({ state: 'detached' });
  await keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  expect(ann.complaints).toEqual([]);
});

test('[A4] [A5] when the element with the focus disappears, the focus goes to an element next to it, or to where it was before', async () => {
  const cat: Visitor = await stage.visitor('Cat Carter', DESKTOP);
  const people = [await stage.account('Dan Diver'), await stage.account('Eve Ember')];
  const ids = await Promise.all(people.map((each) => userIdOf(each)));
  await register(cat);
  for (const title of ['Anchor', 'Buoy', 'Canal'])
    await push(cat, messageOps(await makeGroup(cat, title, ...ids), ['hello']));
  const { page } = cat;
  const { keyboard } = page;
  const isReady = page.waitForResponse((response) => response.url().includes('/PageWatch-'));
  await page.goto('/');
  await isReady;
  await page.waitForFunction(() => new Promise((resolve) => requestIdleCallback(() => resolve(true))));

  const settings = page.getByRole('link', { name: 'Settings' });
  await settings.press('Enter');
  await expectFocus(page.getByRole('heading', { name: 'Settings' }));
  await keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Settings' }).waitFor({ state: 'detached' });
  await expectFocus(settings);
  const newChat = page.getByRole('button', { name: 'New chat' }).filter({ visible: true });
  await newChat.press('Enter');
  await expectFocus(page.getByRole('searchbox', { name: 'Name or email' }));
  await keyboard.press('Escape');
  await page.getByRole('searchbox', { name: 'Name or email' }).waitFor({ state: 'detached' });
  await expectFocus(newChat);

  await entry(page, 'Buoy').press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Archive' }).press('Enter');
  await entry(page, 'Buoy').waitFor({ state: 'detached' });
  await expectFocus(entry(page, 'Anchor'));

  await entry(page, 'Canal').press('Enter');
  await conversation(page, 'Canal').waitFor();
  await message(page, 'hello').press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  await page.getByRole('button', { name: 'Undo' }).first().press('Enter');
  await expectFocus(message(page, 'hello'));

  const details = page.getByRole('complementary');
  const actionsFor = (name: string) => details.getByRole('button', { name: `Actions for ${name}` });
  await actionsFor('Dan Diver').press('Enter');
  await page.getByRole('menuitem', { name: 'Remove from group' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter');
  await actionsFor('Dan Diver').waitFor({ state: 'detached' });
  await expectFocus(actionsFor('Eve Ember'));

  await details.getByRole('button', { name: 'Leave group' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Leave group' }).press('Enter');
  await conversation(page, 'Canal').waitFor({ state: 'detached' });
  const list = page.getByRole('navigation', { name: 'Chats' });
  await expect.poll(() => list.evaluate((nav) => nav.contains(document.activeElement))).toBe(true);
  expect(cat.complaints).toEqual([]);
});
