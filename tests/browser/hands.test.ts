import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Account, type Visitor, conversation, entry, message, openChat } from './browser.fixture.ts';
import { push, userIdOf } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { settled } from './list.fixture.ts';
import { DESKTOP, PHONE, authenticate, makeGroup, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * Gestures that people know from other chat apps: right click, long press, swipe, double click, and keys.
 */

const stage = setStage();
let ann: Visitor;
let bob: Account;
let bookStream: string;
beforeAll(async () => {
  ann = await stage.resident('Ann Arbor', DESKTOP);
  bob = await stage.account('Bob Burns');
  const bobId = await userIdOf(bob);
  const lighthouse = await makeGroup(ann, 'Lighthouse crew', bobId);
  await push(bob, messageOps(lighthouse, ['Who has the spare keys?', 'And the long ladder?']));
  await push(ann, messageOps(lighthouse, ['I have both', '🎉🎉']));
  bookStream = await makeGroup(ann, 'Book club', bobId);
  await push(bob, messageOps(bookStream, ['Chapter nine']));
});

/** Ann's list, freshly loaded. */
async function desktop(): Promise<Visitor> {
  await ann.page.goto('/');
  return ann;
}

test('a right click on a message opens its menu where it was pressed; reacting is one press in a popover or a double click', async () => {
  const { page, complaints } = await desktop();
  await openChat(page, 'Lighthouse crew');
  await message(page, 'Who has the spare keys?').getByRole('button', { name: 'Bob Burns', exact: true }).click();
  const profile = page.getByRole('dialog', { name: 'Bob Burns' });
  await profile.getByRole('button', { name: 'Message' }).waitFor();
  await page.keyboard.press('Escape');
  await profile.waitFor({ state: 'hidden' });
  const ladder = message(page, 'And the long ladder?');
  const text = ladder.getByText('And the long ladder?');
  await text.click({ button: 'right', position: { x: 20, y: 5 } });
  const menu = page.getByRole('menu', { name: 'Message actions' });
  await menu.waitFor();
  const [at, pressed] = [await menu.boundingBox(), await text.boundingBox()];
  expect(Math.abs((at?.x ?? 0) - (pressed?.x ?? 0) - 20)).toBeLessThan(30);
  await page.getByRole('menuitem', { name: 'React' }).click();
  await page.getByRole('dialog', { name: 'React' }).getByRole('button', { name: 'astonished' }).click();
  await ladder.getByRole('button', { name: 'astonished, 1' }).waitFor();
  await expectFocus(ladder);

  // The one that was used last is the first now.
  await page.keyboard.press('Shift+F10');
  await expectFocus(menu.getByRole('menuitem').first());
  await page.keyboard.press('Enter');
  const popover = page.getByRole('dialog', { name: 'React' });
  const offered = popover.getByRole('button');
  await offered
    .first()
    .and(popover.getByRole('button', { name: 'astonished' }))
    .waitFor();
  // Six emojis, and the button for all of them.
  expect(await offered.count()).toBe(7);
  await popover.getByRole('button', { name: 'All emojis' }).click();
  await page.getByRole('searchbox', { name: 'Search emojis' }).fill('lighth');
  await page.getByText('No emoji found').waitFor();
  await page.getByRole('searchbox', { name: 'Search emojis' }).fill('anchor');
  await page.getByRole('gridcell', { name: 'anchor' }).waitFor();
  // Screen readers count the rows and columns of a grid from 1.
  expect(await page.locator('[aria-rowindex="0"], [aria-colindex="0"]').count()).toBe(0);
  await page.keyboard.press('Enter');
  await ladder.getByRole('button', { name: '⚓' }).waitFor();

  const keys = message(page, 'Who has the spare keys?');
  await keys.getByText('Who has').dblclick();
  await keys.getByRole('button', { name: 'thumbs up, 1' }).waitFor();
  await keys.getByText('Who has').dblclick();
  await keys.getByRole('button', { name: 'thumbs up, 1' }).waitFor({ state: 'detached' });

  // A message of a few emojis is drawn large, and whole.
  const drawn = (each: Locator) =>
    each.locator('[data-text]').evaluate((element) => ({
      size: Number.parseFloat(getComputedStyle(element).fontSize),
      isWhole: (element.closest('[data-bubble]')?.getBoundingClientRect().height ?? 0) > element.clientHeight,
    }));
  const [party, words] = [await drawn(message(page, '🎉🎉')), await drawn(keys)];
  expect(party.size / words.size).toBeGreaterThan(2);
  expect(party.isWhole).toBe(true);
  expect(complaints).toEqual([]);
});

test('while somebody switches chats, the bar stays in its place and shows the new chat’s name at once', async () => {
  const { page, complaints } = await desktop();
  await openChat(page, 'Lighthouse crew');
  await message(page, 'I have both').waitFor();
  // Whatever is drawn is in the document before.
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const bar = document.querySelector('main header');
      const { top, height, left } = bar?.getBoundingClientRect() ?? new DOMRect();
      const now = JSON.stringify([bar?.querySelector('h2')?.textContent, left, top, height]);
      if (seen.at(-1) !== now) seen.push(now);
    };
    look();
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await openChat(page, 'Book club');
  await message(page, 'Chapter nine').waitFor();
  await openChat(page, 'Lighthouse crew');
  await message(page, 'I have both').waitFor();
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  const place = [340, 0, 60] as const;
  expect(seen.map((each) => JSON.parse(each) as unknown)).toEqual([
    ['Lighthouse crew', ...place],
    ['Book club', ...place],
    ['Lighthouse crew', ...place],
  ]);
  expect(complaints).toEqual([]);
});

test('[ask 29] Escape closes one thing at a time, Ctrl+K finds chats, people and messages, and Up in the empty field edits the last own message', async () => {
  const { page, complaints } = await desktop();
  const { keyboard } = page;
  await page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).click();
  const people = page.getByRole('searchbox', { name: 'Name or email' });
  await expectFocus(people);
  await people.fill('bob');
  const found = page.getByRole('list', { name: 'People' }).getByRole('button');
  await expect.poll(() => found.count()).toBe(1);
  await keyboard.press('ArrowDown');
  await expectFocus(found);
  await keyboard.press('Escape');
  await people.waitFor({ state: 'detached' });

  await openChat(page, 'Lighthouse crew');
  await page.getByRole('button', { name: 'Search in this chat' }).click();
  const inChat = page.getByRole('combobox', { name: 'Search in this chat' });
  await inChat.fill('LADDER the');
  await page.getByRole('option', { name: 'And the long ladder', selected: true }).waitFor();
  await keyboard.press('Escape');
  // A closed dialog loses its role at once, and its keys go elsewhere only when it has left the page.
  await page.locator('dialog').waitFor({ state: 'detached' });
  await keyboard.press('Control+k');
  const jump = page.getByRole('combobox', { name: 'Search chats, people and messages' });
  await page.getByRole('option', { name: 'Book club' }).waitFor();
  await jump.fill('bob');
  await page.getByRole('option', { name: 'Bob Burns', selected: true }).waitFor();
  await jump.fill('');
  await page.getByRole('option').nth(1).waitFor();
  const second = (await page.getByRole('option').nth(1).textContent()) ?? '';
  await keyboard.press('ArrowDown');
  await page.getByRole('option', { selected: true }).getByText(second.slice(-9)).waitFor();
  await jump.fill('lighthouse');
  await page.getByRole('option', { name: 'Lighthouse crew', selected: true }).waitFor();
  await keyboard.press('Enter');
  await conversation(page, 'Lighthouse crew').waitFor();
  await keyboard.press('Control+k');
  await jump.fill('LADDER the');
  await page.getByRole('option', { name: 'And the long ladder', selected: true }).waitFor();
  await keyboard.press('Enter');
  await jump.waitFor({ state: 'detached' });
  await message(page, 'And the long ladder').and(page.locator(':focus')).waitFor();

  // Words that match no chat are searched for everywhere.
  const chats = page.getByRole('search').getByRole('searchbox');
  await chats.fill('LADDER the');
  await page.getByText('No chats with this name').waitFor();
  await chats.press('Enter');
  await page.getByRole('option', { name: 'And the long ladder', selected: true }).waitFor();
  await keyboard.press('Escape');
  await jump.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Search messages and people' }).click();
  await expect.poll(() => jump.inputValue()).toBe('LADDER the');
  await keyboard.press('Escape');
  await jump.waitFor({ state: 'detached' });
  await chats.fill('');

  const details = page.getByRole('region', { name: 'Details' });
  await details.waitFor();
  await page.getByRole('heading', { name: 'Lighthouse crew' }).getByRole('button').click();
  await details.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Lighthouse crew' }).getByRole('button').click();
  await details.waitFor();

  // The whole row of a member opens their menu.
  await details
    .getByRole('listitem')
    .filter({ hasText: 'Bob Burns' })
    .click({ position: { x: 70, y: 22 } });
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  await page.getByRole('dialog', { name: 'Bob Burns' }).getByRole('button', { name: 'Message' }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await message(page, 'And the long ladder').getByText('And the').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Forward' }).click();
  const targets = page.getByRole('dialog', { name: 'Forward to' });
  await targets.getByRole('searchbox', { name: 'Search chats' }).fill('book');
  await targets.getByRole('button', { name: 'Book club' }).click();
  await targets.getByRole('button', { name: 'Forward to 1 chat' }).click();
  await expect.poll(() => description(entry(page, 'Book club'))).toContain('And the long ladder');

  await message(page, 'And the long ladder').getByText('And the').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Info' }).click();
  const info = page.getByRole('dialog', { name: 'Message details' });
  const terms = () => info.getByRole('term').allTextContents();
  await expect.poll(async () => (await terms()).slice(0, 2)).toEqual(['Written', 'Sent']);
  await keyboard.press('Escape');
  await info.waitFor({ state: 'detached' });

  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  await message(page, 'And the long ladder').getByText('And the').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Reply' }).click();
  const reply = page.getByRole('group', { name: 'Reply to Bob Burns' });
  await reply.waitFor();
  await page.getByRole('button', { name: 'Emojis' }).click();
  const search = page.getByRole('searchbox', { name: 'Search emojis' });
  await search.waitFor();
  await keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });
  expect([await reply.count(), await details.count()]).toEqual([1, 1]);
  await keyboard.press('Escape');
  await reply.waitFor({ state: 'detached' });
  expect(await details.count()).toBe(1);
  await keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });

  await box.fill('on board');
  await box.press('Home');
  await page.getByRole('button', { name: 'Emojis' }).click();
  await search.fill('sailboat');
  await page.getByRole('gridcell', { name: 'sailboat' }).click();
  await expect.poll(() => box.inputValue()).toBe('⛵️on board');
  await box.press('ArrowUp');
  expect(await page.getByRole('dialog').count()).toBe(0);

  // Keys put signs of markup around the selected words, which stay selected.
  await box.fill('all on board');
  await box.press('Control+Shift+ArrowLeft');
  const marked = () =>
    box.evaluate((field: HTMLTextAreaElement) => [
      field.value,
      field.value.slice(field.selectionStart, field.selectionEnd),
    ]);
  for (const [shortcut, made] of [
    ['Control+b', 'all on **board**'],
    ['Control+i', 'all on **_board_**'],
    ['Control+Shift+x', 'all on **_~~board~~_**'],
    ['Control+e', 'all on **_~~`board`~~_**'],
  ] as const) {
    await box.press(shortcut);
    await expect.poll(marked).toEqual([made, 'board']);
  }
  await keyboard.type('deck');
  expect(await box.inputValue()).toBe('all on **_~~`deck`~~_**');

  await box.fill('');
  await box.press('ArrowUp');
  const edited = page.getByRole('dialog', { name: 'Edit message' }).getByRole('textbox');
  await expect.poll(() => edited.inputValue()).toBe('🎉🎉');
  expect(await edited.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe('🎉🎉'.length);
  expect(complaints).toEqual([]);
});

test('[ask 29] what is typed right after Ctrl+K goes to the search even before its code is here, and Enter then sends nothing', async () => {
  // Without a service worker, which would have the code.
  const visitor = { ...(await stage.visitor(ann.name, DESKTOP)), email: ann.email };
  await authenticate(visitor);
  const { page, complaints } = visitor;
  let arrive = () => {};
  const isHeld = new Promise<void>((resolve) => {
    void page.route(/JumpDialog-.*\.js$/, async (route) => {
      await new Promise<void>((go) => {
        arrive = go;
        resolve();
      });
      await route.continue();
    });
  });
  await page.goto('/');
  await openChat(page, 'Book club');
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.press('Control+k');
  await isHeld;
  await page.keyboard.type('light');
  await page.keyboard.press('Enter');
  arrive();
  const search = page.getByRole('dialog').getByRole('combobox');
  await expectFocus(search);
  expect(await search.inputValue()).toBe('light');
  await page.keyboard.type('house');
  await page.getByRole('option', { name: 'Lighthouse crew' }).waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(box);
  expect(await box.inputValue()).toBe('');
  expect(await message(page, 'light').count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('a file that is dropped or pasted anywhere opens nothing and is offered to the chat; a text is copied where the clipboard refuses, or stays selected', async () => {
  const { page, complaints } = await desktop();
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  const give = (selector: string, kind: 'file' | 'text') =>
    page
      .locator(selector)
      .first()
      .evaluate((element, given) => {
        const dataTransfer = new DataTransfer();
        if (given === 'file') dataTransfer.items.add(new File(['x'], 'x.txt'));
        else dataTransfer.setData('text/plain', 'words');
        const events = ['dragover', 'drop'].map(
          (type) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }),
        );
        const pasted = new ClipboardEvent('paste', { clipboardData: dataTransfer, bubbles: true, cancelable: true });
        return [...events, pasted].map((event) => !element.dispatchEvent(event));
      }, kind);
  await entry(page, 'Lighthouse crew').waitFor();
  expect(await give('nav', 'file')).toEqual([true, true, true]);
  await page.getByText('Open a chat to send files to it.').first().waitFor();
  await openChat(page, 'Lighthouse crew');
  await box.fill('half a sentence');
  for (const place of ['nav', 'article', 'textarea', 'header'])
    expect(await give(place, 'file')).toEqual([true, true, true]);
  const sheet = page.getByRole('dialog', { name: 'Send to Lighthouse crew' });
  await sheet.getByRole('button', { name: 'Send 8 files' }).waitFor();
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await sheet.waitFor({ state: 'hidden' });
  expect(await give('textarea', 'text')).toEqual([false, false, false]);
  expect(await box.inputValue()).toBe('half a sentence');

  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.addEventListener('copy', () => (document.title = String(document.activeElement?.tagName)), { once: true });
  });
  const keys = message(page, 'Who has the spare keys?');
  const copy = async () => {
    await keys.getByText('Who has').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy text' }).click();
  };
  await copy();
  await page.getByText('Text copied').waitFor({ state: 'attached' });
  await page.evaluate(() => Object.defineProperty(document, 'execCommand', { value: () => false }));
  await copy();
  await page.getByText('This browser doesn’t allow copying here.').first().waitFor();
  await expect.poll(() => page.evaluate(() => getSelection()?.toString())).toBe('Who has the spare keys?');
  expect(complaints).toEqual([]);
});

test('on a phone, a long press opens the menus of chats and messages, with six emojis, a swipe to the right replies, and the header leads to the details', async () => {
  const visitor = { ...(await stage.visitor(ann.name, PHONE)), email: ann.email };
  await authenticate(visitor);
  const { page, complaints } = visitor;
  await page.goto('/');
  const keys = message(page, 'Who has the spare keys?');
  const cdp = await page.context().newCDPSession(page);
  /** Puts a finger on something, moves it to the right by each of these, waits for what it causes, and lifts it. */
  async function touch(on: Locator, moves: number[], until: () => Promise<void>): Promise<void> {
    // The finger stays in place; a trial run waits until the target rests and nothing covers it.
    await on.click({ trial: true });
    const box = await on.boundingBox();
    if (box === null) throw new Error('it is not on the screen');
    const at = (moved: number) => ({ touchPoints: [{ x: box.x + 10 + moved, y: box.y + 5 }] });
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(0) });
    for (const moved of moves) await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(moved) });
    await until();
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  await touch(entry(page, 'Lighthouse crew'), [], () => page.getByRole('menu').waitFor());
  await expectInside(page, page.getByRole('menu'));
  await page.getByRole('menuitem', { name: 'Mute' }).tap();
  await page.getByRole('menuitem', { name: 'Until I unmute it' }).waitFor();
  await expectInside(page, page.getByRole('menu'));
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await touch(entry(page, 'Lighthouse crew'), [], () => page.getByRole('menu').waitFor());
  expect(new URL(page.url()).pathname).toBe('/');
  await page.getByRole('menuitem', { name: 'Pin' }).tap();
  await expect.poll(() => description(entry(page, 'Lighthouse crew'))).toContain('Pinned');

  await openChat(page, 'Lighthouse crew');
  await settled(page);
  await touch(keys.getByText('Who has'), [2], () => page.getByRole('menu').waitFor());
  await page.getByRole('menuitem', { name: 'red heart' }).tap();
  await keys.getByRole('button', { name: 'red heart, 1' }).waitFor();

  await touch(keys.getByText('Who has'), [12, 30, 50, 70], () => Promise.resolve());
  await page.getByRole('group', { name: 'Reply to Bob Burns' }).waitFor();

  // The browser treats a tap this soon after a swipe as one that stops its scrolling.
  await page.reload();
  await settled(page);
  // A button for a page of its own, not for a panel beside the chat.
  const toDetails = page.getByRole('button', { name: 'Show details' }).locator('svg');
  expect(await toDetails.evaluateAll((icons) => icons.map((icon) => icon.classList.contains('lucide-info')))).toEqual([
    true,
  ]);
  await page.getByRole('heading', { name: 'Lighthouse crew' }).getByRole('button').tap();
  await page
    .getByRole('region', { name: 'People' })
    .getByRole('listitem')
    .filter({ hasText: 'Bob Burns' })
    .tap({ position: { x: 70, y: 22 } });
  await page.getByRole('menuitem', { name: 'Profile' }).tap();
  await page.getByRole('dialog', { name: 'Bob Burns' }).getByRole('button', { name: 'Message' }).waitFor();
  expect(complaints).toEqual([]);
});

test('[OP16] a right click on a chat in the list marks, mutes, archives and leaves it without opening it; the search takes arrows and Enter', async () => {
  const { page, complaints } = await desktop();
  const book = entry(page, 'Book club');
  const choose = async (...names: string[]) => {
    await book.click({ button: 'right' });
    for (const name of names) await page.getByRole('menuitem', { name, exact: true }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
  };
  const described = (words: string) => expect.poll(() => description(book)).toContain(words);

  // The cases before opened the chat, and it may have been read for as long as counts.
  await push(bob, messageOps(bookStream, ['Chapter ten']));
  await described('unread message');
  await choose('Mute', 'For 8 hours');
  await described('unread message');
  await described('Muted');
  await choose('Mark as read');
  await expect.poll(() => description(book)).not.toContain('unread');
  await choose('Mark as unread');
  await described('Marked as unread');
  expect(new URL(page.url()).pathname).toBe('/');
  await page.reload();
  await described('Marked as unread');
  await book.click();
  await conversation(page, 'Book club').waitFor();
  await expect.poll(() => description(book)).not.toContain('Marked as unread');

  await book.press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Leave group' }).click();
  await page.getByRole('dialog', { name: 'Leave Book club?' }).getByText('Bob Burns will become the owner.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });

  const search = page.getByRole('searchbox', { name: 'Search chats' });
  await search.fill('light');
  await book.waitFor({ state: 'detached' });
  await search.press('Enter');
  await conversation(page, 'Lighthouse crew').waitFor();
  await expect.poll(() => search.inputValue()).toBe('');
  await search.fill('book');
  await entry(page, 'Lighthouse crew').waitFor({ state: 'detached' });
  await search.press('ArrowDown');
  await expectFocus(book);
  await page.keyboard.press('Enter');
  await conversation(page, 'Book club').waitFor();
  await expect.poll(() => search.inputValue()).toBe('');

  await search.fill('light');
  await book.waitFor({ state: 'detached' });
  await openChat(page, 'Lighthouse crew');
  await expect.poll(() => search.inputValue()).toBe('');

  await choose('Archive');
  await book.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
});

/** What a screen reader says of an entry after its name. */
function description(of: Locator): Promise<string> {
  return of.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  );
}

/** Nothing of it is beyond an edge of the window. */
async function expectInside(page: Page, part: Locator): Promise<void> {
  const { width } = page.viewportSize() ?? { width: 0 };
  await expect
    .poll(async () => {
      const box = await part.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= width;
    })
    .toBe(true);
}
