import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Account, type Visitor, entry } from './browser.fixture.ts';
import { newId, push, userIdOf } from './device.fixture.ts';
import { makeGroup, messageOps, register } from './seed.fixture.ts';
import type { Stage } from './stage.fixture.ts';

interface Chat {
  title: string;
  stream: string;
  sendFromBob: (...words: string[]) => Promise<void>;
}

export const WINDOW = { width: 1000, height: 700 };

/** Two people and a chat with `count` messages of Bob's, of which Ann has read `readSeq`. Her page is signed in. */
export async function chatOf(
  stage: Stage,
  count: number,
  readSeq = count,
  options: BrowserContextOptions = {},
): Promise<Chat & { ann: Visitor; bob: Account }> {
  const ann = await stage.visitor('Ann Arbor', { viewport: WINDOW, ...options });
  const bob = await stage.account('Bob Burns');
  await register(ann);
  const chat = await chatBetween(ann, bob, 'Lighthouse', count, readSeq);
  await ann.page.goto('/');
  return { ann, bob, ...chat };
}

let made = 0;

/**
 * The same for a page that tests share: it is loaded anew, and shows the list. The chat's title is `name` with a number, because a test
 * that runs a second time finds the chat of the first.
 */
export async function chatOn(ann: Visitor, bob: Account, name: string, count: number, readSeq = count): Promise<Chat> {
  const title = `${name} ${++made}`;
  const chat = await chatBetween(ann, bob, title, count, readSeq);
  await ann.page.setViewportSize(WINDOW);
  await ann.page.goto('/');
  // The read mark decides where the chat opens, and may arrive after the rows that the device held.
  if (count > 0) await entry(ann.page, title).getByText(`m ${count}`).waitFor();
  if (readSeq >= count) await entry(ann.page, title).getByText('unread').waitFor({ state: 'detached' });
  return chat;
}

/** The same for people without a page. */
export async function chatBetween(
  ann: Account,
  bob: Account,
  title: string,
  count: number,
  readSeq = count,
): Promise<Chat> {
  const stream = await makeGroup(bob, title, await userIdOf(ann));
  const sendFromBob = (...words: string[]) => push(bob, messageOps(stream, words));
  // Of different heights, so that a wrong estimate shows as a jump.
  if (count > 0)
    await sendFromBob(
      ...Array.from({ length: count }, (_, at) => `m ${at + 1} ${'long '.repeat((at % 7) * 12)}`.trim()),
    );
  if (readSeq > 0) await push(ann, [{ id: newId(), stream, kind: 'receipt.mark', readSeq }]);
  return { title, stream, sendFromBob };
}

/** The distance in pixels from the bottom of the viewport to the end of the list. */
export const belowEnd = (page: Page) =>
  page.getByRole('feed').evaluate((feed) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('there is no scroller');
    return Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight);
  });
export const expectAtEnd = (page: Page) => expect.poll(() => belowEnd(page)).toBeLessThanOrEqual(1);

/** The first message that begins on the screen, and its position. `by` scrolls in the same task, before anything else can happen. */
export const firstVisible = (page: Page, by = 0) =>
  page.getByRole('feed').evaluate((feed, delta) => {
    const scroller = feed.parentElement?.parentElement;
    if (!(scroller instanceof HTMLElement)) throw new Error('there is no scroller');
    scroller.scrollTop += delta;
    const edge = scroller.getBoundingClientRect().top;
    const first = [...feed.querySelectorAll('article')]
      .map((article) => ({
        id: article.dataset['message'] ?? '',
        top: Math.round(article.getBoundingClientRect().top - edge),
      }))
      .filter(({ top }) => top >= 0)
      .toSorted((one, other) => one.top - other.top)[0];
    const count = Number(feed.querySelector('article')?.getAttribute('aria-setsize'));
    return { id: first?.id, top: first?.top, count, scrollTop: scroller.scrollTop };
  }, by);

export const topOf = (page: Page, id: string | undefined) =>
  page.locator(`[data-message="${id}"]`).evaluate((article) => {
    const scroller = article.closest('[role=feed]')?.parentElement?.parentElement;
    return Math.round(article.getBoundingClientRect().top - (scroller?.getBoundingClientRect().top ?? 0));
  });

/** Resolves when nothing has moved for four frames. */
export const settled = (page: Page) =>
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

/** Collects every text of the live region from now on or, with `fromStart`, of the next page that is loaded. */
export async function listenToAnnouncer(page: Page, { fromStart = false } = {}): Promise<() => Promise<string[]>> {
  const listen = () => {
    const announced: string[] = [];
    Object.assign(window, { announced });
    new MutationObserver((changes) => {
      const region = document.querySelector('[aria-live=polite]');
      const isSaid = region !== null && changes.some(({ target }) => region.contains(target));
      if (isSaid && region.textContent !== '') announced.push(region.textContent);
    }).observe(document, { childList: true, characterData: true, subtree: true });
  };
  if (fromStart) await page.addInitScript(listen);
  else await page.evaluate(listen);
  return () => page.evaluate(() => (window as unknown as { announced: string[] }).announced);
}
