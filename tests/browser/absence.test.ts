import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { PATIENCE_MS, conversation, entry, message, openChat, signIn } from './browser.fixture.ts';
import { newGroupStream, newId, push, rowsOf, sendOp, userIdOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

/** The number of records that a device requests at once; an off-by-one error would show around it. */
const PAGE = 500;
const MISSED = process.env['TEST_LONG'] === undefined ? [0, PAGE + 1] : [0, 1, PAGE - 1, PAGE, PAGE + 1, 3_000];
/** A completely rendered window has at least this many messages, if there are that many. */
const IN_VIEW = 5;
/** High, so that few turns of the wheel lead through a long chat. */
const HIGH = { viewport: { width: 1280, height: 2_400 } };
/**
 * The pixels of one turn of the wheel. On a busy machine the list scrolls some frames after the turn, and by two turns at once;
 * that must be less than a screen, so that every message is drawn on the way.
 */
const TURN = 1_000;

interface Noted {
  /** The texts of all messages that were ever in the page, by id. */
  seen: Record<string, string>;
  /** Whether a part of the screen had no row after the last frame. The browser scrolls before the page draws, so it may for some frames. */
  isEmpty: boolean;
}

/** Records from now on what the open chat draws. */
function noteDrawn(page: Page): Promise<void> {
  return page.evaluate(() => {
    const noted: Noted = { seen: {}, isEmpty: false };
    const list = document.querySelector('[role=feed]')?.parentElement;
    const screen = list?.parentElement;
    if (!list || !screen) throw new Error('no chat is open');
    const note = () => {
      for (const article of list.querySelectorAll<HTMLElement>('[data-message]'))
        noted.seen[article.dataset['message'] ?? ''] = article.querySelector('span[dir=auto]')?.textContent ?? '';
    };
    note();
    new MutationObserver(note).observe(list, { childList: true, subtree: true });
    const look = () => {
      const box = screen.getBoundingClientRect();
      const whole = list.getBoundingClientRect();
      const rows = [...list.querySelectorAll('[data-index]')]
        .map((row) => row.getBoundingClientRect())
        .filter(({ top, bottom }) => bottom > box.top && top < box.bottom)
        .toSorted((one, other) => one.top - other.top);
      // The row above the first message has no index.
      let reached = Math.max(box.top, Math.min(whole.top + 64, box.bottom));
      for (const { top, bottom } of rows) if (top <= reached + 1) reached = Math.max(reached, bottom);
      noted.isEmpty = reached + 1 < Math.min(box.bottom, whole.bottom);
    };
    // After the frame, when its rows have been measured.
    const frame = () => {
      setTimeout(look);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, { noted });
  });
}

const notedIn = (page: Page) => page.evaluate(() => (globalThis as unknown as { noted: Noted }).noted);

/** Scrolls until `count` messages were rendered, first up, and resolves to the texts of all messages that were rendered on the way, in order. */
async function scrollThrough(page: Page, count: number): Promise<string[]> {
  // The chat opens at its first unread message, and the scrolling starts at its end.
  const toEnd = page.getByRole('button', { name: /^Jump to/ });
  const last = message(page, `m ${count - 1}`);
  await last.or(toEnd).first().waitFor();
  if (await toEnd.isVisible()) await toEnd.click();
  await last.waitFor();
  await noteDrawn(page);
  let seen = new Map<string, string>();
  const collect = async () => {
    const noted = await notedIn(page);
    seen = new Map(Object.entries(noted.seen));
    return noted;
  };
  // The list is positioned in the first frame and complete in the next; scrolling before that would miss messages.
  while (seen.size < Math.min(count, IN_VIEW)) await collect();
  await page
    .getByRole('region')
    .filter({ has: page.getByRole('feed') })
    .hover();
  const loading = page.getByRole('feed').getByText('Loading messages');
  const deadline = Date.now() + 3 * PATIENCE_MS;
  let by = -TURN;
  while (seen.size < count) {
    if (Date.now() > deadline) {
      const texts = new Set(seen.values());
      const missing = ['m 0', ...numbered(count - 1)].filter((text) => !texts.has(text));
      const held = (await rowsOf<{ text: string }>(page, 'messages')).map(({ text }) => text);
      const absent = missing.filter((text) => !held.includes(text));
      throw new Error(
        `${missing.length} messages were not seen, of which the device lacks ${absent.length}: ${missing.join(', ')}`,
      );
    }
    // Somebody who scrolls as fast as this passes a gap while it fills, and finds its messages on the way back.
    await expect.poll(() => loading.count()).toBe(0);
    await page.mouse.wheel(0, by);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await expect.poll(async () => (await collect()).isEmpty).toBe(false);
    const place = await placeIn(page);
    if (place !== 'middle') by = place === 'top' ? TURN : -TURN;
  }
  return [...seen.values()].toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

function placeIn(page: Page): Promise<'top' | 'middle' | 'bottom'> {
  return page.getByRole('feed').evaluate((feed) => {
    let scroller: Element = feed;
    while (scroller.scrollHeight <= scroller.clientHeight && scroller.parentElement !== null)
      scroller = scroller.parentElement;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    if (scrollTop < 1) return 'top';
    return scrollHeight - clientHeight - scrollTop < 1 ? 'bottom' : 'middle';
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `m ${at + 1}`);

test(
  `[ST4] [VB4] [RD4] [ask 12] somebody who missed ${MISSED.join(', ')} messages sees each exactly once, and the unread count is right`,
  { timeout: 480_000 },
  async () => {
    const ann = await stage.account('Ann Arbor');
    const bob = await stage.signedUp('Bob Burns', HIGH);
    const bobId = await userIdOf(bob);
    const chats = MISSED.map((missed) => ({
      missed,
      title: `Missed ${missed}`,
      stream: newGroupStream(),
    }));
    await push(
      ann,
      chats.map(({ stream, title }) => ({
        id: newId(),
        stream,
        kind: 'conversation.create',
        title,
        memberIds: [bobId],
      })),
    );
    await push(
      ann,
      chats.map(({ stream }) => sendOp(stream, 'm 0')),
    );
    for (const { title } of chats) await entry(bob.page, title).getByText('1 unread message').waitFor();

    await bob.context.setOffline(true);
    for (const { stream, missed } of chats)
      await push(
        ann,
        numbered(missed).map((text) => sendOp(stream, text)),
      );
    await bob.context.setOffline(false);

    for (const { title, missed } of chats) {
      const unread = missed + 1;
      const words = unread === 1 ? '1 unread message' : `${unread} unread messages`;
      await entry(bob.page, title).getByText(words).waitFor();
      await expect.poll(() => unreadOf(bob.page, title)).toBe(unread);
      await entry(bob.page, title).click();
      await conversation(bob.page, title).waitFor();
      expect(await scrollThrough(bob.page, unread)).toEqual(['m 0', ...numbered(missed)]);
    }

    // A device without any rows starts with a window and fetches the rest from the history.
    const fresh = { ...(await stage.visitor('Bob Burns', HIGH)), email: bob.email };
    await signIn(fresh);
    await openChat(fresh.page, `Missed ${PAGE + 1}`);
    expect(await scrollThrough(fresh.page, PAGE + 2)).toEqual(['m 0', ...numbered(PAGE + 1)]);
    expect(stage.complaints()).toEqual([]);
  },
);

/** The unread count in the device's rows. The list shows 99+ above 99, and says the number to screen readers. */
async function unreadOf(page: Page, title: string): Promise<number | undefined> {
  const rows = await rowsOf<{ record?: { title?: string }; unread: number }>(page, 'conversations');
  return rows.find((row) => row.record?.title === title)?.unread;
}
