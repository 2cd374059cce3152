import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PATIENCE_MS, type Visitor, entry, message, openChat, texts, write } from './browser.fixture.ts';
import { newId, push } from './device.fixture.ts';
import { authenticate, makeGroup, register, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

/** Two people and a chat with `count` messages of Bob's, of which Ann has read `readSeq`. Her page is signed in. */
async function chatOf(
  count: number,
  readSeq = count,
): Promise<{ ann: Visitor; bob: Visitor; stream: string; sendFromBob: (...words: string[]) => Promise<void> }> {
  const ann = await stage.visitor('Ann Arbor', { viewport: { width: 1000, height: 700 } });
  const bob = await stage.visitor('Bob Burns');
  const annId = await register(ann);
  await register(bob);
  const stream = await makeGroup(bob, 'Lighthouse', annId);
  const sendFromBob = (...words: string[]) => push(bob, messageOps(stream, words));
  // Of different heights, so that a wrong estimate shows as a jump.
  if (count > 0)
    await sendFromBob(
      ...Array.from({ length: count }, (_, at) => `m ${at + 1} ${'long '.repeat((at % 7) * 12)}`.trim()),
    );
  if (readSeq > 0) await push(ann, [{ id: newId(), stream, kind: 'receipt.mark', readSeq }]);
  await authenticate(ann);
  await ann.page.goto('/');
  return { ann, bob, stream, sendFromBob };
}

/** The distance in pixels from the bottom of the viewport to the end of the list. */
const belowEnd = (page: Page) =>
  page.getByRole('feed').evaluate((feed) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('there is no scroller');
    return Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight);
  });
const expectAtEnd = (page: Page) => expect.poll(() => belowEnd(page), { timeout: PATIENCE_MS }).toBeLessThanOrEqual(1);

/** The first message on the screen and its position. `by` scrolls in the same task, before anything else can happen. */
const firstVisible = (page: Page, by = 0) =>
  page.getByRole('feed').evaluate((feed, delta) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('there is no scroller');
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

/** Resolves when nothing has moved for four frames. */
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

/** Collects every text of the live region from now on. */
async function listenToAnnouncer(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const announced: string[] = [];
    Object.assign(window, { announced });
    const region = document.querySelector('[aria-live=polite]');
    if (region === null) throw new Error('there is no live region');
    new MutationObserver(() => region.textContent !== '' && announced.push(region.textContent)).observe(region, {
      childList: true,
      characterData: true,
      subtree: true,
    });
  });
  return () => page.evaluate(() => (window as unknown as { announced: string[] }).announced);
}

/**
 * Scrolls up step by step to the first of `count` messages. Resolves to the number of times that older ones were prepended, and
 * to the number of pixels by which the first visible one moved in each frame that only prepended and did not scroll.
 */
const shiftsWhileScrollingUp = (page: Page, count: number) =>
  page.getByRole('feed').evaluate(async (feed, wanted) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('there is no scroller');
    const measure = () => {
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
    let prepends = 0;
    let before = measure();
    for (let step = 0; step < 2_000 && (before.size < wanted || scroller.scrollTop > 0); step += 1) {
      const { size } = before;
      scroller.scrollTop -= 240;
      await frame();
      before = measure();
      // On a slow machine they may be prepended in this frame, in which the scrolling itself moves everything.
      if (before.size > size) prepends += 1;
      for (let still = 0; still < 6; still += 1) {
        await frame();
        const now = measure();
        if (now.size > before.size) {
          prepends += 1;
          shifts.push(Math.round((now.tops.get(before.first) ?? 1e9) - (before.tops.get(before.first) ?? 0)));
        }
        before = now;
      }
    }
    return { prepends, shifts };
  }, count);

test('[C5] [A3] older messages are prepended without moving the first visible one, and are not announced', async () => {
  const { ann } = await chatOf(190);
  const { page } = ann;
  await openChat(page, 'Lighthouse');
  await message(page, 'm 190.*').waitFor();
  await expectAtEnd(page);
  const announced = await listenToAnnouncer(page);
  const { prepends, shifts } = await shiftsWhileScrollingUp(page, 190);
  expect(prepends).toBeGreaterThan(0);
  expect(shifts.filter((shift) => Math.abs(shift) > 1)).toEqual([]);
  expect(await announced()).toEqual([]);
});

test('[C6] a list at its end stays there when messages arrive or are sent, when the composer grows and when the window shrinks', async () => {
  const { ann, sendFromBob } = await chatOf(40);
  const { page } = ann;
  await openChat(page, 'Lighthouse');
  await message(page, 'm 40.*').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).click();
  await write(page, 'I am here');
  await message(page, 'I am here', 'Sent|Delivered|Read').waitFor();
  await expectAtEnd(page);
  await sendFromBob('a new one', `a long one ${'and on '.repeat(80)}`.trim());
  await message(page, 'a long one.*').waitFor();
  await expectAtEnd(page);
  await page.getByRole('textbox', { name: 'Message' }).fill('one\ntwo\nthree\nfour\nfive\nsix');
  await expectAtEnd(page);
  await page.setViewportSize({ width: 1000, height: 420 });
  await expectAtEnd(page);
  await page.setViewportSize({ width: 390, height: 700 });
  await expectAtEnd(page);
  await sendFromBob('the last one');
  await message(page, 'the last one').waitFor();
  await expectAtEnd(page);
  expect(ann.complaints).toEqual([]);
});

test('[C7] while the list is scrolled up, new messages move nothing, and the jump button shows their number', async () => {
  const { ann, sendFromBob } = await chatOf(60);
  const { page } = ann;
  await openChat(page, 'Lighthouse');
  await write(page, 'to the end');
  await message(page, 'to the end', 'Sent|Delivered|Read').waitFor();
  await settled(page);
  await firstVisible(page, -600);
  await settled(page);
  const before = await firstVisible(page);
  await sendFromBob('while you read', 'and another');
  await page.getByRole('button', { name: 'Jump to 2 new messages' }).waitFor();
  await settled(page);
  expect(await topOf(page, before.id)).toBe(before.top);
  await page.getByRole('button', { name: 'Jump to 2 new messages' }).click();
  await expectAtEnd(page);
  await message(page, 'and another').waitFor();
  await page.getByText('2 new messages', { exact: true }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: /^Jump to/ }).count()).toBe(0);
});

test('[C8] a line is shown before the first unread message until the chat is left', async () => {
  const { ann, sendFromBob } = await chatOf(3, 0);
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
  await sendFromBob('four', 'five');
  await page.getByText('2 unread messages').first().waitFor({ state: 'attached' });
  await openChat(page, 'Lighthouse');
  await message(page, 'four').getByText('2 new messages').waitFor();
  expect((await texts(page)).slice(-2)).toEqual(['four', 'five']);
});

test('[A2] the only live region is polite, exists from the start, and announces new messages in one sentence', async () => {
  const { ann, sendFromBob } = await chatOf(3, 0);
  const { page } = ann;
  await entry(page, 'Lighthouse').waitFor();
  expect(await page.locator('[aria-live]').count()).toBe(1);
  await openChat(page, 'Lighthouse');
  await message(page, 'm 1').waitFor();
  expect(await page.locator('[aria-live], [role=log]').count()).toBe(1);
  const announced = await listenToAnnouncer(page);
  await sendFromBob('four', 'five', 'six');
  await expect.poll(announced, { timeout: PATIENCE_MS }).toEqual(['3 new messages from Bob Burns']);
});
