import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { type Account, type Visitor, entry, follow, message, openChat } from './browser.fixture.ts';
import { newId, push, userIdOf } from './device.fixture.ts';
import { atRest, expectFocus } from './expectations.fixture.ts';
import { DESKTOP, PHONE, authenticate, makeGroup, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();
let ann: Visitor;
let ida: Account;

beforeAll(async () => {
  ann = await stage.resident('Ann Berg', DESKTOP);
  // They look alike: the second name has a Cyrillic letter.
  ida = await stage.account('Ida Brandt');
  await stage.account('Ida Br\u0430ndt');
  const [annId, firstId] = [await userIdOf(ann), await userIdOf(ida)];
  await push(
    ida,
    messageOps(await makeGroup(ida, 'Design', annId), [
      'Look at https://one.example/a，https://two.example/b',
      '**Bring** ||a cake||\n- <b>now</b>',
      '```ts\nconst tide = 1;\n```\n[write](mailto:ida@three.example)',
      '[the menu](https://three.example/?a=1&copy;=2)',
    ]),
  );
  const direct = directStream(annId as UserId, firstId as UserId);
  await push(ida, [{ id: newId(), stream: direct, kind: 'conversation.create', memberIds: [annId] }]);
  await push(ida, messageOps(direct, ['Hello Ann', 'שלום\nAnd in English']));
  await push(ann, messageOps(direct, ['An answer\n']));
});

test('[SEC-46] [SEC-47] a wide screen keeps a direct chat together; links and markup are drawn, and no HTML of a message is', async () => {
  const { page } = ann;
  await openChat(page, 'Ida Brandt');
  const chat = page.getByRole('feed', { name: 'Messages' });
  await chat.getByText('An answer').waitFor();
  expect(await page.getByRole('complementary').count()).toBe(0);
  // Neither name nor picture is repeated beside each message.
  expect(await chat.getByText(/^(?:Ida Brandt|IB)$/).count()).toBe(0);
  const [theirs, own] = await Promise.all(['Hello Ann', 'An answer'].map((text) => chat.getByText(text).boundingBox()));
  expect((own?.x ?? 0) + (own?.width ?? 0) - (theirs?.x ?? 0)).toBeLessThan(900);
  // The time is beside the text, whose empty last line is not drawn.
  const time = await chat.getByRole('article').filter({ hasText: 'An answer' }).getByRole('time').boundingBox();
  expect(time?.y ?? 0).toBeLessThan((own?.y ?? 0) + (own?.height ?? 0));
  expect(own?.height ?? 0).toBeLessThan(30);
  await expectNoEmptySpace(message(page, 'Hello Ann'));

  // What can't be seen can't be sent.
  const field = page.getByRole('textbox', { name: 'Message' });
  await field.fill('\u2063');
  await expect.poll(() => page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  await field.fill('');

  await openChat(page, 'Design');
  await page.getByRole('complementary').waitFor();
  const marked = page.getByRole('article').filter({ hasText: 'Bring' });
  expect(await marked.locator('strong').textContent()).toBe('Bring');
  expect(await marked.getByRole('listitem').textContent()).toBe('<b>now</b>');
  // Where only a message's words are shown or announced, its markup is left out, and hidden words stay hidden.
  expect(await marked.getAttribute('aria-label')).toMatch(/: Bring hidden words\s+• <b>now<\/b>$/);
  await expect.poll(() => entry(page, 'Design').innerText()).toMatch(/the menu$/m);
  await marked.getByRole('button', { name: 'Show the hidden words' }).click();
  await expect.poll(() => marked.innerText()).toContain('Bring a cake');
  // A named character is decoded by writing HTML, which Trusted Types forbid; so the address stays as it is.
  expect(await page.getByRole('link', { name: 'the menu' }).getAttribute('href')).toBe(
    'https://three.example/?a=1&copy;=2',
  );
  // The site or the email address is shown after a link text that does not name it.
  const chatText = async () => (await chat.innerText()).replaceAll('\u00A0', ' ');
  await expect.poll(chatText).toContain('the menu (three.example)');
  await expect.poll(chatText).toContain('write (ida@three.example)');
  expect(await page.getByRole('link', { name: 'write' }).getAttribute('href')).toBe('mailto:ida@three.example');
  expect(await chat.locator('pre').innerText()).toBe('ts\nconst tide = 1;');
  const links = page.getByRole('link', { name: /\.example/ });
  await expect
    .poll(() => links.evaluateAll((all) => all.map((each) => each.getAttribute('href'))))
    .toEqual(['https://one.example/a', 'https://two.example/b']);

  await page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).first().click();
  const people = page.getByRole('list', { name: 'People' }).getByRole('button');
  // Those who have left the chats of other files are listed behind them.
  await expect
    .poll(async () => (await people.allInnerTexts()).slice(0, 2))
    .toEqual([
      expect.stringMatching(/^IB\s+Ida Brandt\s+In Design with you · [0-9A-Z]{4}$/),
      expect.stringMatching(/^IB\s+Ida Br\u0430ndt\s+No groups in common · [0-9A-Z]{4}$/),
    ]);
  const search = page.getByRole('searchbox', { name: 'Name or email' });
  await expectFocus(search);
  await page.keyboard.type('brandt, ida');
  await expect.poll(() => people.count()).toBe(1);
  // Escape empties the field, then closes the page.
  await page.keyboard.press('Escape');
  await expect.poll(() => search.inputValue()).toBe('');
  await page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor({ state: 'detached' });
});

test('German words fit on tiles and filters, at any text size', async () => {
  const many = await makeGroup(ida, 'Viele', await userIdOf(ann));
  await push(
    ida,
    messageOps(
      many,
      Array.from({ length: 100 }, (_, at) => `Nummer ${at}`),
    ),
  );
  const german = { ...(await stage.visitor('Ann', { ...PHONE, locale: 'de-DE' })), email: ann.email };
  await authenticate(german);
  const { page } = german;
  await page.goto('/');
  await entry(page, 'Design').waitFor();
  const filters = page.getByRole('group', { name: 'Filter' }).getByRole('button');
  const tops = await filters.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
  await expect.poll(() => badgeOf(entry(page, 'Viele'))).toEqual({ words: '99+', isWhole: true });
  await setTextSize(page, '200%');
  await expect.poll(() => badgeOf(entry(page, 'Viele'))).toEqual({ words: '99+', isWhole: true });
  await setTextSize(page, '100%');
  await openChat(page, 'Design');
  await page.getByRole('button', { name: 'Details anzeigen' }).first().click();
  const tiles = page.getByRole('button', { name: /^(Stummschalten|Anheften|Archivieren)$/ });
  await tiles.nth(2).waitFor();
  await atRest(page);
  const leave = page.getByRole('button', { name: 'Gruppe verlassen' });
  for (const size of ['100%', '200%']) {
    const broken = await tiles.evaluateAll((all, fontSize) => {
      document.documentElement.style.fontSize = fontSize;
      return all.filter((tile) => {
        const word = tile.querySelector('span') ?? tile;
        return word.getClientRects().length > 1 || tile.scrollWidth > tile.clientWidth;
      }).length;
    }, size);
    expect([size, broken]).toEqual([size, 0]);
    // Everything begins at one margin, also the icon of the last action, and ends before the other one.
    const starts = [page.getByRole('heading', { name: /^Personen/ }), tiles.first(), leave.locator('svg')];
    const lefts = await Promise.all(starts.map(async (each) => Math.round((await each.boundingBox())?.x ?? 0)));
    expect([size, lefts]).toEqual([size, [18, 18, 18]]);
    const rights = await tiles.evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().right));
    expect(Math.max(...rights)).toBeLessThanOrEqual(390 - 18);
  }
  // A choice that is not chosen has a background too: without one, the first of a line would look indented.
  const choices = page.getByRole('group', { name: 'Mitteilungen' }).getByRole('button', { pressed: false });
  const backgrounds = await choices.evaluateAll((all) => all.map((each) => getComputedStyle(each).backgroundColor));
  expect(backgrounds.length).toBeGreaterThan(0);
  expect(backgrounds).not.toContain('rgba(0, 0, 0, 0)');
  const icon = await tiles.first().locator('svg').boundingBox();
  expect(icon?.width).toBe(40);
  await setTextSize(page, '100%');
  // "Thema" would be what a conversation is about.
  await follow(page, '/settings');
  await page.getByRole('heading', { name: 'Darstellung' }).waitFor();
});

const setTextSize = (page: Page, size: string) =>
  page.evaluate((fontSize) => void (document.documentElement.style.fontSize = fontSize), size);

/** The number at a chat's entry in the list, and whether all of it is drawn. */
const badgeOf = (chat: Locator) =>
  chat.locator('[class*=badge]').evaluate((badge) => {
    const range = document.createRange();
    range.selectNodeContents(badge);
    const boxes = [range, badge, badge.closest('a') ?? badge, document.documentElement].map((each) =>
      each.getBoundingClientRect(),
    );
    const isInside = (inner?: DOMRect, outer?: DOMRect) =>
      inner !== undefined &&
      outer !== undefined &&
      inner.left >= outer.left &&
      inner.right <= outer.right &&
      inner.top >= outer.top &&
      inner.bottom <= outer.bottom;
    return { words: badge.textContent, isWhole: boxes.slice(1).every((outer, at) => isInside(boxes[at], outer)) };
  });

/**
 * Whatever its lines are, a bubble is no wider than the longest of them and the time need. Where the time has no room beside the last
 * line it moves below, and the bubble does not grow for it.
 */
async function expectNoEmptySpace(of: Locator): Promise<void> {
  const measured = await of.evaluate((article) => {
    const text = article.querySelector('[data-text] span') ?? article;
    const [bubble, meta] = ['[data-bubble]', '[data-bubble] [class*=meta]'].map((each) => article.querySelector(each));
    const before = text.textContent;
    const lines = Array.from({ length: 40 }, (_, at) => 'n'.repeat(at + 40));
    const measures = [...lines, ...lines.map((line) => `${line}\nnn`)].map((words) => {
      text.textContent = words;
      const range = document.createRange();
      range.selectNodeContents(text);
      const [drawn, around, time] = [range, bubble, meta].map((each) => each?.getBoundingClientRect() ?? new DOMRect());
      return {
        words,
        isBelow: (time?.top ?? 0) >= (drawn?.bottom ?? 0) - 4,
        empty: (around?.width ?? 0) - (drawn?.width ?? 0),
        time: time?.width ?? 0,
      };
    });
    text.textContent = before;
    return measures;
  });
  expect(new Set(measured.map(({ isBelow }) => isBelow))).toEqual(new Set([true, false]));
  // The padding, and the letter that did not fit where a line was wrapped.
  const spare = 26 + 10;
  const isTooWide = ({ words, empty, time }: (typeof measured)[number]) =>
    empty > spare + (words.includes('\n') ? 0 : time + 14);
  expect(measured.filter(isTooWide)).toEqual([]);
}

test('a message that shows nothing, from before they were refused, has a stand-in that can be pressed', async () => {
  const { page } = ann;
  await openChat(page, 'Ida Brandt');
  await message(page, 'Hello Ann').waitFor();
  await page.evaluate(async () => {
    const name = (await indexedDB.databases()).map((each) => each.name ?? '').find((each) => each.includes('-person-'));
    const opened = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name ?? '');
      request.addEventListener('success', () => resolve(request.result));
    });
    const packs = opened.transaction('packs', 'readwrite').objectStore('packs');
    await new Promise((resolve) => {
      const request = packs.openCursor();
      request.addEventListener('success', () => {
        const cursor = request.result;
        if (cursor === null) return resolve(undefined);
        const pack = cursor.value as { messages: { text: string }[] };
        for (const each of pack.messages) if (each.text === 'Hello Ann') each.text = '\u2063';
        cursor.update(pack);
        return cursor.continue();
      });
    });
    opened.close();
  });
  await page.reload();
  const unseen = message(page, 'Empty message');
  await unseen.getByText('Empty message').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
  await page.keyboard.press('Escape');
  expect((await unseen.locator('[data-bubble]').boundingBox())?.width ?? 0).toBeGreaterThan(60);
});

test('a paragraph takes its direction from itself', async () => {
  const { page } = ann;
  await openChat(page, 'Ida Brandt');
  const text = page.locator('[data-text]').filter({ hasText: 'And in English' });
  // The first letter of the English line is its leftmost one, although the text begins in Hebrew.
  const lefts = await text.evaluate((element) => {
    const node = [...element.querySelectorAll('*')]
      .flatMap((each) => [...each.childNodes])
      .find((each) => each.nodeType === 3);
    const at = node?.textContent?.indexOf('And') ?? -1;
    return [at, at + 11].map((offset) => {
      const range = document.createRange();
      range.setStart(node as Node, offset);
      range.setEnd(node as Node, offset + 1);
      return range.getBoundingClientRect().left;
    });
  });
  expect(lefts[0]).toBeLessThan(lefts[1] ?? 0);
});
