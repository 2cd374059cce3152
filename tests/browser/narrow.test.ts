import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Account, conversation, entry, follow, message, newChat, openChat } from './browser.fixture.ts';
import { detailsPath } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { newGroupStream, newId, push, userIdOf } from './device.fixture.ts';
import { atRest, expectLayers } from './expectations.fixture.ts';
import { DESKTOP, PHONE, authenticate, makeGroup, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const stage = setStage();
let ann: Account;
let bob: Account;
beforeAll(async () => {
  ann = await stage.account(`Ann ${LONG}`);
  bob = await stage.account(`Bob ${LONG}`);
  const [annId, bobId] = [await userIdOf(ann), await userIdOf(bob)];
  const stream = await makeGroup(bob, LONG, annId);
  await push(
    bob,
    messageOps(stream, [LONG.repeat(3), `https://harbour.example/${'path/'.repeat(40)}`, 'مرحبا، كيف الحال؟']),
  );
  await push(ann, messageOps(stream, [LONG.repeat(2), 'short']));
  await push(ann, messageOps(await makeGroup(ann, 'Second', bobId), [`and ${'on '.repeat(60)}`]));
});

const annOn = async (options: Parameters<typeof stage.visitor>[1]) => {
  const visitor = { ...(await stage.visitor('Ann', options)), email: ann.email };
  await authenticate(visitor);
  return visitor;
};

/** The elements that are cut off at a side or scroll horizontally, and the page's own overflow in pixels. */
const overflowOf = (page: Page) =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    const shown = [...document.querySelectorAll<HTMLElement>('body *')].filter((element) => element.checkVisibility());
    const scrolls = shown.filter(
      (element) =>
        element.scrollWidth > element.clientWidth + 1 &&
        ['auto', 'scroll'].includes(getComputedStyle(element).overflowX),
    );
    const outside = shown.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      // Text with an ellipsis is cut off on purpose.
      const isShortened = getComputedStyle(element.parentElement ?? element).textOverflow === 'ellipsis';
      return width > 1 && !isShortened && (left < -1 || right > wide + 1);
    });
    const describe = (element: HTMLElement) =>
      `${element.tagName} ${element.className} ${element.textContent.slice(0, 30)}`;
    return {
      page: document.documentElement.scrollWidth - wide,
      scrolls: scrolls.map(describe),
      outside: outside.map(describe),
    };
  });

async function expectFits(page: Page, name: string): Promise<void> {
  const overflow = async () => {
    await atRest(page);
    return { name, ...(await overflowOf(page)) };
  };
  await expect.poll(overflow).toEqual({ name, page: 0, scrolls: [], outside: [] });
}

/** Opens every page and dialog, and calls `check` on each. */
async function visitAllPages(page: Page, check: (page: string) => Promise<void>): Promise<void> {
  await page.goto('/');
  await page.locator('nav a').first().waitFor();
  await check('list');
  await page
    .getByRole('navigation')
    .getByRole('link', { name: LONG.slice(0, 30) })
    .click();
  await page.getByRole('article').last().waitFor();
  await check('chat');
  await follow(page, '/new');
  await page.getByRole('heading', { level: 2 }).waitFor();
  await page.locator('main li button').first().waitFor();
  await check('new chat');
  await page.locator('main [role=group] button').nth(1).click();
  await page.locator('main li button').first().click();
  await check('new group');
  await follow(page, '/settings');
  await page.locator('main h3').nth(2).waitFor();
  await check('settings');
  // With a key, because while parts of the settings are being fetched, a button can move away under the pointer.
  await page.locator('main h3 ~ button').first().press('Enter');
  await page.getByRole('dialog').waitFor();
  await check('a dialog of the settings');
}

/** The looks in which a check is repeated without opening the page again. */
interface Look {
  name: string;
  width: number;
  height: number;
  fontSize?: string;
  dir?: 'rtl';
}

/** Checks the page in each of these looks, and leaves it in the last one, which is the one that the visit began with. */
async function expectFitsIn(page: Page, looks: readonly Look[], where: string): Promise<void> {
  for (const { name, width, height, fontSize = '', dir = '' } of looks) {
    await page.setViewportSize({ width, height });
    // What follows the width in scripts is drawn anew in the next frame.
    await page.evaluate(
      async (wanted) => {
        document.documentElement.style.fontSize = wanted.fontSize;
        document.documentElement.dir = wanted.dir;
        for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
      },
      { fontSize, dir },
    );
    await expectFits(page, `${where}, ${name}`);
  }
}

const phone = PHONE.viewport ?? { width: 390, height: 844 };
const devices = [
  {
    name: 'a phone, at 320 px, with text at double size, or mirrored',
    options: PHONE,
    looks: [
      { name: '320 px', width: 320, height: 568 },
      { name: 'text at double size', ...phone, fontSize: '200%' },
      { name: 'mirrored', ...phone, dir: 'rtl' as const },
      { name: 'a phone', ...phone },
    ],
  },
  {
    name: 'a desktop, in the narrowest window with two panes, or in one of 1280 px at 400 %',
    options: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
    looks: [
      { name: 'two panes', width: 840, height: 600 },
      { name: '400 %', width: 320, height: 256 },
    ],
  },
];
test.each(devices)(
  '[L4] on $name, nothing scrolls horizontally or is cut off, with the longest words',
  async ({ options, looks }) => {
    const { page, context } = await annOn(options);
    await visitAllPages(page, (where) => expectFitsIn(page, looks, where));
    expect(await page.getByRole('dialog').count()).toBe(1);
    await context.close();
  },
);

test('[A18] [L4] German fits on a phone, and the page declares its language', async () => {
  const visitor = { ...(await stage.visitor('Niemand', { ...PHONE, locale: 'de-DE' })), email: ann.email };
  const { page, context } = visitor;
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Registrieren' }).click();
  await expectFits(page, 'sign-up');
  await authenticate(visitor);
  await visitAllPages(page, (name) => expectFits(page, name));
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Chats' }).waitFor();
  await context.setOffline(true);
  await page
    .getByText(/^Offline/)
    .first()
    .waitFor();
  await expectFits(page, 'list offline');
  await context.close();
});

test('[L4] in German, the filters are in one row at 320 px, and the tiles of the details in one row or two by two', async () => {
  const { page, context } = await annOn({ ...PHONE, locale: 'de-DE' });
  /** How many of these buttons are in each row. */
  const rowsOf = async (within: Page | Locator, names: string[]) => {
    const counts = new Map<number, number>();
    for (const name of names) {
      const { y = -1 } = (await within.getByRole('button', { name, exact: true }).boundingBox()) ?? {};
      counts.set(y, (counts.get(y) ?? 0) + 1);
    }
    return [...counts.values()];
  };
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/');
  await entry(page, 'Second').waitFor();
  const filters = page.getByRole('group', { name: 'Filter' });
  expect(await rowsOf(filters, ['Alle', 'Ungelesen', 'Gruppen', 'Archiv'])).toEqual([4]);
  await openChat(page, 'Second');
  const path = `${new URL(page.url()).pathname}/details`;
  for (const [width, height] of [
    [320, 640],
    [390, 844],
    [1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await follow(page, path);
    await page.getByRole('button', { name: 'Stummschalten', exact: true }).waitFor();
    const tiles = ['Stummschalten', 'Anheften', 'Archivieren', 'Hinzufügen'];
    expect([[4], [2, 2]]).toContainEqual(await rowsOf(page.getByRole('region', { name: 'Details' }), tiles));
  }
  await context.close();
});

test('[L4] in German, at 320 px, the name of a device is in one line', async () => {
  const { page, context } = await annOn({ viewport: { width: 320, height: 640 }, locale: 'de-DE' });
  await page.goto('/settings');
  // The session from which this test makes its requests is of no browser that the app knows.
  const name = page.getByText('Unbekanntes Gerät', { exact: true }).first();
  await name.waitFor();
  const lines = () =>
    name.evaluate((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getClientRects().length;
    });
  await expect.poll(lines).toBe(1);
  await context.close();
});

test('[L4] in the list at 320 px, the longest name of a sender leaves room for their text', async () => {
  const title = `Club ${crypto.randomUUID().slice(0, 4)}`;
  const stream = await makeGroup(bob, title, await userIdOf(ann));
  await push(bob, messageOps(stream, ['this much can be read']));
  const { page, context } = await annOn({ viewport: { width: 320, height: 568 } });
  await page.goto('/');
  const text = entry(page, title).getByText('this much can be read');
  await text.waitFor();
  const shown = await text.evaluate((span) => {
    const line = span.parentElement?.getBoundingClientRect();
    return (line?.right ?? 0) - span.getBoundingClientRect().left;
  });
  expect(shown).toBeGreaterThan(60);
  await context.close();
});

test('a list in which every chat is archived says so, and offers to show them', async () => {
  const cat = await stage.signedUp('Cat Carter', PHONE);
  const stream = await makeGroup(cat, 'Put away');
  await entry(cat.page, 'Put away').waitFor();
  await push(cat, [{ id: newId(), stream, kind: 'membership.update', archived: true }]);
  await cat.page.getByRole('heading', { name: 'All your chats are archived' }).waitFor();
  await cat.page.getByRole('button', { name: 'Show archived chats' }).click();
  await entry(cat.page, 'Put away').waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('[L7] in right-to-left mode the app is mirrored, and each message has the direction of its text', async () => {
  const { page, context } = await annOn(PHONE);
  await page.goto('/');
  await page
    .getByRole('navigation')
    .getByRole('link', { name: LONG.slice(0, 30) })
    .click();
  await message(page, 'short').waitFor();
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  const directionOf = (text: string) =>
    message(page, text)
      .locator('span[dir=auto]')
      .evaluate((element) => getComputedStyle(element).direction);
  expect([await directionOf('مرحبا.*'), await directionOf('short')]).toEqual(['rtl', 'ltr']);
  const own = await message(page, 'short').locator('span[dir=auto]').boundingBox();
  expect(own?.x).toBeLessThan(195);
  await context.close();
});

test('[A14] [A15] with reduced motion nothing is animated; with forced colours bubbles, buttons and the chosen row have borders, and icons have the colour of their text', async () => {
  const { page, context } = await annOn({ ...DESKTOP, reducedMotion: 'reduce' });
  await page.goto('/');
  await openChat(page, 'Second');
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element);
        return transitionDuration.split(', ').some((time) => time !== '0s') || animationName !== 'none';
      }).length,
  );
  expect(moving).toBe(0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await entry(page, 'Second').evaluate((link) => getComputedStyle(link).transitionDuration)).not.toBe('0s');

  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await page.getByRole('article').last().waitFor();
  const styleOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { borderTopWidth, outlineStyle, color, stroke } = getComputedStyle(element);
        return { border: Number.parseFloat(borderTopWidth), outlineStyle, color, stroke };
      });
  expect((await styleOf('article [class*=bubble]')).border).toBeGreaterThan(0);
  expect((await styleOf('form button')).border).toBeGreaterThan(0);
  expect((await styleOf('nav a[aria-current]')).outlineStyle).toBe('solid');
  const { color, stroke } = await styleOf('header a svg');
  expect(stroke).toBe(color);
  await context.close();
});

test('[L5] on a phone the list and the chat are two pages: Back and the browser’s Back lead from one to the other, without duplicate entries', async () => {
  const { page, context } = await annOn(PHONE);
  await page.goto('/');
  const entries = () => page.evaluate(() => history.length);
  const before = await entries();
  await entry(page, 'Second').click();
  await conversation(page, 'Second').waitFor();
  await page.getByRole('navigation').waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Back' }).click();
  await entry(page, 'Second').waitFor();
  await conversation(page, 'Second').waitFor({ state: 'detached' });
  await page.goForward();
  await conversation(page, 'Second').waitFor();
  await page.goBack();
  await entry(page, 'Second').waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Back' }).click();
  await entry(page, 'Second').waitFor();
  expect(await entries()).toBe(before + 1);

  // A chat that was opened by its address has no list before it in the history; Back leads to the list anyway.
  await entry(page, 'Second').click();
  const address = page.url();
  const fresh = await context.newPage();
  await fresh.goto(address);
  await fresh.getByRole('link', { name: 'Back' }).click();
  await entry(fresh, 'Second').waitFor();
  await context.close();
});

test.each([
  { name: 'a phone', options: PHONE, width: 390 },
  { name: 'a desktop', options: DESKTOP, width: 1440 },
])(
  'on $name, a link to a chat that does not exist leads to a pane with the bar of any chat from the start, and without details',
  async ({ options, width }) => {
    const { page, context } = await annOn(options);
    await page.goto('/');
    // The code of a chat is there, and so are the details where there is room for them.
    await openChat(page, 'Second');
    const aside = page.getByRole('complementary');
    await expect.poll(() => aside.count()).toBe(width > 1_240 ? 1 : 0);
    await page.evaluate(() => {
      const bars: string[] = [];
      Object.assign(window, { bars });
      new MutationObserver(() => {
        const bar = document.querySelector('main header');
        bars.push(`${bar?.querySelector('a') === null ? 'no way back' : bar?.clientHeight}`);
      }).observe(document.body, { childList: true, subtree: true });
    });
    await follow(page, chatPath(newGroupStream()));
    await page.getByRole('heading', { name: 'Chat', exact: true }).waitFor();
    await page.getByText('This chat isn’t on this device').waitFor();
    const bars = await page.evaluate(() => (window as unknown as { bars: string[] }).bars);
    expect([...new Set(bars)]).toEqual(['59']);
    expect(await aside.count()).toBe(0);
    const { x = 0, width: wide = 0 } = (await page.getByRole('main').boundingBox()) ?? {};
    expect(x + wide).toBe(width);
    expect(await page.title()).toContain('Chat – ');
    const back = page.getByRole('link', { name: 'Back', exact: true });
    expect(await back.count()).toBe(width > 840 ? 0 : 1);
    if (width < 840) await back.click();
    else await page.getByRole('link', { name: 'Back to chats' }).click();
    await entry(page, 'Second').waitFor();
    await context.close();
  },
);

test('on a phone, a chat that has not arrived yet says what the connection is doing, and opens once it is here', async () => {
  const { page, context } = await annOn({ ...PHONE, over: stage.link });
  await page.goto('/');
  await entry(page, 'Second').waitFor();
  // The code is there once it has been used.
  await follow(page, chatPath(newGroupStream()));
  await page.getByText('This chat isn’t on this device').waitFor();
  stage.link.cut();
  const stream = (await makeGroup(ann, 'Third')) as ConversationId;
  await follow(page, chatPath(stream));
  await page.getByRole('heading', { name: 'Getting this chat…' }).waitFor();
  const line = page.getByRole('status').filter({ visible: true, hasText: 'Connecting' });
  await line.waitFor();
  stage.link.mend();
  // The app may have tried by itself meanwhile.
  await line
    .getByRole('button', { name: 'Try now' })
    .click({ timeout: 5_000 })
    .catch(() => undefined);
  await conversation(page, 'Third').waitFor();
  await expect.poll(() => line.count()).toBe(0);
  await context.close();
});

test('for the details of a chat that the device lacks, a phone shows the same as for the chat itself, and a wide screen shows none', async () => {
  const phone = await annOn(PHONE);
  await phone.page.goto(detailsPath(newGroupStream()));
  await phone.page.getByText('This chat isn’t on this device').waitFor();
  await phone.page.getByRole('link', { name: 'Back to chats' }).waitFor();
  await phone.context.close();

  const { page, context } = await annOn(DESKTOP);
  await page.goto('/');
  await entry(page, 'Second').waitFor();
  await page.evaluate(() => {
    const look = () => document.querySelector('aside') !== null && Object.assign(window, { hadDetails: true });
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });
  for (const path of [chatPath(newGroupStream()), detailsPath(newGroupStream())]) {
    await follow(page, path);
    await page.getByText('This chat isn’t on this device').waitFor();
  }
  const hadDetails = () => page.evaluate(() => 'hadDetails' in window);
  expect(await hadDetails()).toBe(false);
  await openChat(page, 'Second');
  await expect.poll(hadDetails).toBe(true);
  await context.close();
});

test('[L5] the browser’s Back closes a search that was begun when nothing but the list was loaded', async () => {
  const { page, context } = await annOn(PHONE);
  await page.goto('/');
  await entry(page, 'Second').waitFor();
  const code = '**/assets/*.js';
  await page.route(code, (route) => route.abort());
  const search = page.getByRole('search').getByRole('searchbox');
  await search.fill('S');
  await expectLayers(page, 1);
  await page.goBack();
  await expect.poll(() => search.inputValue()).toBe('');
  await expectLayers(page, 0);
  await page.unroute(code);
  await context.close();
});

test('[L5] when a page replaces another, the other’s history entry is gone, and a dialog above it stays open', async () => {
  const dan = await stage.account('Dan Dove');
  await stage.account('Eve Finch');
  const visitor = { ...(await stage.visitor('Dan', DESKTOP)), email: dan.email };
  const { page, context } = visitor;
  await authenticate(visitor);
  await makeGroup(dan, 'Second');
  await page.goto('/');
  await newChat(page).click();
  await page.getByRole('searchbox', { name: 'Name or email' }).fill('Eve Finch');
  const person = page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Eve Finch', exact: true });
  await person.waitFor();
  const search = page.getByRole('search').getByRole('searchbox');
  await search.fill('Sec');
  await expectLayers(page, 1);
  await person.click();
  await conversation(page, 'Eve Finch').waitFor();
  const chat = page.url();
  await expectLayers(page, 1);
  await page.goBack();
  await expect.poll(() => search.inputValue()).toBe('');
  expect(page.url()).toBe(chat);
  await page.goBack();
  await conversation(page, 'Eve Finch').waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe('/');
  await context.close();
});

test('[L5] on a phone the browser’s Back closes the topmost of what is open and nothing else; Forward opens nothing again, and nothing is left in the history', async () => {
  const { page, context } = await annOn(PHONE);
  await page.goto('/');
  const search = page.getByRole('search').getByRole('searchbox');
  const isPage = () => expectLayers(page, 0);
  await search.fill('Sec');
  await expectLayers(page, 1);
  await page.goBack();
  await expect.poll(() => search.inputValue()).toBe('');
  await search.fill('Seco');
  await expectLayers(page, 1);
  await entry(page, 'Second').click();
  await conversation(page, 'Second').waitFor();
  const chat = page.url();
  const backCloses = async (open: Locator) => {
    await open.waitFor();
    await expectLayers(page, 1);
    await page.goBack();
    await open.waitFor({ state: 'detached' });
    expect(page.url()).toBe(chat);
  };
  const dialog = (name: string) => page.getByRole('dialog', { name });
  const choose = (action: string) => page.getByRole('menuitem', { name: action }).click();
  const openMenu = () => message(page, 'and on .*').getByText('and on').click({ button: 'right' });

  await openMenu();
  await backCloses(page.getByRole('menu'));
  await openMenu();
  await choose('Info');
  await backCloses(dialog('Message details'));
  await openMenu();
  await choose('Select');
  await backCloses(page.getByRole('toolbar', { name: 'Selected messages' }));

  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('later on');
  const later = page.getByRole('button', { name: 'Send later' });
  await later.click();
  await choose('Another time');
  await backCloses(page.getByRole('dialog'));
  await later.click();
  await choose('Tomorrow');
  await page.getByRole('button', { name: '1 scheduled message' }).click();
  await dialog('Scheduled messages').getByRole('button', { name: 'Edit text' }).click();
  await backCloses(dialog('Edit text'));
  await backCloses(dialog('Scheduled messages'));

  await page.getByRole('button', { name: 'Attach' }).click();
  await choose('Poll');
  await backCloses(dialog('New poll'));
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') });
  await backCloses(dialog('Send to Second'));
  await isPage();

  await openMenu();
  await choose('Info');
  await dialog('Message details').waitFor();
  await page.keyboard.press('Escape');
  await dialog('Message details').waitFor({ state: 'detached' });
  await isPage();
  await page.goForward();
  await isPage();
  expect([await page.locator('dialog').count(), page.url()]).toEqual([0, chat]);

  // A page that is opened from a dialog takes the place of its entry.
  await page.getByRole('button', { name: 'Search in this chat' }).click();
  await page.getByRole('combobox', { name: 'Search in this chat' }).fill('on on');
  await page.getByRole('option').first().click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  await isPage();
  await page.goBack();
  await isPage();
  expect(page.url()).toBe(chat);
  await page.goBack();
  await entry(page, 'Second').waitFor();
  await conversation(page, 'Second').waitFor({ state: 'detached' });
  await context.close();
});
