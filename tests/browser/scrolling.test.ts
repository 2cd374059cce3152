import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  PATIENCE_MS,
  type Visitor,
  entry,
  message,
  openBrowser,
  openChat,
  openVisitor,
  texts,
  write,
} from './browser.fixture.ts';
import { newId, push } from './device.fixture.ts';
import { enter, makeGroup, register, sends } from './seed.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

let server: ServerProcess;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** Two people and a chat with this many messages of Bob's, of which Ann has read so many; her page is signed in. */
async function chatOf(
  count: number,
  readSeq = count,
): Promise<{ ann: Visitor; bob: Visitor; stream: string; say: (...words: string[]) => Promise<void> }> {
  const ann = await openVisitor(browser, server.origin, 'Ann Arbor', { viewport: { width: 1000, height: 700 } });
  const bob = await openVisitor(browser, server.origin, 'Bob Burns');
  const annId = await register(ann);
  await register(bob);
  const stream = await makeGroup(bob, 'Lighthouse', annId);
  const say = (...words: string[]) => push(bob, sends(stream, words));
  // Of several heights, so that a wrong estimate shows as a jump.
  if (count > 0)
    await say(...Array.from({ length: count }, (_, at) => `m ${at + 1} ${'long '.repeat((at % 7) * 12)}`.trim()));
  if (readSeq > 0) await push(ann, [{ id: newId(), stream, kind: 'receipt.mark', readSeq }]);
  await enter(ann);
  await ann.page.goto('/');
  return { ann, bob, stream, say };
}

/** How far the end lies below the window's lower edge. */
const belowEnd = (page: Page) =>
  page.getByRole('feed').evaluate((feed) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('nothing scrolls');
    return Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight);
  });
const expectAtEnd = (page: Page) => expect.poll(() => belowEnd(page), { timeout: PATIENCE_MS }).toBeLessThanOrEqual(1);

/** The first message on the screen, and where it stands. `by` scrolls in the same breath, before anything else can happen. */
const firstVisible = (page: Page, by = 0) =>
  page.getByRole('feed').evaluate((feed, delta) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('nothing scrolls');
    scroller.scrollTop += delta;
    const edge = scroller.getBoundingClientRect().top;
    const first = [...feed.querySelectorAll('article')]
      .map((article) => ({
        id: article.dataset['message'] ?? '',
        top: Math.round(article.getBoundingClientRect().top - edge),
        bottom: article.getBoundingClientRect().bottom - edge,
      }))
      .filter(({ bottom }) => bottom > 0)
      .toSorted((one, other) => one.top - other.top)[0];
    const count = Number(feed.querySelector('article')?.getAttribute('aria-setsize'));
    return { id: first?.id, top: first?.top, count, scrollTop: scroller.scrollTop };
  }, by);

const topOf = (page: Page, id: string | undefined) =>
  page.locator(`[data-message="${id}"]`).evaluate((article) => {
    const scroller = article.closest('[role=feed]')?.parentElement?.parentElement;
    return Math.round(article.getBoundingClientRect().top - (scroller?.getBoundingClientRect().top ?? 0));
  });

/** Resolves when nothing has moved for some frames. */
const settled = (page: Page) =>
  page.getByRole('feed').evaluate(async (feed) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    let before = '';
    for (let still = 0; still < 4;) {
      const scroller = feed.parentElement?.parentElement;
      const now = `${scroller?.scrollTop} ${scroller?.scrollHeight} ${feed.childElementCount}`;
      still = now === before ? still + 1 : 0;
      before = now;
      await frame();
    }
  });

/** From now on, everything that the polite region says. */
async function listenToAnnouncer(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const region = document.querySelector('[aria-live=polite]');
    if (region === null) throw new Error('no announcer');
    new MutationObserver(() => region.textContent !== '' && said.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said);
}

/**
 * Scrolls up step by step to the first of so many messages. Answers how often older ones came in above, and by how many pixels
 * the first visible one moved at each frame in which they did and nothing else scrolled.
 */
const shiftsOnTheWayUp = (page: Page, count: number) =>
  page.getByRole('feed').evaluate(async (feed, wanted) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('nothing scrolls');
    const look = () => {
      const edge = scroller.getBoundingClientRect().top;
      const drawn = [...feed.querySelectorAll('article')].map((article) => ({
        id: article.dataset['message'] ?? '',
        box: article.getBoundingClientRect(),
      }));
      return {
        size: Number(feed.querySelector('article')?.getAttribute('aria-setsize') ?? 0),
        tops: new Map(drawn.map(({ id, box }) => [id, box.top - edge])),
        first: drawn.filter(({ box }) => box.bottom > edge).toSorted((x, y) => x.box.top - y.box.top)[0]?.id ?? '',
      };
    };
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shifts: number[] = [];
    let cameIn = 0;
    let before = look();
    for (let step = 0; step < 2_000 && (before.size < wanted || scroller.scrollTop > 0); step += 1) {
      const { size } = before;
      scroller.scrollTop -= 240;
      await frame();
      before = look();
      // On a slow machine they may come in this very frame, in which the scrolling itself moves everything.
      if (before.size > size) cameIn += 1;
      for (let still = 0; still < 6; still += 1) {
        await frame();
        const now = look();
        if (now.size > before.size) {
          cameIn += 1;
          shifts.push(Math.round((now.tops.get(before.first) ?? 1e9) - (before.tops.get(before.first) ?? 0)));
        }
        before = now;
      }
    }
    return { cameIn, shifts };
  }, count);

test('[C5] [A3] older messages come in above without moving the first visible one, and are not announced', async () => {
  const { ann } = await chatOf(190);
  const { page } = ann;
  await openChat(page, 'Lighthouse');
  await message(page, 'm 190.*').waitFor();
  await expectAtEnd(page);
  const said = await listenToAnnouncer(page);
  const { cameIn, shifts } = await shiftsOnTheWayUp(page, 190);
  expect(cameIn).toBeGreaterThan(0);
  expect(shifts.filter((shift) => Math.abs(shift) > 1)).toEqual([]);
  expect(await said()).toEqual([]);
});

test('[C6] at the end it stays at the end: when messages come, when one writes, when the composer grows and the window shrinks', async () => {
  const { ann, say } = await chatOf(40);
  const { page } = ann;
  await openChat(page, 'Lighthouse');
  await message(page, 'm 40.*').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).click();
  await write(page, 'I am here');
  await message(page, 'I am here', 'Sent|Delivered|Read').waitFor();
  await expectAtEnd(page);
  await say('a new one', `a long one ${'and on '.repeat(80)}`.trim());
  await message(page, 'a long one.*').waitFor();
  await expectAtEnd(page);
  await page.getByRole('textbox', { name: 'Message' }).fill('one\ntwo\nthree\nfour\nfive\nsix');
  await expectAtEnd(page);
  await page.setViewportSize({ width: 1000, height: 420 });
  await expectAtEnd(page);
  await page.setViewportSize({ width: 390, height: 700 });
  await expectAtEnd(page);
  await say('the last one');
  await message(page, 'the last one').waitFor();
  await expectAtEnd(page);
  expect(ann.complaints).toEqual([]);
});

test('[C7] scrolled up, what comes moves nothing, and the button that jumps says how many there are', async () => {
  const { ann, say } = await chatOf(60);
  const { page } = ann;
  await openChat(page, 'Lighthouse');
  await write(page, 'to the end');
  await message(page, 'to the end', 'Sent|Delivered|Read').waitFor();
  await settled(page);
  await firstVisible(page, -600);
  await settled(page);
  const before = await firstVisible(page);
  await say('while you read', 'and another');
  await page.getByRole('button', { name: 'Jump to 2 new messages' }).waitFor();
  await settled(page);
  expect(await topOf(page, before.id)).toBe(before.top);
  await page.getByRole('button', { name: 'Jump to 2 new messages' }).click();
  await expectAtEnd(page);
  await message(page, 'and another').waitFor();
  await page.getByText('2 new messages', { exact: true }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: /^Jump to/ }).count()).toBe(0);
});

test('[C8] a line stands before the first unread message until one leaves the chat', async () => {
  const { ann, say } = await chatOf(3, 0);
  const { page } = ann;
  const list = page.getByRole('link', { name: 'Settings' });
  await openChat(page, 'Lighthouse');
  await page.getByText('3 new messages', { exact: true }).waitFor();
  expect(await message(page, 'm 1').getByText('3 new messages').count()).toBe(1);
  await page.getByText('1 unread message').waitFor({ state: 'detached' });
  await list.click();
  await openChat(page, 'Lighthouse');
  await message(page, 'm 1').waitFor();
  expect(await page.getByText(/new messages?$/).count()).toBe(0);

  await list.click();
  await say('four', 'five');
  await page.getByText('2 unread messages').first().waitFor({ state: 'attached' });
  await openChat(page, 'Lighthouse');
  await message(page, 'four').getByText('2 new messages').waitFor();
  expect((await texts(page)).slice(-2)).toEqual(['four', 'five']);
});

test('[A2] one polite region, there from the start, says what came in one sentence', async () => {
  const { ann, say } = await chatOf(3, 0);
  const { page } = ann;
  await entry(page, 'Lighthouse').waitFor();
  expect(await page.locator('[aria-live]').count()).toBe(1);
  await openChat(page, 'Lighthouse');
  await message(page, 'm 1').waitFor();
  expect(await page.locator('[aria-live], [role=log]').count()).toBe(1);
  const said = await listenToAnnouncer(page);
  await say('four', 'five', 'six');
  await expect.poll(said, { timeout: PATIENCE_MS }).toEqual(['3 new messages from Bob Burns']);
});
