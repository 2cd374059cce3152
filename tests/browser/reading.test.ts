import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type Account,
  type Visitor,
  PASSWORD,
  conversation,
  entry,
  message,
  openChat,
  texts,
  write,
} from './browser.fixture.ts';
import { newId, push, rowsOf, sendOp, userIdOf } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { WINDOW, chatBetween, chatOf, chatOn, expectAtEnd, firstVisible, settled, topOf } from './list.fixture.ts';
import { makeGroup, messageOps } from './seed.fixture.ts';
import { SLEEP, installSleepingClock } from './sleeping-clock.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

// Each test that uses Ann's page has a chat of its own. Those that need a new device have people of their own.
let ann: Visitor;
let bob: Account;
beforeAll(async () => {
  ann = await stage.resident('Ann Reader', { viewport: WINDOW });
  bob = await stage.account('Bob Burns');
});

const unreadOf = async (page: Page, stream: string) =>
  (await rowsOf<{ stream: string; unread: number }>(page, 'conversations')).find((row) => row.stream === stream)
    ?.unread;
const expectUnread = (page: Page, stream: string, count: number) =>
  expect.poll(() => unreadOf(page, stream)).toBe(count);

/** The line of new messages and what is on the screen, as far as the list's own box shows it. */
const lineIn = (page: Page) =>
  page.getByRole('feed').evaluate((feed) => {
    const box = feed.parentElement?.parentElement?.getBoundingClientRect();
    const line = [...feed.querySelectorAll('article > p')].find((each) =>
      /new messages?$/.test(each.textContent ?? ''),
    );
    const at = line?.getBoundingClientRect();
    if (box === undefined || line === undefined || at === undefined) return undefined;
    const isInView = at.top >= box.top && at.bottom <= box.bottom;
    return {
      words: line.textContent,
      message: line.closest('article')?.ariaLabel?.replace(/^.*?: (m \d+).*$/, '$1'),
      isInView,
    };
  });
const expectLine = (page: Page, words: string, at: string) =>
  expect.poll(() => lineIn(page)).toEqual({ words, message: at, isInView: true });

/** Takes the focus from the page's window, or gives it back, like a switch to another application. */
const setFocus = (page: Page, on: boolean) =>
  page.evaluate((isOn) => {
    document.hasFocus = () => isOn;
    window.dispatchEvent(new Event(isOn ? 'focus' : 'blur'));
  }, on);

const setVisible = (page: Page, on: boolean) =>
  page.evaluate((isOn) => {
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (isOn ? 'visible' : 'hidden'),
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, on);

/** Records the page's requests for history, and holds back the answers between `hold` and `release`. */
async function holdHistory(page: Page) {
  const requests: { around?: object; before?: number; after?: number }[] = [];
  let released = Promise.resolve();
  let release = () => undefined as void;
  await page.route('**/api/sync/history', async (route) => {
    requests.push(route.request().postDataJSON() as (typeof requests)[number]);
    await released;
    await route.continue().catch(() => undefined);
  });
  return Object.assign(requests, {
    hold() {
      released = new Promise((resolve) => (release = resolve));
    },
    release: () => release(),
  });
}

test('[C8] [C10] [CL20] a chat opens at its first unread message, even if that is not on the device, and only seen messages are marked as read', async () => {
  const { ann: newcomer, stream } = await chatOf(stage, 320, 90);
  const { page, context } = newcomer;
  await entry(page, 'Lighthouse').waitFor();
  const held = await rowsOf<{ stream: string; historyStart: number }>(page, 'conversations');
  // The rest is fetched when the chat is opened. If that fails, messages that were never here do not count as read.
  expect(held.find((row) => row.stream === stream)?.historyStart).toBeGreaterThan(91);
  await context.setOffline(true);
  await openChat(page, 'Lighthouse');
  await expect.poll(async () => (await lineIn(page))?.words).toBe('230 new messages');
  await page.getByRole('button', { name: 'Load', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await context.setOffline(false);
  expect(await unreadOf(page, stream)).toBe(230);
  const asked = await holdHistory(page);
  await openChat(page, 'Lighthouse');
  await expectLine(page, '230 new messages', 'm 91');
  // Both sides of the first unread message came at once, and nothing of what is after them. [CL20]
  expect(asked.map(({ around }) => around)).toEqual([{ seq: 91 }]);
  // What is on the screen counts as read, and nothing below it.
  await expect.poll(() => unreadOf(page, stream)).toBeLessThan(230);
  expect(await unreadOf(page, stream)).toBeGreaterThan(200);
  // The reader comes to the gap from above: what is next is asked for, and what is after the gap is not read.
  asked.hold();
  await expect
    .poll(async () => {
      await firstVisible(page, 250);
      return asked.length;
    })
    .toBe(2);
  await settled(page);
  const reached = await firstVisible(page);
  const after = Number(asked[1]?.after);
  expect(after).toBeGreaterThan(91);
  expect(await unreadOf(page, stream)).toBeGreaterThanOrEqual(320 - after);
  asked.release();
  await expect.poll(async () => (await firstVisible(page)).count).toBeGreaterThan(reached.count);
  await settled(page);
  expect(Math.abs((await topOf(page, reached.id)) - (reached.top ?? 0))).toBeLessThanOrEqual(1);
  // Further messages may be read meanwhile.
  const jumpToUnread = async () =>
    page.getByRole('button', { name: `Jump to ${await unreadOf(page, stream)} new messages` });
  await expect.poll(async () => (await jumpToUnread()).count()).toBe(1);
  await expect.poll(() => page.title()).toMatch(/^\(99\+\) /);
  await page.getByRole('button', { name: /^Jump to/ }).click();
  await message(page, 'm 320.*').waitFor();
  await expectAtEnd(page);
  await expectUnread(page, stream, 0);

  // From below, it is filled from below. Without a connection it says that it needs one, and continues by itself when it is back.
  await context.setOffline(true);
  const known = asked.length;
  await expect
    .poll(async () => {
      await firstVisible(page, -250);
      return asked.length;
    })
    .toBeGreaterThan(known);
  const needsConnection = page.getByRole('feed').getByText(/^\d+ messages not loaded\. They need a connection\.$/);
  await needsConnection.waitFor();
  asked.hold();
  const before = asked.length;
  await context.setOffline(false);
  await expect.poll(() => asked.length).toBeGreaterThan(before);
  expect(asked.at(-1)?.before).toBeGreaterThan(after);
  await settled(page);
  // A person who scrolls past it meanwhile sees the messages above the gap, and the message below it stays in place when the gap
  // is filled.
  const under = page.getByRole('article').filter({ hasText: 'Loading messages' });
  const underId = (await under.getAttribute('data-message')) ?? '';
  await expect
    .poll(async () => {
      const top = await topOf(page, underId);
      if (top < 300) await firstVisible(page, -100);
      await settled(page);
      return top;
    })
    .toBeGreaterThanOrEqual(300);
  const left = await firstVisible(page);
  expect(left.id).not.toBe(underId);
  // The row's own top moves with the gap that is drawn in it.
  const bottomOf = () =>
    page.locator(`[data-message="${underId}"]`).evaluate((row) => row.getBoundingClientRect().bottom);
  const bottom = await bottomOf();
  asked.release();
  await expect.poll(async () => (await firstVisible(page)).count).toBeGreaterThan(left.count);
  await settled(page);
  expect(Math.abs((await bottomOf()) - bottom)).toBeLessThanOrEqual(1);
  expect(await page.locator(`[data-message="${left.id}"]`).count()).toBe(0);

  // A date leads to the first message from then on, with one request. [VB12]
  // The pointer is over the list, whichever of its rows are drawn there.
  await page.mouse.move(WINDOW.width * 0.7, WINDOW.height / 2);
  const floating = page.getByTitle('Go to a date');
  // It is there while the list scrolls, and stays under the pointer.
  await expect
    .poll(async () => {
      const place = await floating.boundingBox();
      if (place !== null) await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
      await page.mouse.wheel(0, -40);
      return floating.isVisible();
    })
    .toBe(true);
  await floating.click();
  await page.getByLabel('Day', { exact: true }).fill('2020-01-01');
  await page.getByRole('dialog').getByRole('button', { name: 'Go', exact: true }).click();
  await expectFocus(page.getByRole('article', { name: /: m 1$/ }));
  expect(asked.filter(({ around }) => around !== undefined && 'time' in around)).toHaveLength(1);
});

test.each([
  { name: 'the first message of a chat', count: 1, read: 0 },
  { name: 'one in the middle', count: 9, read: 7 },
])(
  '[C8] [C10] in a window at 400 %, a chat opens with its first unread message in view: $name',
  async ({ count, read }) => {
    const low = { width: 360, height: 225 };
    const { ann: reader, stream } = await chatOf(stage, count, read, { viewport: low });
    const { page } = reader;
    await expectUnread(page, stream, count - read);
    await openChat(page, 'Lighthouse');
    const isInView = () =>
      message(page, `m ${read + 1}\\b.*`).evaluate((article) => {
        const list = article.closest('[role=feed]')?.parentElement?.parentElement?.getBoundingClientRect();
        const text = article.querySelector('span[dir=auto]')?.getBoundingClientRect();
        // A long text may continue below the screen.
        return list !== undefined && text !== undefined && text.top >= list.top && text.top + 16 <= list.bottom;
      });
    await expect.poll(isInView).toBe(true);
    await settled(page);
    expect(await isInView()).toBe(true);
    await expect.poll(() => unreadOf(page, stream)).toBeLessThan(count - read);
    expect(stage.complaints()).toEqual([]);
  },
);

test('[C8] the line follows unseen messages, ends with the person’s own answer, and is gone when the chat is opened again', async () => {
  const { title, stream, sendFromBob } = await chatOn(ann, bob, 'Line', 3, 0);
  const { page } = ann;
  await openChat(page, title);
  await expectLine(page, '3 new messages', 'm 1');
  await expectUnread(page, stream, 0);
  await setVisible(page, false);
  await sendFromBob('m 4', 'm 5');
  await page.getByText('2 new messages', { exact: true }).waitFor();
  expect(await unreadOf(page, stream)).toBe(2);
  await setVisible(page, true);
  await expectLine(page, '2 new messages', 'm 4');
  await expectUnread(page, stream, 0);

  await page.getByRole('link', { name: 'Settings' }).click();
  await openChat(page, title);
  await message(page, 'm 5').waitFor();
  await expect.poll(() => lineIn(page)).toBeUndefined();

  await setVisible(page, false);
  await sendFromBob('m 6');
  await page.getByText('1 new message', { exact: true }).waitFor();
  await setVisible(page, true);
  await write(page, 'an answer');
  await expect.poll(() => lineIn(page)).toBeUndefined();
});

test('[C10] a window without the focus reads nothing until it is focused', async () => {
  const { ann: own, stream, sendFromBob } = await chatOf(stage, 3);
  const { page } = own;
  await openChat(page, 'Lighthouse');
  await message(page, 'm 3.*').waitFor();
  await setFocus(page, false);
  // More than the screen holds: the list stops at the line.
  await sendFromBob(...Array.from({ length: 40 }, (_, at) => `m ${at + 4}`));
  await expectLine(page, '40 new messages', 'm 4');
  // They are announced later than half a second after they have come, when somebody who looks would have read them.
  await page.locator('[aria-live=polite]').getByText('40 new messages from Bob Burns').waitFor();
  expect(await unreadOf(page, stream)).toBe(40);
  await expect.poll(() => page.title()).toMatch(/^\(40\) /);
  await setFocus(page, true);
  await expect.poll(() => unreadOf(page, stream)).toBeLessThan(40);
  expect(await unreadOf(page, stream)).toBeGreaterThan(0);
});

test('[C9] a person who returns to a chat is where they were, whatever has arrived meanwhile; sending a message goes to the end', async () => {
  const { title, stream, sendFromBob } = await chatOn(ann, bob, 'Mooring', 150);
  const { page } = ann;
  const other = await makeGroup(bob, 'Jetty', await userIdOf(ann));
  await push(bob, messageOps(other, ['ahoy']));
  await openChat(page, title);
  await message(page, 'm 150.*').waitFor();
  await settled(page);
  await firstVisible(page, -2_500);
  await settled(page);
  await firstVisible(page, 137);
  await settled(page);
  const at = await firstVisible(page);
  expect(at.id).toBeDefined();

  await openChat(page, 'Jetty');
  await sendFromBob('m 151', 'm 152');
  await entry(page, title).getByText('m 152').waitFor();
  await openChat(page, title);
  await settled(page);
  await expect.poll(async () => (await firstVisible(page)).id).toBe(at.id);
  const back = await firstVisible(page);
  expect(Math.abs((back.top ?? 0) - (at.top ?? 0))).toBeLessThanOrEqual(1);
  await page.getByRole('button', { name: 'Jump to 2 new messages' }).waitFor();

  // Rows above, across and below the upper edge grow: what is read stays.
  const shown = await texts(page);
  const rows = await rowsOf<{ id: string; seq: number; stream: string }>(page, 'messages');
  const first = rows.find(({ id }) => id === back.id)?.seq ?? 0;
  const near = rows.filter((row) => row.stream === stream && Math.abs(row.seq - first) <= 2);
  await push(
    bob,
    near.map(({ id, seq }) => ({
      id: newId(),
      stream,
      kind: 'message.edit',
      messageId: id,
      text: `edited ${seq} ${'and longer '.repeat(60)}`,
    })),
  );
  await expect.poll(() => texts(page)).not.toEqual(shown);
  await message(page, `edited ${first}.*`).waitFor();
  await settled(page);
  expect(Math.abs((await topOf(page, back.id)) - (back.top ?? 0))).toBeLessThanOrEqual(1);

  await write(page, 'to the end');
  await expectAtEnd(page);
  await page.getByRole('button', { name: /^Jump to/ }).waitFor({ state: 'detached' });
});

test('copying from several messages copies their texts in order; a press on a chat that moves away opens it', async () => {
  const { title, sendFromBob } = await chatOn(ann, bob, 'Copies', 70);
  const { page } = ann;
  const other = await makeGroup(bob, 'Harbour', await userIdOf(ann));
  await push(bob, messageOps(other, ['ahoy']));
  await openChat(page, title);
  await message(page, 'm 70.*').waitFor();
  await settled(page);
  // From the middle of a text, by wheel over rows that are no longer drawn, to the middle of another.
  const from = message(page, 'm 66.*').locator('[data-text]');
  await from.click({ position: { x: 1, y: 8 } });
  await page.mouse.wheel(0, -4_000);
  // While it scrolls, the day of what is on the screen floats above it.
  await page
    .getByTitle('Go to a date')
    .filter({ hasText: /^Today$/ })
    .waitFor();
  await settled(page);
  const first = (await firstVisible(page)).id;
  await page.keyboard.down('Shift');
  await page.locator(`[data-message="${first}"] [data-text]`).click({ position: { x: 1, y: 8 } });
  await page.keyboard.up('Shift');
  const copied = await page.evaluate(() => {
    let text = '';
    const read = (event: ClipboardEvent) => (text = event.clipboardData?.getData('text/plain') ?? '');
    window.addEventListener('copy', read);
    // oxlint-disable-next-line typescript/no-deprecated -- what Ctrl+C does, without the system's clipboard
    document.execCommand('copy');
    window.removeEventListener('copy', read);
    return text;
  });
  const lines = copied.split('\n');
  const begin = Number(/m (\d+)/.exec(lines[0] ?? '')?.[1]);
  expect(begin).toBeLessThan(40);
  expect(lines.map((line) => /^m \d+(?: long)*$/.test(line))).toEqual(lines.map(() => true));
  expect(lines.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual(lines.map((_, at) => begin + at));
  expect(begin + lines.length - 1).toBe(65);

  const harbour = entry(page, 'Harbour');
  const box = await harbour.boundingBox();
  if (box === null) throw new Error('the chat is not on the screen');
  const middle = [box.x + box.width / 2, box.y + box.height / 2] as const;
  await page.mouse.move(...middle);
  await page.mouse.down();
  await (box.y > ((await entry(page, title).boundingBox())?.y ?? 0)
    ? push(bob, messageOps(other, ['here']))
    : sendFromBob('here'));
  await expect.poll(async () => (await harbour.boundingBox())?.y).not.toBe(box.y);
  await page.mouse.up();
  await conversation(page, 'Harbour').waitFor();
  expect(ann.complaints).toEqual([]);
});

test('times follow the region, and yesterday is no longer called today after midnight, without a touch', async () => {
  const { ann: american } = await chatOf(stage, 3, 3, { locale: 'en-US' });
  const { page, context } = american;
  await installSleepingClock(context);
  await page.reload();
  await openChat(page, 'Lighthouse');
  const feed = page.getByRole('feed');
  await feed.getByText('Today', { exact: true }).waitFor();
  await message(page, 'm 1')
    .getByText(/^\d{1,2}:\d\d\s[AP]M$/)
    .waitFor();
  await page.evaluate(([name, ms]) => (window as never as Record<string, (ms: number) => void>)[name]?.(ms), [
    SLEEP,
    86_400_000,
  ] as const);
  await feed.getByText('Yesterday', { exact: true }).waitFor();
  expect(await feed.getByText('Today', { exact: true }).count()).toBe(0);
  // The list counts the same days.
  await entry(page, 'Lighthouse')
    .getByText(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/)
    .waitFor();
});

test('[C9] [CL20] a link to a message leads there on a new device, after signing in or up, with words meanwhile; so does a quote of what is not on the device', async () => {
  const { stream } = await chatBetween(ann, bob, 'Linked', 320);
  const wholePage = { stream, limit: 1_000, maxBytes: 1024 * 1024 };
  const history = await ann.page.request.post('/api/sync/history', { data: wholePage });
  const { records } = (await history.json()) as { records: { id: string; seq: number }[] };
  const [first, wanted] = [1, 120].map((at) => records.find(({ seq }) => seq === at));
  // Some programs write links in capitals.
  const link = `/chat/g/${stream.slice(2).toUpperCase()}?message=${wanted?.id.toUpperCase()}`;
  const device = { ...(await stage.visitor(ann.name, { viewport: WINDOW })), email: ann.email };
  const { page } = device;
  const asked = await holdHistory(page);
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      const shown = document.body?.innerText.match(/[^\n]*(?:isn’t on this device|Getting)[^\n]*/u)?.[0];
      if (shown !== undefined && said.at(-1) !== shown) said.push(shown);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign up', exact: true }).click();
  await page.getByRole('heading', { name: /Create/ }).waitFor();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Email', { exact: true }).fill(ann.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const there = message(page, 'm 120 .*').or(message(page, 'm 120'));
  await expectFocus(there);
  expect(await there.evaluate((row) => row.getBoundingClientRect().top)).toBeGreaterThan(0);
  await expect.poll(() => new URL(page.url()).search).toBe('');
  expect(asked.filter(({ around }) => around !== undefined).map(({ around }) => around)).toContainEqual({
    id: wanted?.id,
  });
  // As long as the list has no gap on the screen, nothing else is asked for.
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said).toContain('Getting the message…');
  expect(said.filter((words) => !words.startsWith('Getting'))).toEqual([]);

  // The first message is further back than what came with the link. Without a connection, the press says why nothing happens.
  await push(bob, [{ ...sendOp(stream, 'as I said'), replyTo: first?.id }]);
  await page.getByRole('button', { name: /^Jump to/ }).click();
  const quote = message(page, 'as I said').getByRole('button', { name: 'This message isn’t on this device' });
  await quote.waitFor();
  await device.context.setOffline(true);
  await quote.click();
  await page.getByRole('paragraph').filter({ hasText: 'This message isn’t on this device' }).waitFor();
  await device.context.setOffline(false);
  await push(bob, [sendOp(stream, 'over')]);
  await message(page, 'over').waitFor();
  await quote.click();
  const original = page.locator(`[data-message="${first?.id}"]`);
  await expectFocus(original);
  await expect.poll(() => original.locator('[class*=highlighted]').count()).toBe(1);
  expect(asked.map(({ around }) => around)).toContainEqual({ id: first?.id });

  // Somebody who is not in the chat is told so, once that is known, and not before.
  const stranger = await stage.visitor('Cy Stranger');
  await stranger.page.goto(link);
  await stranger.page.getByRole('button', { name: 'Sign up', exact: true }).click();
  await stranger.page.getByLabel('Name', { exact: true }).fill('Cy Stranger');
  await stranger.page.getByLabel('Email', { exact: true }).fill(stranger.email);
  await stranger.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await stranger.page.getByRole('button', { name: 'Sign up', exact: true }).click();
  await stranger.page.getByRole('heading', { name: 'This chat isn’t on this device' }).waitFor();
});
