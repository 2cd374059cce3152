import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Visitor, PASSWORD, entry, listen, startDirect } from './browser.fixture.ts';
import { rowsOf, storedTexts, streamOf } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { PHONE, authenticate } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { workerReady } from './worker.fixture.ts';
import {
  type MiraAndKai,
  box,
  choose,
  editing,
  fillSilently,
  held,
  holdDatabase,
  miraAndKai,
  open,
  sees,
  shows,
  words,
} from './writing.fixture.ts';

/*
 * Writing: two tabs, long texts, the keyboard, waiting messages, and a chat's first message. All cases share one person's page and
 * another person's requests; each case has its own chat. What survives a page that is closed is in `unfinished.test.ts`.
 */

const stage = setStage();
let mira: Visitor;
let kai: Account;
let newChat: MiraAndKai['newChat'];

beforeAll(async () => {
  ({ mira, kai, newChat } = await miraAndKai(stage));
});

/** Ends all sessions of this person except their own. */
async function endOtherSessions({ page }: Visitor): Promise<void> {
  expect((await page.request.post('/api/auth/revoke-other-sessions', { data: {} })).ok()).toBe(true);
}

test('[OP16] [C2] two tabs: a sent text returns in neither, different texts are all kept, and both show the theme that one chooses', async () => {
  const [first, second] = [await newChat(), await newChat()];
  const { page } = mira;
  await open(page, first);
  await box(page).fill('see you at six');
  await held(page, 'see you at six');
  const other = await mira.context.newPage();
  listen(mira, other);
  await other.goto(first.place);
  await shows(other, 'see you at six');
  await box(page).press('Enter');
  await sees(other, ['see you at six']);
  await shows(other, '');
  await shows(page, '');
  // A tab that leaves the chat saves and shares what its field holds.
  await open(other, second);
  await expect.poll(() => entry(page, first.title).innerText()).not.toContain('Draft');
  const drafts = async () => (await rowsOf<{ text: string }>(page, 'drafts')).map(({ text }) => text).filter(Boolean);
  await expect.poll(drafts).toEqual([]);
  expect(await storedTexts(kai, first.stream)).toEqual(['see you at six']);

  await open(page, second);
  await Promise.all([box(page).fill('words of the first'), box(other).fill('words of the second')]);
  const both = async () => [await words(page), await words(other)].map((text) => text.split('\n').toSorted());
  const wanted = ['words of the first', 'words of the second'];
  await expect.poll(both).toEqual([wanted, wanted]);
  // What an input method composes is not disturbed by what another tab types, which arrives once that ends.
  const compose = (type: 'compositionstart' | 'compositionend') =>
    box(page).evaluate((field, what) => void field.dispatchEvent(new CompositionEvent(what, { bubbles: true })), type);
  await compose('compositionstart');
  await box(other).fill('other words');
  await entry(page, second.title).getByText('other words').waitFor();
  expect((await words(page)).split('\n').toSorted()).toEqual(wanted);
  await compose('compositionend');
  await shows(page, 'other words');
  await box(other).fill(wanted.join('\n'));
  await expect.poll(both).toEqual([wanted, wanted]);

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Dark', { exact: true }).click();
  const shown = (tab: Page) =>
    tab.evaluate(() => [
      document.documentElement.dataset['theme'],
      ...[...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')].map(({ content }) => content),
    ]);
  const dark = ['dark', '#0d1315', '#0d1315'];
  for (const tab of [page, other]) await expect.poll(() => shown(tab)).toEqual(dark);
  // The state that the other tab stores now contains the choice.
  await open(other, first);
  await page.reload();
  await expect.poll(() => shown(page)).toEqual(dark);
  await page.getByText('Light', { exact: true }).click();
  await expect.poll(() => shown(other)).toEqual(['light', '#f9f6f1', '#f9f6f1']);
  await other.close();

  await open(page, second);
  await expect.poll(async () => (await words(page)).split('\n').toSorted()).toEqual(wanted);
  await box(page).fill('');
});

test('[C2] a draft that is too long to send is kept whole, and a paste that would freeze the page is refused', async () => {
  await open(mira.page, await newChat());
  await box(mira.page).fill('x'.repeat(12_000));
  await mira.page.getByText('4,000 characters too many').waitFor();
  // It is shown in lines below the field, and not in a column next to it.
  const [said, field] = await Promise.all(
    [mira.page.getByText('4,000 characters too many'), box(mira.page)].map((each) => each.boundingBox()),
  );
  expect(said?.y ?? 0).toBeGreaterThanOrEqual((field?.y ?? 0) + (field?.height ?? 0));
  expect(said?.width ?? 0).toBeGreaterThan(200);
  await held(mira.page, 'x'.repeat(12_000));
  await mira.page.reload();
  await mira.page.getByText('4,000 characters too many').waitFor();
  await expect.poll(() => words(mira.page)).toHaveLength(12_000);
  await box(mira.page).fill('kept');
  await box(mira.page).press('End');
  await mira.page.keyboard.insertText('z'.repeat(3_700_000));
  await mira.page.getByRole('alert').filter({ hasText: '3,700,004 characters' }).waitFor();
  expect(await words(mira.page)).toBe('kept');
  const refusal = mira.page.getByRole('alert').filter({ hasText: 'characters' });
  await box(mira.page).press('Backspace');
  await refusal.waitFor({ state: 'detached' });
  // The browser announces nothing of what a script or an extension inserts.
  // oxlint-disable-next-line typescript/no-deprecated -- what extensions use
  await mira.page.evaluate(() => document.execCommand('insertText', false, 'z'.repeat(3_700_000)));
  await refusal.waitFor();
  expect(await words(mira.page)).toBe('kep');
  await box(mira.page).fill('');
  await refusal.waitFor({ state: 'detached' });
  const search = mira.page.getByRole('searchbox', { name: 'Search chats' });
  await search.focus();
  await mira.page.keyboard.insertText('z'.repeat(3_700_000));
  expect(await search.inputValue()).toHaveLength(40_000);
  await search.fill('');
});

test('on a touch screen Enter breaks the line and Ctrl or Cmd sends; the end of the session does not interrupt somebody who is writing', async () => {
  const chat = await newChat('readable');
  const tablet = {
    ...(await stage.visitor('Mira Moss', { ...PHONE, viewport: { width: 1024, height: 768 } })),
    email: mira.email,
  };
  await authenticate(tablet);
  const { page } = tablet;
  await page.goto(chat.place);
  await box(page).fill('one');
  await box(page).press('Control+Enter');
  await sees(page, ['readable', 'one']);
  await box(page).pressSequentially('two');
  await box(page).press('Enter');
  await box(page).press('Shift+Enter');
  expect(await words(page)).toBe('two\n\n');
  await box(page).press('Meta+Enter');
  await sees(page, ['readable', 'one', 'two']);

  await box(page).pressSequentially('half a ');
  await page.setViewportSize({ width: 390, height: 844 });
  await endOtherSessions(mira);
  const ended = page.getByText('Your session has ended', { exact: true }).filter({ visible: true });
  await ended.waitFor();
  await page.keyboard.type('word');
  expect([await words(page), await page.getByRole('dialog').count()]).toEqual(['half a word', 0]);
  await sees(page, ['readable', 'one', 'two']);
  await page.getByRole('button', { name: 'Sign in' }).filter({ visible: true }).click();
  const password = page.getByRole('dialog').getByLabel('Password', { exact: true });
  await expectFocus(password);
  await fillSilently(password, PASSWORD);
  // Whatever is drawn again meanwhile leaves the field as it is.
  await page.setViewportSize({ width: 400, height: 844 });
  await page.getByRole('dialog').getByRole('button', { name: 'Show password' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
  await ended.waitFor({ state: 'detached' });
  await shows(page, 'half a word');
});

test('[CL11] the Enter of an input method sends nothing; a waiting message is edited and taken back before it is sent, and taking it back can be undone', async () => {
  const chat = await newChat();
  const { stream } = chat;
  const { page } = mira;
  await open(page, chat);
  await box(page).fill('にほん');
  const isPrevented = await box(page).evaluate((field) => {
    const enter = { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true };
    return !field.dispatchEvent(new KeyboardEvent('keydown', enter));
  });
  expect([isPrevented, await words(page)]).toEqual([false, 'にほん']);
  await box(page).press('Enter');
  await sees(page, ['にほん']);
  await expect.poll(() => storedTexts(kai, stream)).toEqual(['にほん']);

  await workerReady(mira);
  await mira.context.setOffline(true);
  for (const text of ['first', 'second', 'third']) {
    await box(page).fill(text);
    await box(page).press('Enter');
  }
  await sees(page, ['にほん', 'first', 'second', 'third']);
  await choose(page, 'first', 'Edit');
  await editing(page).fill('first, better');
  await editing(page).press('Enter');
  await sees(page, ['にほん', 'first, better', 'second', 'third']);
  await choose(page, 'third', 'Cancel sending');
  await sees(page, ['にほん', 'first, better', 'second']);
  await page.getByRole('button', { name: 'Undo' }).click();
  await sees(page, ['にほん', 'first, better', 'second', 'third']);
  await choose(page, 'second', 'Cancel sending');
  await sees(page, ['にほん', 'first, better', 'third']);
  await mira.context.setOffline(false);
  await expect.poll(() => storedTexts(kai, stream)).toEqual(['にほん', 'first, better', 'third']);
  // Not as an edit: nobody has seen the first version.
  expect(await page.getByText('edited').count()).toBe(0);
});

describe('a chat that does not exist yet', () => {
  test('[OP10] nobody else sees it before its first message, and its draft is in the list', async () => {
    const { page } = mira;
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
    await expect.poll(seen).toContain('hello there');
    await sees(page, ['hello there']);

    // While a slow disk stores a message, one can go on writing: the field then holds exactly what was typed after Enter.
    await box(page).fill('bring bread');
    const release = await holdDatabase(page);
    await box(page).press('Enter');
    await box(page).press('Enter');
    await page.keyboard.type('and wine');
    await shows(page, 'bring breadand wine');
    await release();
    await shows(page, 'and wine');
    await sees(page, ['hello there', 'bring bread']);
    await expect.poll(() => storedTexts(kai, stream)).toEqual(['hello there', 'bring bread']);
    await shows(page, 'and wine');
    await box(page).fill('');
  });
});
