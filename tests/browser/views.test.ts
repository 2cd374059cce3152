import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Account, conversation, entry, message, openChat } from './browser.fixture.ts';
import { push, userIdOf } from './device.fixture.ts';
import { expectAccessible } from './expectations.fixture.ts';
import { DESKTOP, PHONE, authenticate, makeGroup, register, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();
let ann: Account;
beforeAll(async () => {
  ann = await stage.account('Ann Arbor');
  const bob = await stage.account('Bob Burns');
  const lighthouse = await makeGroup(ann, 'Lighthouse crew', await userIdOf(bob));
  await push(ann, messageOps(lighthouse, ['Who has the spare keys?', 'The list is at https://harbour.example/fuses']));
  await push(bob, messageOps(lighthouse, ['I have them', 'And the long ladder']));
  await makeGroup(bob, 'Book club', await userIdOf(await stage.account('Eve Evans')));
});

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The rules about colours; for all others the page is the same in both themes. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Colours are the same at any width, so the phone is checked in the light theme and the desktop in the dark one. */
const looks = [
  { name: 'a phone', isPhone: true, options: { ...PHONE, colorScheme: 'light' as const } },
  { name: 'a desktop', isPhone: false, options: { ...DESKTOP, colorScheme: 'dark' as const } },
];

const expectViewAccessible = (page: Page, name: string) => expectAccessible(page, name, (axe) => axe.withTags(RULES));

test.each(looks)(
  '[A20] on $name, axe finds nothing at sign-in and sign-up, with and without mistakes, nor on the first run, without any chat',
  async (look) => {
    const newcomer = await stage.visitor('New Person', look.options);
    const { page, context, complaints } = newcomer;
    await page.goto('/');
    await page.getByRole('heading', { name: 'Sign in to TeamLink' }).waitFor();
    await expectViewAccessible(page, 'sign-in');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByRole('heading', { name: 'Create an account' }).waitFor();
    await expectViewAccessible(page, 'sign-up');
    const submit = page.getByRole('button', { name: 'Sign up' });
    const before = await submit.boundingBox();
    await submit.click();
    await page.getByText('Enter your name.').waitFor();
    // What is wrong appears beside the fields and moves none of them.
    expect(await submit.boundingBox()).toEqual(before);
    await expectViewAccessible(page, 'sign-up with mistakes');

    await register(newcomer);
    await page.goto('/');
    await page.getByText('No chats yet').filter({ visible: true }).waitFor();
    await expectViewAccessible(page, 'first run');
    // On a phone the invitation is part of the list, which is not a landmark.
    if (!look.isPhone) await expectAccessible(page, 'first run, landmarks', (axe) => axe.withRules(['region']));
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test.each(looks)(
  '[A20] on $name, axe finds nothing in list, chat, menu, dialogs, new chat and settings',
  async (look) => {
    const visitor = { ...(await stage.visitor('Ann Arbor', look.options)), email: ann.email };
    const { page, context } = visitor;
    const toList = () => (look.isPhone ? page.getByRole('link', { name: 'Back' }).click() : Promise.resolve());
    await authenticate(visitor);
    await page.goto('/');
    await entry(page, 'Lighthouse crew').waitFor();
    await expectViewAccessible(page, 'list');

    await openChat(page, 'Lighthouse crew');
    await message(page, 'And the long ladder').waitFor();
    await expectViewAccessible(page, 'chat');
    // Only beside the list is the entry of the open chat marked.
    if (!look.isPhone) {
      await page.emulateMedia({ colorScheme: 'light' });
      await expectAccessible(page, 'chat beside the list, light', (axe) => axe.withRules(COLOUR_RULES));
      await page.emulateMedia({ colorScheme: 'dark' });
    }
    await page.getByRole('textbox', { name: 'Message' }).fill('Both, and coffee');
    await expectViewAccessible(page, 'chat with a message being written');

    const own = message(page, 'Who has the spare keys\\?');
    await own.focus();
    await own.press('Enter');
    await page.getByRole('menu').waitFor();
    await expectViewAccessible(page, 'message menu');
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByRole('dialog', { name: 'Edit message' }).waitFor();
    await expectViewAccessible(page, 'edit dialog');
    await page.keyboard.press('Escape');
    // The dialog returns the focus when it has left the page, which would close a menu that was opened earlier.
    await page.locator('dialog').waitFor({ state: 'detached' });
    await own.press('Enter');
    await page.getByRole('menuitem', { name: 'Select' }).click();
    await page.getByText('1 message selected').waitFor();
    await expectViewAccessible(page, 'selection');
    await page.keyboard.press('Escape');
    await page.getByText('1 message selected').waitFor({ state: 'detached' });

    await context.setOffline(true);
    await page.getByText('Offline: messages wait').waitFor();
    await page.getByRole('textbox', { name: 'Message' }).fill('From the tunnel');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await message(page, 'From the tunnel', 'Waiting').waitFor();
    await expectViewAccessible(page, 'chat offline');
    await toList();
    await page.getByText('1 message will be sent once you’re connected').waitFor();
    await expectViewAccessible(page, 'list offline');
    await context.setOffline(false);

    await page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).first().click();
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Bob Burns' }).waitFor();
    await expectViewAccessible(page, 'new chat');
    await page.getByRole('button', { name: 'New group' }).click();
    await page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Bob Burns' }).click();
    await page.getByRole('button', { name: 'Create group' }).click();
    await page.getByText('Enter a name for the group.').waitFor();
    await expectViewAccessible(page, 'new group');
    await toList();

    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await expectViewAccessible(page, 'settings');
    await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
    await page.getByRole('dialog', { name: 'Sign out of this device?' }).waitFor();
    await expectViewAccessible(page, 'sign-out dialog');
    await page.keyboard.press('Escape');
    expect(await conversation(page, 'Lighthouse crew').count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
    await context.close();
  },
);
