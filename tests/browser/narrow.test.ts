import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Visitor, conversation, entry, message, openBrowser, openChat, openVisitor } from './browser.fixture.ts';
import { push } from './device.fixture.ts';
import { DESKTOP, PHONE, enter, makeGroup, register, sends } from './seed.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

const LONG = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
let server: ServerProcess;
let browser: Browser;
let ann: Visitor;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess(), openBrowser()]);
  ann = await openVisitor(browser, server.origin, `Ann ${LONG}`);
  const bob = await openVisitor(browser, server.origin, `Bob ${LONG}`);
  const annId = await register(ann);
  const bobId = await register(bob);
  const stream = await makeGroup(bob, LONG, annId);
  await push(
    bob,
    sends(stream, [LONG.repeat(3), `https://harbour.example/${'path/'.repeat(40)}`, 'مرحبا، كيف الحال؟']),
  );
  await push(ann, sends(stream, [LONG.repeat(2), 'short']));
  await push(ann, sends(await makeGroup(ann, 'Second', bobId), [`and ${'on '.repeat(60)}`]));
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

const annOn = async (options: Parameters<typeof openVisitor>[3]) => {
  const visitor = { ...(await openVisitor(browser, server.origin, 'Ann', options)), email: ann.email };
  await enter(visitor);
  return visitor;
};

/** Whatever is cut off at the side or makes something scroll sideways: by what it is, and by how much. */
const sideways = (page: Page) =>
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
      // What ends in dots is shortened on purpose.
      const isShortened = getComputedStyle(element.parentElement ?? element).textOverflow === 'ellipsis';
      return width > 1 && !isShortened && (left < -1 || right > wide + 1);
    });
    const what = (element: HTMLElement) =>
      `${element.tagName} ${element.className} ${element.textContent.slice(0, 30)}`;
    return {
      page: document.documentElement.scrollWidth - wide,
      scrolls: scrolls.map(what),
      outside: outside.map(what),
    };
  });

async function expectFits(page: Page, place: string): Promise<void> {
  expect({ place, ...(await sideways(page)) }).toEqual({ place, page: 0, scrolls: [], outside: [] });
}

/** Every place, by its address; `reached` says when it stands. */
async function throughAllPlaces(page: Page, look: (place: string) => Promise<void>): Promise<void> {
  await page.goto('/');
  await page.locator('nav a').first().waitFor();
  await look('list');
  await page
    .getByRole('navigation')
    .getByRole('link', { name: LONG.slice(0, 30) })
    .click();
  await page.getByRole('article').last().waitFor();
  await look('chat');
  await page.goto('/new');
  await page.getByRole('heading', { level: 2 }).waitFor();
  await page.locator('main li button').first().waitFor();
  await look('new chat');
  await page.locator('main [role=group] button').nth(1).click();
  await page.locator('main li button').first().click();
  await look('new group');
  await page.goto('/settings');
  await page.locator('main h3').nth(2).waitFor();
  await look('settings');
  await page.locator('main h3 ~ button').first().click();
  await page.getByRole('dialog').waitFor();
  await look('sign-out dialog');
}

const sizes = [
  { name: '320 px', options: { ...PHONE, viewport: { width: 320, height: 568 } } },
  {
    name: 'a desktop window of 1280 px at 400 %',
    options: { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 },
  },
  { name: 'the narrowest window with two panes', options: { viewport: { width: 840, height: 600 } } },
];
test.each(sizes)(
  '[L4] at $name nothing scrolls sideways or is cut off, with the longest words',
  async ({ options }) => {
    const { page, context } = await annOn(options);
    await throughAllPlaces(page, (place) => expectFits(page, place));
    expect(await page.getByRole('dialog').count()).toBe(1);
    await context.close();
  },
);

test('[A18] [L4] German fits on a phone, and the page says that it is German', async () => {
  const { page, context } = await annOn({ ...PHONE, locale: 'de-DE' });
  await throughAllPlaces(page, (place) => expectFits(page, place));
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
  await context.setOffline(true);
  await page.goto('/');
  await page.getByText('Offline', { exact: true }).waitFor();
  await expectFits(page, 'list offline');
  await context.close();

  const nobody = await openVisitor(browser, server.origin, 'Niemand', { ...PHONE, locale: 'de-DE' });
  await nobody.page.goto('/sign-up');
  await nobody.page.getByRole('button', { name: 'Registrieren' }).click();
  await expectFits(nobody.page, 'sign-up');
});

test('[L4] with text of double size everything fits on a phone, and the spaces of readers that need them too', async () => {
  const { page, context } = await annOn(PHONE);
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => {
      document.documentElement.style.fontSize = '200%';
    });
  });
  await throughAllPlaces(page, (place) => expectFits(page, place));
  expect(await page.getByRole('dialog').count()).toBe(1);
  await context.close();
});

test('[L7] from right to left the app is mirrored, and a message keeps the direction of its own words', async () => {
  const { page, context } = await annOn(PHONE);
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => {
      document.documentElement.dir = 'rtl';
    });
  });
  await throughAllPlaces(page, (place) => expectFits(page, place));
  await page.goto('/');
  await page
    .getByRole('navigation')
    .getByRole('link', { name: LONG.slice(0, 30) })
    .click();
  const directionOf = (text: string) =>
    message(page, text)
      .locator('span[dir=auto]')
      .evaluate((element) => getComputedStyle(element).direction);
  expect([await directionOf('مرحبا.*'), await directionOf('short')]).toEqual(['rtl', 'ltr']);
  const own = await message(page, 'short').locator('span[dir=auto]').boundingBox();
  expect(own?.x).toBeLessThan(195);
  await context.close();
});

test('[A14] whoever wants less motion gets none', async () => {
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
  await context.close();
});

test('[A15] in forced colours bubbles, buttons and the chosen row have edges, and icons the colour of their text', async () => {
  const { page, context } = await annOn({ ...DESKTOP, forcedColors: 'active' });
  await page.goto('/');
  await openChat(page, 'Second');
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

test('[L5] on a phone list and chat are two places: Back and the browser’s own lead from one to the other, each once', async () => {
  const { page, context } = await annOn(PHONE);
  await page.goto('/');
  const places = () => page.evaluate(() => history.length);
  const begin = await places();
  await entry(page, 'Second').click();
  await conversation(page, 'Second').waitFor();
  expect(await page.getByRole('navigation').isVisible()).toBe(false);
  await page.getByRole('link', { name: 'Back' }).click();
  await entry(page, 'Second').waitFor();
  expect(await conversation(page, 'Second').count()).toBe(0);
  await page.goForward();
  await conversation(page, 'Second').waitFor();
  await page.goBack();
  await entry(page, 'Second').waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Back' }).click();
  await entry(page, 'Second').waitFor();
  expect(await places()).toBe(begin + 1);

  // Opened by its address there is no list behind the chat; Back leads there all the same.
  await entry(page, 'Second').click();
  const address = page.url();
  const fresh = await context.newPage();
  await fresh.goto(address);
  await fresh.getByRole('link', { name: 'Back' }).click();
  await entry(fresh, 'Second').waitFor();
  await context.close();
});
