import { beforeAll, expect, test } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { type Visitor, entry, openChat } from './browser.fixture.ts';
import { newId, push, userIdOf } from './device.fixture.ts';
import { atRest, expectFocus } from './expectations.fixture.ts';
import { DESKTOP, PHONE, authenticate, makeGroup, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();
let ann: Visitor;

beforeAll(async () => {
  ann = await stage.resident('Ann Berg', DESKTOP);
  // They look alike: the second name has a Cyrillic letter.
  const ida = await stage.account('Ida Brandt');
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
  expect(await chat.getByText('Ida Brandt').count()).toBe(0);
  const [theirs, own] = await Promise.all(['Hello Ann', 'An answer'].map((text) => chat.getByText(text).boundingBox()));
  expect((own?.x ?? 0) + (own?.width ?? 0) - (theirs?.x ?? 0)).toBeLessThan(900);
  // The time is beside the text, whose empty last line is not drawn.
  const time = await chat.getByRole('article').filter({ hasText: 'An answer' }).getByRole('time').boundingBox();
  expect(time?.y ?? 0).toBeLessThan((own?.y ?? 0) + (own?.height ?? 0));
  expect(own?.height ?? 0).toBeLessThan(30);

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
  // Where only the words of a message are shown or said, its markup is left out, and what it hides stays hidden.
  expect(await marked.getAttribute('aria-label')).toMatch(/: Bring hidden words\s+• <b>now<\/b>$/);
  await expect.poll(() => entry(page, 'Design').innerText()).toMatch(/the menu$/m);
  await marked.getByRole('button', { name: 'Show the hidden words' }).click();
  await expect.poll(() => marked.innerText()).toContain('Bring a cake');
  // A named character is decoded by writing HTML, which Trusted Types forbid; so the address stays as it is.
  expect(await page.getByRole('link', { name: 'the menu' }).getAttribute('href')).toBe(
    'https://three.example/?a=1&copy;=2',
  );
  // The site, or the address to write to, is behind words that do not name it.
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
      expect.stringMatching(/^IB\s+Ida Br\u0430ndt\s+No groups with you · [0-9A-Z]{4}$/),
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
  const german = { ...(await stage.visitor('Ann', { ...PHONE, locale: 'de-DE' })), email: ann.email };
  await authenticate(german);
  const { page } = german;
  await page.goto('/');
  await entry(page, 'Design').waitFor();
  const filters = page.getByRole('group', { name: 'Filter' }).getByRole('button');
  const tops = await filters.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
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
  const icon = await tiles.first().locator('svg').boundingBox();
  expect(icon?.width).toBe(40);
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
