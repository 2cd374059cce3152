import sharp from 'sharp';
import { expect, it } from 'vitest';
import { directStream, type UserId } from '#protocol/ids.ts';
import { attach } from './attach.fixture.ts';
import {
  type Account,
  type Visitor,
  conversation,
  entry,
  message,
  openChat,
  startDirect,
  write,
} from './browser.fixture.ts';
import { newId, push, storedTexts, userIdOf } from './device.fixture.ts';
import { confirm } from './expectations.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { PHONE, authenticate, makeGroup, messageOps } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setOwnStage({ REQUESTS: 'on' });

const chip = ({ page }: Visitor, count: number) => page.getByRole('button', { name: `Requests (${count})` });
const bar = ({ page }: Visitor) => page.getByRole('region', { name: 'Request', exact: true });
const field = ({ page }: Visitor) => page.getByRole('textbox', { name: 'Message' });
const toList = ({ page }: Visitor) => page.getByRole('link', { name: 'Back' }).click();

/** On a phone, Enter begins a new line. */
async function say(by: Visitor, text: string): Promise<void> {
  await field(by).fill(text);
  await by.page.getByRole('button', { name: 'Send', exact: true }).click();
  await message(by.page, text).waitFor();
}

it('[RQ1] [RQ2] [RQ4] a stranger’s chat is listed separately, without notifications and downloads, and reveals nothing about its reader until they accept', async () => {
  const eve = await stage.signedUp('Eve Evans');
  const fay = await stage.signedUp('Fay Frost', PHONE);
  const fetched: string[] = [];
  fay.page.on('request', (request) => {
    if (request.url().includes('/api/media/')) fetched.push(request.url());
  });
  await startDirect(eve, 'Fay Frost');
  await write(eve.page, 'look at https://example.org/');
  const picture = await sharp({ create: { width: 90, height: 60, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  await attach(eve.page, [{ name: 'a.png', mimeType: 'image/png', buffer: picture }], 'a picture');
  await message(eve.page, 'a picture', 'Sent').waitFor();

  await chip(fay, 1).waitFor();
  await fay.page.getByText('No chats yet').waitFor();
  expect(await entry(fay.page, 'Eve Evans').count()).toBe(0);
  expect(await fay.page.title()).not.toMatch(/\d/);
  // All filters are in one row, and at least a part of the last one is in view.
  for (const width of [320, 390]) {
    await fay.page.setViewportSize({ width, height: 844 });
    const rows = await fay.page
      .getByRole('group', { name: 'Filter' })
      .getByRole('button')
      .evaluateAll((chips) => chips.map((each) => each.getBoundingClientRect().y));
    expect([rows.length, new Set(rows).size]).toEqual([5, 1]);
    expect((await chip(fay, 1).boundingBox())?.x).toBeLessThan(width - 30);
  }
  await chip(fay, 1).click();
  await expectReachable(fay.page, 'requests', '[role=search]');
  await fay.page.setViewportSize({ width: 390, height: 844 });
  await openChat(fay.page, 'Eve Evans');
  await bar(fay).getByText('Eve Evans wants to write to you.').waitFor();
  await message(fay.page, 'a picture').getByRole('button', { name: 'Open picture a.png' }).waitFor();
  await message(fay.page, 'look at https://example.org/').waitFor();
  expect(await conversation(fay.page, 'Eve Evans').locator('[data-message] a').count()).toBe(0);
  expect([await field(fay).count(), fetched]).toEqual([0, []]);
  await expectReachable(fay.page, 'request', 'main');
  await fay.page.setViewportSize({ width: 390, height: 844 });

  // Later messages cause no notification either. Eve sees them as sent, although Fay has them on the screen.
  await write(eve.page, 'still there?');
  await message(fay.page, 'still there\\?').waitFor();
  await message(eve.page, 'still there\\?', 'Sent').waitFor();
  expect(await eve.page.getByText('Online', { exact: true }).count()).toBe(0);

  await bar(fay).getByRole('button', { name: 'Accept' }).press('Enter');
  await field(fay).waitFor();
  await message(eve.page, 'still there\\?', 'Read').waitFor();
  await message(fay.page, 'look at https://example.org/').getByRole('link', { name: 'https://example.org/' }).waitFor();
  await expect.poll(() => fetched.length).toBeGreaterThan(0);
  await say(fay, 'hello Eve');
  await message(eve.page, 'hello Eve').waitFor();
  await toList(fay);
  await entry(fay.page, 'Eve Evans').waitFor();
  expect(await chip(fay, 1).count()).toBe(0);
  expect(stage.complaints()).toEqual([]);
});

it('[RQ3] [BL1] without a network a request is accepted, another one blocked, and a group left, and each takes effect later', async () => {
  const hal = await stage.signedUp('Hal Hill', { ...PHONE, ...WITH_WORKER });
  const [ian, jim, kay] = await Promise.all(['Ian Irons', 'Jim Jones', 'Kay Kent'].map((name) => stage.account(name)));
  if (ian === undefined || jim === undefined || kay === undefined) throw new Error('three strangers');
  const halId = await userIdOf(hal);
  const begin = async (from: Account, text: string) => {
    const stream = directStream((await userIdOf(from)) as UserId, halId as UserId);
    const create = { id: newId(), stream, kind: 'conversation.create', memberIds: [halId] };
    await push(from, [create, ...messageOps(stream, [text])]);
    return stream;
  };
  const [direct] = [await begin(ian, 'hello Hal'), await begin(jim, 'buy this')];
  const group = await makeGroup(kay, 'Lottery', halId);
  await push(kay, messageOps(group, ['you have won']));
  await chip(hal, 3).click();
  await entry(hal.page, 'Lottery').waitFor();
  await workerReady(hal);
  await hal.context.setOffline(true);

  await openChat(hal.page, 'Ian Irons');
  await message(hal.page, 'hello Hal').waitFor();
  await bar(hal).getByRole('button', { name: 'Accept' }).click();
  await say(hal, 'do we know each other');
  await toList(hal);
  await chip(hal, 2).click();
  await openChat(hal.page, 'Jim Jones');
  await bar(hal).getByRole('button', { name: 'Block' }).click();
  await confirm(hal.page, 'Block');
  await hal.page.getByText('You blocked this person.').waitFor();
  await toList(hal);
  await chip(hal, 1).click();
  await openChat(hal.page, 'Lottery');
  await bar(hal).getByText('Somebody you don’t know added you to this group.').waitFor();
  await bar(hal).getByRole('button', { name: 'Leave group' }).click();
  await confirm(hal.page, 'Leave group');
  await hal.page.getByText('You’re no longer a member of this chat.').waitFor();
  expect(await storedTexts(ian, direct)).toEqual(['hello Hal']);
  await hal.context.setOffline(false);

  await expect.poll(() => storedTexts(ian, direct)).toEqual(['hello Hal', 'do we know each other']);
  await expect.poll(() => ownStream(hal)).toMatch(/blockedAt/);
  await expect.poll(async () => (await ownStream(hal)).match(/leftAt/g)?.length).toBe(1);
  expect((await ownStream(hal)).match(/"isRequest":true/g)).toHaveLength(1);
  await push(jim, messageOps(directStream((await userIdOf(jim)) as UserId, halId as UserId), ['why not?']));
  await push(ian, messageOps(direct, ['the end']));
  await toList(hal);
  await openChat(hal.page, 'Ian Irons');
  await message(hal.page, 'the end').waitFor();
  await toList(hal);
  expect(await hal.page.getByRole('button', { name: /^Requests/ }).count()).toBe(0);
  expect(await entry(hal.page, 'Jim Jones').count()).toBe(0);
});

it('[RQ3] the menu of a request in the list accepts it too', async () => {
  const [lea, max] = [await stage.signedUp('Lea Lind'), await stage.account('Max Moor')];
  const group = await makeGroup(max, 'Hikers', await userIdOf(lea));
  await push(max, messageOps(group, ['up there']));
  await chip(lea, 1).click();
  const menu = entry(lea.page, 'Hikers');
  await menu.focus();
  await lea.page.keyboard.press('Shift+F10');
  await lea.page.getByRole('menuitem', { name: 'Accept', exact: true }).click();
  await expect.poll(() => entry(lea.page, 'Hikers').getByText('1 unread message').count()).toBe(1);
});

/** The person's own stream, as the server has it. */
async function ownStream({ page }: Account): Promise<string> {
  const userId = await userIdOf({ page } as Account);
  const data = { cursors: {}, only: [`u:${userId}`], limit: 500 };
  return (await page.request.post('/api/sync/pull', { data })).text();
}

it('[RQ1] [L4] in German at 320 px, the beginning of the filter for requests is in view and fades, and it is whole at the end of the row', async () => {
  const [eve, owner] = [await stage.account('Eve Evans'), await stage.account('Fay Frost')];
  await makeGroup(eve, 'Chess', await userIdOf(owner));
  const fay = { ...(await stage.visitor('Fay Frost', { ...PHONE, locale: 'de-DE' })), email: owner.email };
  await authenticate(fay);
  const { page } = fay;
  await page.setViewportSize({ width: 320, height: 568 });
  await page.goto('/');
  const last = page.getByRole('button', { name: 'Anfragen (1)' });
  await last.waitFor();
  const edges = () => last.evaluate((each) => [each.getBoundingClientRect().left, each.getBoundingClientRect().right]);
  const [left = 0] = await edges();
  expect(left).toBeLessThan(320 - 36);
  const filters = page.getByRole('group', { name: 'Filter' });
  const mask = await filters.evaluate((row) => getComputedStyle(row).maskImage);
  const fades = Number(/calc\(100% - (\d+)px\)/.exec(mask)?.[1]);
  expect(fades).toBeGreaterThan(0);
  await filters.evaluate((row) => (row.scrollLeft = row.scrollWidth));
  const [, right = 0] = await edges();
  // Within a pixel, because browsers round how far something is scrolled.
  expect(right).toBeLessThan(320 - fades + 1);
});
