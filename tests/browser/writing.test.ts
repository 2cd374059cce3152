import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Visitor,
  PASSWORD,
  PATIENCE_MS,
  entry,
  listen,
  message,
  openChat,
  openVisitor,
  signIn,
  startDirect,
  texts,
} from './browser.fixture.ts';
import { makeGroup, register, PHONE, authenticate } from './seed.fixture.ts';
import { newId, push, rowsOf, sendOp, storedTexts, streamOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * Writing: drafts, the keyboard, what waits, and what becomes of words when something else happens meanwhile. One person's page and
 * another person's requests are shared by all cases; each case has a chat of its own.
 */

const stage = setStage();
let mira: Visitor;
let kai: Visitor;
let miraId: string;
let chats = 0;

beforeAll(async () => {
  mira = await openVisitor(stage.browser, stage.server.origin, 'Mira Moss');
  kai = await openVisitor(stage.browser, stage.server.origin, 'Kai Kern');
  miraId = await register(mira);
  await register(kai);
  return () => Promise.all([mira.context.close(), kai.context.close()]);
});

const box = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
const words = (page: Page) => box(page).inputValue();
const shows = (page: Page, text: string) => expect.poll(() => words(page), { timeout: PATIENCE_MS }).toBe(text);
const sees = (page: Page, all: string[]) => expect.poll(() => texts(page), { timeout: PATIENCE_MS }).toEqual(all);

/** A group of Kai and Mira with these messages of Kai, and the place where it is shown. */
async function newChat(...messages: string[]) {
  const title = `Chat ${(chats += 1)}`;
  const stream = await makeGroup(kai, title, miraId);
  if (messages.length > 0)
    await push(
      kai,
      messages.map((text) => sendOp(stream, text)),
    );
  return { title, stream, place: `/chat/g/${stream.slice(2)}` };
}

async function open(page: Page, place: string): Promise<Page> {
  await page.goto(place);
  await box(page).waitFor();
  return page;
}

async function secondTab(place: string): Promise<Page> {
  const page = await mira.context.newPage();
  listen(mira, page);
  return open(page, place);
}

/** Resolves once the device holds this draft. */
const held = (page: Page, draft: string) =>
  expect
    .poll(async () => (await rowsOf<{ text: string }>(page, 'drafts')).map(({ text }) => text), {
      timeout: PATIENCE_MS,
    })
    .toContain(draft);

const editing = (page: Page) => page.getByRole('textbox', { name: 'Edit message' });

/** Chooses an action of a message's menu. */
async function choose(page: Page, text: string, action: string): Promise<void> {
  await message(page, text).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}

/** Ends all sessions of this person except their own. */
async function endOtherSessions({ page }: Visitor): Promise<void> {
  expect((await page.request.post('/api/auth/revoke-other-sessions', { data: {} })).ok()).toBe(true);
}

describe('drafts', () => {
  test('[OP16] what one tab has sent does not come back from another one, nor as a draft', async () => {
    const { title, stream, place } = await newChat();
    await open(mira.page, place);
    await box(mira.page).fill('see you at six');
    await held(mira.page, 'see you at six');
    const other = await secondTab(place);
    await shows(other, 'see you at six');
    await box(mira.page).press('Enter');
    await sees(other, ['see you at six']);
    await shows(other, '');
    await shows(mira.page, '');
    // A tab that leaves the chat saves and shares what its field holds.
    await other.goto('/settings');
    expect(await entry(mira.page, title).innerText()).not.toContain('Draft');
    expect((await rowsOf<{ text: string }>(mira.page, 'drafts')).filter(({ text }) => text !== '')).toEqual([]);
    expect(await storedTexts(kai, stream)).toEqual(['see you at six']);
    await other.close();
  });

  test('[C2] different words in two tabs are all kept', async () => {
    const { place } = await newChat();
    await open(mira.page, place);
    const other = await secondTab(place);
    await Promise.all([box(mira.page).fill('words of the first'), box(other).fill('words of the second')]);
    const both = async () => [await words(mira.page), await words(other)].map((text) => text.split('\n').toSorted());
    const wanted = ['words of the first', 'words of the second'];
    await expect.poll(both, { timeout: PATIENCE_MS }).toEqual([wanted, wanted]);
    await mira.page.reload();
    await box(mira.page).waitFor();
    expect((await words(mira.page)).split('\n').toSorted()).toEqual(wanted);
    await box(other).fill('');
    await shows(mira.page, '');
    await other.close();
  });

  test('[C2] a draft that is too long to send is kept whole, and a paste that would freeze the page is refused', async () => {
    const { place } = await newChat();
    await open(mira.page, place);
    await box(mira.page).fill('x'.repeat(12_000));
    await mira.page.getByText('4,000 characters too many').waitFor();
    await held(mira.page, 'x'.repeat(12_000));
    await mira.page.reload();
    await mira.page.getByText('4,000 characters too many').waitFor();
    expect(await words(mira.page)).toHaveLength(12_000);
    await box(mira.page).fill('kept');
    await box(mira.page).press('End');
    await mira.page.keyboard.insertText('z'.repeat(3_700_000));
    await mira.page.getByRole('alert').filter({ hasText: '3,700,004 characters' }).waitFor();
    expect(await words(mira.page)).toBe('kept');
    await box(mira.page).fill('');
    await mira.page.getByRole('alert').filter({ hasText: 'characters' }).waitFor({ state: 'detached' });
  });
});

describe('keys', () => {
  test('the Enter of an input method sends nothing, and the next one sends once', async () => {
    const { stream, place } = await newChat();
    await open(mira.page, place);
    await box(mira.page).fill('にほん');
    const isPrevented = await box(mira.page).evaluate((field) => {
      const enter = { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true };
      return !field.dispatchEvent(new KeyboardEvent('keydown', enter));
    });
    expect([isPrevented, await words(mira.page)]).toEqual([false, 'にほん']);
    await box(mira.page).press('Enter');
    await sees(mira.page, ['にほん']);
    await expect.poll(() => storedTexts(kai, stream), { timeout: PATIENCE_MS }).toEqual(['にほん']);
  });

  test('on a touch screen with a keyboard, Enter breaks the line and Ctrl or Cmd with it sends', async () => {
    const { place } = await newChat();
    const tablet = {
      ...(await stage.visitor('Mira Moss', { ...PHONE, viewport: { width: 1024, height: 768 } })),
      email: mira.email,
    };
    await authenticate(tablet);
    const { page } = tablet;
    await open(page, place);
    await box(page).fill('one');
    await box(page).press('Control+Enter');
    await sees(page, ['one']);
    await box(page).pressSequentially('two');
    await box(page).press('Enter');
    await box(page).press('Shift+Enter');
    expect(await words(page)).toBe('two\n\n');
    await box(page).press('Meta+Enter');
    await sees(page, ['one', 'two\n\n']);
  });
});

describe('the end of a session', () => {
  test('it takes nothing from somebody who is writing, and signing in again starts at the password', async () => {
    const { place } = await newChat('readable');
    const phone = { ...(await stage.visitor('Mira Moss', PHONE)), email: mira.email };
    await authenticate(phone);
    const { page } = phone;
    await open(page, place);
    await box(page).pressSequentially('half a ');
    await endOtherSessions(mira);
    const ended = page.getByText('Your session has ended', { exact: true }).filter({ visible: true });
    await ended.waitFor();
    await page.keyboard.type('word');
    expect([await words(page), await page.getByRole('dialog').count()]).toEqual(['half a word', 0]);
    await sees(page, ['readable']);
    await page.getByRole('button', { name: 'Sign in' }).filter({ visible: true }).click();
    const password = page.getByRole('dialog').getByLabel('Password', { exact: true });
    await expect.poll(() => password.evaluate((field) => field === document.activeElement)).toBe(true);
    // A password manager fills the field without an event.
    await password.evaluate((field, value) => {
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, value);
    }, PASSWORD);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
    await ended.waitFor({ state: 'detached' });
    await shows(page, 'half a word');
  });

  test('signing out names the words that it loses, and leaves neither address nor title to the next person', async () => {
    const { title } = await newChat();
    const other = { ...(await stage.visitor('Mira Moss')), email: mira.email };
    await authenticate(other);
    const { page } = other;
    // The part of the app that signs out is loaded while there is a network.
    await page.goto('/settings');
    await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
    await openChat(page, title);
    await other.context.setOffline(true);
    await box(page).fill('sent in the tunnel');
    await box(page).press('Enter');
    await sees(page, ['sent in the tunnel']);
    await box(page).fill('begun in the tunnel');
    await held(page, 'begun in the tunnel');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    const lost = page.getByRole('dialog').getByRole('listitem');
    expect(await lost.allInnerTexts()).toEqual([
      expect.stringMatching(new RegExp(`${title}.*sent in the tunnel`, 's')),
      expect.stringMatching(new RegExp(`${title}.*begun in the tunnel`, 's')),
    ]);
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out anyway' }).click();
    await page.getByRole('heading', { name: 'Sign in to TeamLink' }).waitFor();
    expect([new URL(page.url()).pathname, await page.title()]).toEqual(['/', 'Sign in – TeamLink']);
    await other.context.setOffline(false);
    await signIn({ ...other, email: kai.email });
    // A direct chat of two others is no chat.
    await page.goto(`/chat/d/${[miraId, 'somebody-else'].toSorted().join('/')}`);
    await page.getByText('This chat isn’t on this device').first().waitFor();
    expect(await box(page).count()).toBe(0);
  });
});

describe('what waits', () => {
  test('[CL11] a message that waits is edited and taken back before it leaves, and taking it back can be undone', async () => {
    const { stream, place } = await newChat();
    const { page } = mira;
    await open(page, place);
    await mira.context.setOffline(true);
    for (const text of ['first', 'second', 'third']) {
      await box(page).fill(text);
      await box(page).press('Enter');
    }
    await sees(page, ['first', 'second', 'third']);
    await choose(page, 'first', 'Edit');
    await editing(page).fill('first, better');
    await editing(page).press('Enter');
    await sees(page, ['first, better', 'second', 'third']);
    await choose(page, 'third', 'Cancel sending');
    await sees(page, ['first, better', 'second']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await sees(page, ['first, better', 'second', 'third']);
    await choose(page, 'second', 'Cancel sending');
    await sees(page, ['first, better', 'third']);
    await mira.context.setOffline(false);
    await expect.poll(() => storedTexts(kai, stream), { timeout: PATIENCE_MS }).toEqual(['first, better', 'third']);
    // Not as an edit: nobody has seen the first version.
    expect(await page.getByText('edited').count()).toBe(0);
  });
});

describe('an edit under way', () => {
  test('it survives Escape and a reload, shows what another device has made of the message, and Enter saves it', async () => {
    const { stream, place } = await newChat();
    const { page } = mira;
    const sent = sendOp(stream, 'door code 1234') as { id: string };
    await push(mira, [sent]);
    await open(page, place);
    await sees(page, ['door code 1234']);
    await choose(page, 'door code 1234', 'Edit');
    await editing(page).fill('door code 5678');
    await page.keyboard.press('Escape');
    await page.getByRole('group', { name: 'Unfinished edit' }).getByText('door code 5678').waitFor();
    await page.reload();
    await page.getByRole('group', { name: 'Unfinished edit' }).getByRole('button', { name: 'Continue' }).click();
    expect(await editing(page).inputValue()).toBe('door code 5678');
    await push(mira, [{ id: newId(), stream, kind: 'message.edit', messageId: sent.id, text: 'ask the porter' }]);
    await page.getByRole('dialog').getByText('ask the porter').waitFor();
    await editing(page).press('Enter');
    await sees(page, ['door code 5678']);
    await page.getByRole('group', { name: 'Unfinished edit' }).waitFor({ state: 'detached' });
  });

  test('the words of an edit and the banner of a reply outlive the message, which both say is deleted', async () => {
    const { stream, place } = await newChat();
    const { page } = mira;
    const [own, theirs] = [sendOp(stream, 'my own') as { id: string }, sendOp(stream, 'the secret') as { id: string }];
    await push(mira, [own]);
    await push(kai, [theirs]);
    await open(page, place);
    await sees(page, ['my own', 'the secret']);
    await choose(page, 'the secret', 'Reply');
    const banner = page.getByRole('group', { name: 'Reply to Kai Kern' });
    await banner.getByText('the secret').waitFor();
    await push(kai, [{ id: newId(), stream, kind: 'message.edit', messageId: theirs.id, text: 'the other secret' }]);
    await banner.getByText('the other secret').waitFor();
    await push(kai, [{ id: newId(), stream, kind: 'message.delete', messageId: theirs.id }]);
    await banner.getByText('Message deleted').waitFor();

    await choose(page, 'my own', 'Edit');
    await editing(page).fill('many good words');
    await push(mira, [{ id: newId(), stream, kind: 'message.delete', messageId: own.id }]);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This message was deleted').waitFor();
    await dialog.getByRole('button', { name: 'Copy text' }).waitFor();
    expect(await editing(page).inputValue()).toBe('many good words');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('group', { name: 'Unfinished edit' }).getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('group', { name: 'Unfinished edit' }).waitFor({ state: 'detached' });
  });
});

describe('somebody who is removed', () => {
  test('[CL4] keeps what they could read and what they were writing, with the reason, in the list and after a reload', async () => {
    const { title, stream, place } = await newChat('read before');
    const { page } = mira;
    await open(page, place);
    await sees(page, ['read before']);
    await mira.context.setOffline(true);
    await box(page).fill('never sent');
    await box(page).press('Enter');
    await box(page).fill('two hundred words');
    await held(page, 'two hundred words');
    await push(kai, [{ id: newId(), stream, kind: 'member.remove', userId: miraId }]);
    await mira.context.setOffline(false);
    await page.getByText('Kai Kern removed you from this group.').waitFor();
    await page.getByText('Not sent: you’re no longer in this group').waitFor();
    await page.reload();
    await page.getByText('Kai Kern removed you from this group.').waitFor();
    await sees(page, ['read before', 'never sent']);
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    await page.getByRole('group', { name: 'You were writing:' }).getByText('two hundred words').waitFor();
    expect(await entry(page, title).count()).toBe(1);
    await page.getByRole('button', { name: 'Remove from this device' }).click();
    await entry(page, title).waitFor({ state: 'detached' });
  });
});

describe('a chat that has not begun', () => {
  test('[OP10] nobody else sees it before its first message, and its draft is found in the list', async () => {
    const { page } = mira;
    await page.goto('/');
    await startDirect(mira, 'Kai Kern');
    const stream = streamOf(page);
    await box(page).pressSequentially('hello there');
    await held(page, 'hello there');
    const seen = async () => (await kai.page.request.post('/api/sync/pull', { data: { cursors: {} } })).text();
    expect(await seen()).not.toContain(stream);
    await entry(page, 'Kai Kern').getByText('hello there').waitFor();
    await page.reload();
    await shows(page, 'hello there');
    await box(page).press('Enter');
    await expect.poll(seen, { timeout: PATIENCE_MS }).toContain('hello there');
    await sees(page, ['hello there']);
  });
});

test('a theme that one tab chooses is shown in every tab and in the browser’s bar, and no tab writes the former one back', async () => {
  const { title, place } = await newChat();
  const other = await secondTab(place);
  const { page } = mira;
  await page.goto('/settings');
  await page.getByText('Dark', { exact: true }).click();
  const shown = (tab: Page) =>
    tab.evaluate(() => [
      document.documentElement.dataset['theme'],
      ...[...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')].map(({ content }) => content),
    ]);
  const dark = ['dark', '#0d1315', '#0d1315'];
  for (const tab of [page, other]) await expect.poll(() => shown(tab), { timeout: PATIENCE_MS }).toEqual(dark);
  // What the other tab stores now has the choice in it.
  await other.getByRole('link', { name: 'Settings' }).click();
  await openChat(other, title);
  await page.reload();
  await expect.poll(() => shown(page), { timeout: PATIENCE_MS }).toEqual(dark);
  await page.getByText('Light', { exact: true }).click();
  await expect.poll(() => shown(other), { timeout: PATIENCE_MS }).toEqual(['light', '#f9f6f1', '#f9f6f1']);
  await other.close();
});
