import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Account, type Visitor, entry, message, openChat, signOut, write } from './browser.fixture.ts';
import {
  WINDOW,
  chatOf,
  chatOn,
  expectAtEnd,
  firstVisible,
  listenToAnnouncer,
  settled,
  topOf,
} from './list.fixture.ts';
import { authenticate } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

// Each test that uses Ann's page has a chat of its own.
let ann: Visitor;
let bob: Account;
beforeAll(async () => {
  ann = await stage.resident('Ann Scroller', { viewport: WINDOW });
  bob = await stage.account('Bob Burns');
});

/**
 * Scrolls up step by step to the first of `count` messages. Resolves to the number of times that older ones were prepended, and
 * to the number of pixels by which the first visible one moved in each frame beyond what was scrolled.
 */
const shiftsWhileScrollingUp = (page: Page, count: number) =>
  page.getByRole('feed').evaluate(async (feed, wanted) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('there is no scroller');
    const edge = scroller.getBoundingClientRect().top;
    // An intersection observer tells what the next frame draws. Between two frames rows may have come that are not measured yet.
    const nextFrame = () =>
      new Promise<{ size: number; tops: Map<string, number>; first: string }>((resolve) => {
        const observer = new IntersectionObserver(
          (entries) => {
            observer.disconnect();
            const drawn = entries
              .filter(({ target }) => target.isConnected)
              .map(({ target, boundingClientRect: box }) => ({
                id: target.closest('article')?.dataset['message'] ?? '',
                box,
              }));
            resolve({
              size: Number(feed.querySelector('article')?.getAttribute('aria-setsize') ?? 0),
              tops: new Map(drawn.map(({ id, box }) => [id, box.top - edge])),
              first:
                drawn.filter(({ box }) => box.bottom > edge).toSorted((x, y) => x.box.top - y.box.top)[0]?.id ?? '',
            });
          },
          { root: scroller },
        );
        // The texts, because the first message loses the day above it when an older one of that day is prepended.
        for (const article of feed.querySelectorAll('article'))
          observer.observe(article.querySelector('[data-text]') ?? article);
      });
    const shifts: number[] = [];
    let prepends = 0;
    let before = await nextFrame();
    for (let step = 0; step < 2_000 && (before.size < wanted || scroller.scrollTop > 0); step += 1) {
      for (const by of [Math.min(360, scroller.scrollTop), 0, 0, 0, 0]) {
        scroller.scrollTop -= by;
        const now = await nextFrame();
        // Older ones may be prepended in the frame of the scroll too, which must not undo it.
        if (now.size > before.size) prepends += 1;
        shifts.push(Math.round((now.tops.get(before.first) ?? 1e9) - (before.tops.get(before.first) ?? 0) - by));
        before = now;
      }
    }
    return { prepends, shifts };
  }, count);

test('[C5] [A3] older messages are prepended without moving the first visible one, and are not announced', async () => {
  const { title } = await chatOn(ann, bob, 'Long', 190);
  const { page } = ann;
  await openChat(page, title);
  await message(page, 'm 190.*').waitFor();
  await expectAtEnd(page);
  const announced = await listenToAnnouncer(page);
  // On a slower device scroll events and animation frames come more often between the moments when rows are drawn and measured.
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 2 });
  const { prepends, shifts } = await shiftsWhileScrollingUp(page, 190).finally(() => void session.detach());
  expect(prepends).toBeGreaterThan(0);
  expect(shifts.filter((shift) => Math.abs(shift) > 1)).toEqual([]);
  expect(await announced()).toEqual([]);
});

test('[C6] [A4] a list at its end stays there when messages arrive or are sent, when the composer grows and when the window shrinks', async () => {
  const { title, sendFromBob } = await chatOn(ann, bob, 'End', 40);
  const { page } = ann;
  await openChat(page, title);
  await message(page, 'm 40.*').waitFor();
  await page.getByRole('textbox', { name: 'Message' }).click();
  await ann.context.setOffline(true);
  await write(page, 'I am here');
  await message(page, 'I am here', 'Waiting').focus();
  await ann.context.setOffline(false);
  await message(page, 'I am here', 'Sent|Delivered|Read').waitFor();
  // The element that waited still has the focus.
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.ariaLabel))
    .toMatch(/: I am here, (?:Sent|Delivered|Read)$/);
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
  const { title, sendFromBob } = await chatOn(ann, bob, 'Middle', 60);
  const { page } = ann;
  await openChat(page, title);
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
  await page.getByRole('button', { name: 'Jump to 2 new messages' }).press('Enter');
  await expectAtEnd(page);
  await message(page, 'and another').waitFor();
  // The button is gone, and the focus is not.
  await expect.poll(() => page.evaluate(() => document.activeElement?.ariaLabel)).toMatch(/: and another$/);
  await page.getByText('2 new messages', { exact: true }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: /^Jump to/ }).count()).toBe(0);
});

test('[A2] the only live region is polite, exists from the start, announces new messages in one sentence, each time, and never history', async () => {
  const { ann: leaving, sendFromBob } = await chatOf(stage, 30);
  const { page, email } = leaving;
  await entry(page, 'Lighthouse').waitFor();
  expect(await page.locator('[aria-live]').count()).toBe(1);
  await openChat(page, 'Lighthouse');
  await message(page, 'm 30.*').waitFor();
  expect(await page.locator('[aria-live], [role=log]').count()).toBe(1);
  const announced = await listenToAnnouncer(page);
  const said = ['3 new messages from Bob Burns'];
  const expectSaid = () => expect.poll(announced).toEqual(said);
  await sendFromBob('one', 'two', 'three');
  await expectSaid();
  for (const text of ['four', 'five']) {
    await sendFromBob(text);
    said.push('1 new message from Bob Burns');
    await expectSaid();
  }

  // A device without any rows opens the chat while its first messages are still coming.
  const fresh = { ...(await stage.visitor('Ann Arbor')), email };
  await authenticate(fresh);
  const saidThere = await listenToAnnouncer(fresh.page, { fromStart: true });
  await fresh.page.goto(page.url());
  await message(fresh.page, 'five').waitFor();
  await expect.poll(() => fresh.page.title()).toMatch(/^Lighthouse/);
  await sendFromBob('six');
  await expect.poll(saidThere).toEqual(['1 new message from Bob Burns']);

  // Announcements for one person are not there for the next.
  await signOut(leaving);
  await page.getByLabel('Email', { exact: true }).waitFor();
  await expect.poll(() => page.locator('[aria-live=polite]').innerText()).toBe('');
});
