import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PASSWORD, type Visitor, conversation, entry, message } from './browser.fixture.ts';
import { push } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { authenticate, makeGroup, register, messageOps } from './seed.fixture.ts';
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
  const bob = await stage.visitor('Bob Burns');
  await register(bob);
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
