import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  type Visitor,
  conversation,
  createGroup,
  entry,
  expectTexts,
  message,
  openChat,
  startDirect,
  write,
} from './browser.fixture.ts';
import { rowsOf, storedTexts, streamOf } from './device.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setStage();

async function goOffline({ context }: Visitor): Promise<void> {
  stage.link.cut();
  await context.setOffline(true);
}

async function goOnline({ context }: Visitor): Promise<void> {
  stage.link.mend();
  await context.setOffline(false);
}

const TWO_HOURS_MS = 2 * 3_600_000;

/** Messages that are written from now on, until the page is loaded again, have a time this long ago. */
const setClockBack = ({ page }: Visitor, byMs: number) =>
  page.evaluate((ms) => {
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...given: [] | [number | string | Date]) {
        if (given.length === 0) super(RealDate.now() - ms);
        else super(...given);
      }
      static override now() {
        return RealDate.now() - ms;
      }
    } as DateConstructor;
  }, byMs);

const timesIn = (place: Locator) =>
  place.locator('time').evaluateAll((times) => times.map((each) => each.getAttribute('datetime') ?? ''));

test('[S1] while the server does not answer, a new chat offers the people known on this device, and says why', async () => {
  await stage.account('Bob Stalls');
  const { page, context } = await stage.signedUp('Ann Stalls');
  const people = page.getByRole('list', { name: 'People' });
  const bob = people.getByRole('button', { name: 'Bob Stalls' });
  const field = page.getByRole('searchbox', { name: 'Name or email' });
  await page.getByRole('button', { name: 'New chat' }).first().click();
  await bob.waitFor();
  await page.goBack();
  // A request is given up after 2 seconds instead of 15, so that the test need not wait for so long.
  await page.evaluate(() => {
    const start = setTimeout;
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms?: number) => start(run, ms === 15_000 ? 2_000 : ms),
    });
  });
  const unanswered = '**/api/users*';
  await page.route(unanswered, () => undefined);
  await page.getByRole('button', { name: 'New chat' }).first().click();
  await page.getByText('Looking for more people…').waitFor();
  expect(await bob.count()).toBe(1);
  await page.getByText('The server doesn’t answer: showing people known on this device').waitFor();
  expect(await page.getByText('Offline', { exact: false }).count()).toBe(0);
  await field.fill('nobody of this name');
  await page.getByText('Looking for people…').waitFor();
  await page.getByText('The search continues as soon as the server answers.').waitFor();
  await page.unroute(unanswered);
  await context.setOffline(true);
  await field.fill('nobody of that name');
  await page.getByText('No one found on this device').waitFor();
  await page.getByText('The search continues as soon as you’re connected.').waitFor();
  await field.fill('');
  await page.getByText('Offline: showing people known on this device').waitFor();
  await bob.waitFor();
  await context.setOffline(false);
  expect(stage.complaints()).toEqual([]);
});

test('[CL1] [S1] [SH6] [ask 3] [ask 4] [ask 8] messages written offline, in two chats and a new group, survive a reload and are sent automatically, in order and once, with the time at which they were written', async () => {
  const ann = await stage.signedUp('Ann Arbor', { ...WITH_WORKER, over: stage.link });
  const bob = await stage.signedUp('Bob Burns');
  const eve = await stage.account('Eve Evans');
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'before');
  await message(ann.page, 'before', 'Sent|Delivered').waitFor();
  await startDirect(ann, 'Eve Evans');
  await write(ann.page, 'hello Eve');
  await message(ann.page, 'hello Eve', 'Sent|Delivered').waitFor();
  const withEve = streamOf(ann.page);
  await workerReady(ann);

  await goOffline(ann);
  await ann.page
    .getByText(/^Offline since/)
    .first()
    .waitFor();
  await setClockBack(ann, TWO_HOURS_MS);
  await openChat(ann.page, 'Bob Burns');
  for (const text of ['one', 'two', 'three']) await write(ann.page, text);
  await openChat(ann.page, 'Eve Evans');
  for (const text of ['four', 'five']) await write(ann.page, text);
  await createGroup(ann, 'Lighthouse', 'Bob Burns', 'Eve Evans');
  await write(ann.page, 'first in the group');
  await write(ann.page, 'second in the group');

  await ann.page.reload();
  await conversation(ann.page, 'Lighthouse').waitFor();
  await expectTexts(ann.page, ['first in the group', 'second in the group']);
  await message(ann.page, 'second in the group', 'Waiting').waitFor();
  await openChat(ann.page, 'Bob Burns');
  await expectTexts(ann.page, ['before', 'one', 'two', 'three']);
  for (const text of ['one', 'two', 'three']) await message(ann.page, text, 'Waiting').waitFor();
  await ann.page.getByText('7 messages will be sent once you’re connected').waitFor();
  const waiting = await rowsOf<{ op: { text?: string; sentAt: string } }>(ann.page, 'outbox');
  const written = waiting.find(({ op }) => op.text === 'second in the group')?.op.sentAt ?? '';

  await goOnline(ann);
  await message(ann.page, 'three', 'Sent|Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['before', 'one', 'two', 'three']);
  await openChat(bob.page, 'Lighthouse');
  await expectTexts(bob.page, ['first in the group', 'second in the group']);
  const last = message(bob.page, 'second in the group');
  expect(await last.locator('time[title]').getAttribute('datetime')).toBe(written);
  // An open chat shows what has arrived before the list does.
  await expect.poll(() => timesIn(entry(bob.page, 'Lighthouse'))).toEqual([written]);
  await chooseFromMenu(last, 'Info');
  const info = bob.page.getByRole('dialog', { name: 'Message details' });
  await info.getByRole('term').filter({ hasText: 'Sent' }).waitFor();
  const [writtenThen = '', sent = '', ...others] = await timesIn(info);
  expect([writtenThen, ...others]).toEqual([written]);
  expect(Date.parse(sent) - Date.parse(written)).toBeGreaterThanOrEqual(TWO_HOURS_MS);
  await bob.page.keyboard.press('Escape');
  await info.waitFor({ state: 'detached' });
  expect(await storedTexts(eve, withEve)).toEqual(['hello Eve', 'four', 'five']);
  // None is sent again; the next message is the only new one.
  await write(ann.page, 'after');
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['before', 'one', 'two', 'three', 'after']);
  expect(await entry(ann.page, 'Lighthouse').count()).toBe(1);
  expect(stage.complaints()).toEqual([]);
});
