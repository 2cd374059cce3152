import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import {
  PATIENCE_MS,
  type Visitor,
  conversation,
  entry,
  openBrowser,
  openChat,
  openVisitor,
  signIn,
  signUp,
} from './browser.fixture.ts';
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

/** Records that a device asks for at once; the counts about it are where an off-by-one would show. */
const PAGE = 500;
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** Straight to the server, as a fast client of that person would. */
async function push({ page }: Visitor, ops: object[]): Promise<void> {
  for (let at = 0; at < ops.length; at += 100) {
    const answer = await page.request.post('/api/sync/push', { data: { ops: ops.slice(at, at + 100) } });
    const { results } = (await answer.json()) as { results: { ok: boolean }[] };
    expect(results.every(({ ok }) => ok)).toBe(true);
  }
}

const userIdOf = async ({ page }: Visitor): Promise<string> => {
  const answer = await page.request.get('/api/auth/get-session');
  return ((await answer.json()) as { user: { id: string } }).user.id;
};

/** Scrolls up to the first message and answers what was met, by place: each article names its place in the list. */
async function scrollThrough(page: Page): Promise<string[]> {
  const met = new Map<string, string>();
  const look = async () => {
    const drawn = await page
      .locator('[data-message]')
      .evaluateAll((articles) =>
        articles.map((article) => [
          article.getAttribute('data-message') ?? '',
          article.querySelector('span[dir=auto]')?.textContent ?? '',
        ]),
      );
    for (const [id = '', text = ''] of drawn) met.set(id, text);
  };
  await look();
  await page.getByRole('region').hover();
  const deadline = Date.now() + 3 * PATIENCE_MS;
  while (![...met.values()].includes('m 0')) {
    if (Date.now() > deadline) throw new Error(`scrolling up ended nowhere, after ${met.size} messages`);
    await page.mouse.wheel(0, -700);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await look();
  }
  await look();
  return [...met.values()].toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2)));
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => `m ${at + 1}`);

test('[ST4] [VB4] [RD4] [ask 12] whoever missed 0, 1, a page less one, a page, a page and one, or 3,000 messages meets each exactly once, and the unread number is right', async () => {
  const ann = await openVisitor(browser, server.origin, 'Ann Arbor');
  const bob = await openVisitor(browser, server.origin, 'Bob Burns');
  await signUp(ann);
  await signUp(bob);
  const bobId = await userIdOf(bob);
  const chats = [0, 1, PAGE - 1, PAGE, PAGE + 1, 3_000].map((missed) => ({
    missed,
    title: `Missed ${missed}`,
    stream: groupStream(newId()),
  }));
  await push(
    ann,
    chats.map(({ stream, title }) => ({ id: newId(), stream, kind: 'conversation.create', title, memberIds: [bobId] })),
  );
  const send = (stream: string, text: string) => ({
    id: newId(),
    stream,
    kind: 'message.send',
    text,
    sentAt: new Date().toISOString(),
  });
  await push(
    ann,
    chats.map(({ stream }) => send(stream, 'm 0')),
  );
  for (const { title } of chats) await entry(bob.page, title).getByText('1 unread message').waitFor();

  await bob.context.setOffline(true);
  for (const { stream, missed } of chats)
    await push(
      ann,
      numbered(missed).map((text) => send(stream, text)),
    );
  await bob.context.setOffline(false);

  for (const { title, missed } of chats) {
    const unread = missed + 1;
    const words =
      unread === 1 ? '1 unread message' : unread > 99 ? 'More than 99 unread messages' : `${unread} unread messages`;
    await entry(bob.page, title).getByText(words).waitFor();
    await expect.poll(() => unreadOf(bob.page, title), { timeout: PATIENCE_MS }).toBe(unread);
    await entry(bob.page, title).click();
    await conversation(bob.page, title).waitFor();
    expect(await scrollThrough(bob.page)).toEqual(['m 0', ...numbered(missed)]);
  }

  // A device that has nothing begins with a window and goes on by history.
  const fresh = { ...(await openVisitor(browser, server.origin, 'Bob Burns')), email: bob.email };
  await signIn(fresh);
  const { title, missed } = chats[4] as (typeof chats)[number];
  await openChat(fresh.page, title);
  expect(await scrollThrough(fresh.page)).toEqual(['m 0', ...numbered(missed)]);
  expect([ann, bob, fresh].flatMap(({ complaints }) => complaints)).toEqual([]);
});

/** What the device itself holds: the list rounds numbers above 99. */
function unreadOf(page: Page, title: string): Promise<number | undefined> {
  return page.evaluate(async (wanted) => {
    const databases = await indexedDB.databases();
    const name = databases.map((each) => each.name ?? '').find((each) => each.startsWith('teamlink-person-')) ?? '';
    const opened = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error as DOMException));
    });
    const rows = await new Promise<{ record?: { title?: string }; unread: number }[]>((resolve) => {
      const request = opened.transaction('conversations').objectStore('conversations').getAll();
      request.addEventListener('success', () => resolve(request.result as never));
    });
    opened.close();
    return rows.find((row) => row.record?.title === wanted)?.unread;
  }, title);
}
