import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Visitor, conversation, entry, message, openChat, openVisitor, write } from './browser.fixture.ts';
import { newId, push, rowsOf, sendOp, storedTexts } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { DESKTOP, authenticate, makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * Everyday actions in chats. Two people share a server, and each case has its own group.
 */

const stage = setStage();
let ida: Visitor;
let kai: Visitor;
let idaId: string;
let kaiId: string;

beforeAll(async () => {
  ida = await openVisitor(stage.browser, stage.server.origin, 'Ida Brandt', DESKTOP);
  kai = await openVisitor(stage.browser, stage.server.origin, 'Kai Kern', DESKTOP);
  idaId = await register(ida);
  kaiId = await register(kai);
  await Promise.all([ida.page.goto('/'), kai.page.goto('/')]);
  return () => Promise.all([ida.context.close(), kai.context.close()]);
});

const box = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });

test('[OP2] [RD5] a name is completed after an at sign, even offline; for the other person the mention is counted, and they can jump to it', async () => {
  const stream = await makeGroup(kai, 'Harbour', idaId);
  await openChat(kai.page, 'Harbour');
  await conversation(kai.page, 'Harbour').getByText('2 people').waitFor();
  // Without a worker, the code is there once it has been used.
  await box(kai.page).fill('@');
  await kai.page.getByRole('option', { name: 'Ida Brandt' }).waitFor();
  await box(kai.page).fill('');
  await kai.context.setOffline(true);
  await box(kai.page).pressSequentially('Ahoy @id');
  await kai.page.getByRole('option', { name: 'Ida Brandt' }).waitFor();
  // Somebody may type faster than a busy device draws.
  const frames = await kai.page.evaluateHandle(() => {
    const { requestAnimationFrame: request } = globalThis;
    globalThis.requestAnimationFrame = (run) => Number(setTimeout(() => request(run), 250));
    return { mend: () => (globalThis.requestAnimationFrame = request) };
  });
  await box(kai.page).press('Enter');
  await expect.poll(() => box(kai.page).inputValue()).toBe('Ahoy @Ida Brandt ');
  await box(kai.page).pressSequentially('there', { delay: 100 });
  await frames.evaluate(({ mend }) => void mend());
  await expect.poll(() => box(kai.page).inputValue()).toBe('Ahoy @Ida Brandt there');
  await box(kai.page).press('Enter');
  await message(kai.page, 'Ahoy @Ida Brandt there').getByRole('button', { name: '@Ida Brandt' }).waitFor();
  await kai.context.setOffline(false);
  await message(kai.page, 'Ahoy @Ida Brandt there', 'Sent|Delivered').waitFor();
  await push(
    kai,
    Array.from({ length: 40 }, (_, at) => sendOp(stream, `line ${at}`)),
  );
  await push(kai, [{ ...sendOp(stream, 'and @Ida Brandt again'), mentions: [idaId] }]);

  await entry(ida.page, 'Harbour').filter({ hasText: 'You are mentioned in 2 messages' }).waitFor();
  await openChat(ida.page, 'Harbour');
  // The chat opens at the first unread message, which is the first mention, and reads it.
  const jump = ida.page.getByRole('button', { name: 'Jump to the message that mentions you' });
  await jump.click();
  const last = message(ida.page, 'and @Ida Brandt again');
  await expect.poll(() => last.evaluate((each) => each === document.activeElement)).toBe(true);
  await last.locator('strong').filter({ hasText: '@Ida Brandt' }).waitFor();
  await jump.waitFor({ state: 'detached' });
});

const selected = (page: Page, text: string) => message(page, text).getByRole('checkbox').getAttribute('aria-checked');

/** Chooses an action of a message's menu by its first letters. */
async function choose(page: Page, text: string, action: string): Promise<void> {
  await message(page, text).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}

test('[CL17] several messages are selected by menu, keys and presses, and deleted, which can be undone; what is pinned is above the chat', async () => {
  const stream = await makeGroup(kai, 'Quay', idaId);
  const ops = ['one', 'two', 'three', 'four'].map((text) => sendOp(stream, text)) as { id: string }[];
  await push(kai, ops);
  await push(kai, [{ id: newId(), stream, kind: 'message.pin', messageId: ops[1]?.id, on: true }]);
  const { page } = kai;
  await openChat(page, 'Quay');
  await message(page, 'four').waitFor();
  const bar = page.getByRole('toolbar', { name: 'Selected messages' });
  await kai.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await choose(page, 'three', 'Select');
  await message(page, 'one').getByText('one').click();
  await bar.getByRole('button', { name: 'Copy text' }).click();
  await bar.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('one\nthree');

  await choose(page, 'two', 'Select');
  await bar.getByText('1 message selected').waitFor();
  await message(page, 'two').press('ArrowDown');
  await expect.poll(() => message(page, 'three').evaluate((each) => each === document.activeElement)).toBe(true);
  await page.keyboard.press('Space');
  await bar.getByText('2 messages selected').waitFor();
  await message(page, 'four').getByText('four').click();
  await bar.getByText('3 messages selected').waitFor();
  await message(page, 'three').getByRole('checkbox').click();
  await bar.getByText('2 messages selected').waitFor();
  expect([await selected(page, 'two'), await selected(page, 'three'), await selected(page, 'four')]).toEqual([
    'true',
    'false',
    'true',
  ]);

  await bar.getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => message(page, 'Message deleted').count()).toBe(2);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await message(page, 'two').waitFor();
  await message(page, 'four').waitFor();
  expect(await rowsOf(page, 'outbox')).toEqual([]);
  expect(await storedTexts(kai, stream)).toEqual(['one', 'two', 'three', 'four']);

  // Offline, a deletion can be taken back as long as it waits.
  await kai.context.setOffline(true);
  await choose(page, 'three', 'Delete');
  await choose(page, 'Message deleted', 'Undo deletion');
  await message(page, 'three').waitFor();
  await choose(page, 'one', 'Delete');
  await message(page, 'Message deleted').waitFor();
  await kai.context.setOffline(false);
  await expect.poll(() => storedTexts(kai, stream)).toEqual(['', 'two', 'three', 'four']);

  await page.getByRole('button', { name: 'Pinned message' }).click();
  await expect.poll(() => message(page, 'two').evaluate((each) => each === document.activeElement)).toBe(true);
  expect([...ida.complaints, ...kai.complaints]).toEqual([]);
});

test('[ask 16] everything that waits in all chats is on one page, with its state and age, can be taken back there, and is sent automatically', async () => {
  const streams = [await makeGroup(kai, 'Pier', idaId), await makeGroup(kai, 'Mole', idaId)] as const;
  await push(kai, [sendOp(streams[0], 'hello')]);
  const { page } = kai;
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Show the outbox' }).click();
  await page.getByRole('main').getByText('Nothing is waiting').waitFor();
  await openChat(page, 'Pier');
  await conversation(page, 'Pier').getByText('2 people').waitFor();
  const info = async (text: string, fact: string) => {
    await choose(page, text, 'Info');
    await page.getByRole('dialog').getByText(fact).first().waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
  };
  await info('hello', 'Sent');
  await openChat(page, 'Mole');
  await conversation(page, 'Mole').getByText('2 people').waitFor();
  await kai.context.setOffline(true);
  await page.getByText('Offline: messages wait').waitFor();
  await write(page, 'to the mole');
  await write(page, 'to nobody');
  await openChat(page, 'Pier');
  await write(page, 'to the pier');
  await info('to the pier', 'None yet');
  await page.getByRole('link', { name: 'Show' }).click();
  const items = page.getByRole('main').getByRole('listitem');
  await expect.poll(() => items.count()).toBe(3);
  await items
    .filter({ hasText: 'Message to Pier' })
    .filter({ hasText: 'to the pier' })
    .getByText('Waiting · since')
    .waitFor();
  await items.filter({ hasText: 'to nobody' }).getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => items.count()).toBe(2);
  await kai.context.setOffline(false);
  await page.getByRole('main').getByText('Nothing is waiting').waitFor();
  expect(await Promise.all(streams.map((stream) => storedTexts(kai, stream)))).toEqual([
    ['hello', 'to the pier'],
    ['to the mole'],
  ]);
});

test('[PO1] [PO2] [PO3] [PO4] a poll is asked and voted in offline, shows who voted, and a vote that came too late is explained', async () => {
  const stream = await makeGroup(kai, 'Galley', idaId);
  await push(kai, [sendOp(stream, 'hungry?')]);
  await openChat(kai.page, 'Galley');
  await message(kai.page, 'hungry?').waitFor();
  const composer = conversation(kai.page, 'Galley');
  const ask = async () => {
    await composer.getByRole('button', { name: 'Attach' }).click();
    await kai.page.getByRole('menuitem', { name: 'Poll' }).click();
  };
  const dialog = kai.page.getByRole('dialog', { name: 'New poll' });
  // Without a worker, the code is there once it has been used.
  await ask();
  await dialog.getByRole('button', { name: 'Send poll' }).click();
  await dialog.getByText('Enter a question.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await push(kai, [{ ...sendOp(stream, 'Warm up'), poll: { options: ['a', 'b'] } }]);
  await message(kai.page, 'Poll: .*Warm up').getByRole('button', { name: 'a, 0 votes' }).waitFor();

  await kai.context.setOffline(true);
  await ask();
  await dialog.getByLabel('Question').fill('What is for dinner?');
  await dialog.getByRole('textbox', { name: 'Option 1' }).fill('Soup');
  await dialog.getByRole('textbox', { name: 'Option 2' }).fill('Stew');
  await dialog.getByRole('button', { name: 'Add an option' }).click();
  await dialog.getByRole('textbox', { name: 'Option 3' }).fill('Bread');
  await dialog.getByRole('button', { name: 'Send poll' }).click();
  const kais = message(kai.page, 'Poll: .*What is for dinner');
  await kais.getByRole('button', { name: 'Soup, 0 votes' }).click();
  await kais.getByRole('button', { name: 'Soup, 1 vote', pressed: true }).waitFor();
  await kais.getByRole('button', { name: 'Stew, 0 votes' }).click();
  await kais.getByRole('button', { name: 'Soup, 0 votes', pressed: false }).waitFor();
  await kai.context.setOffline(false);

  await entry(ida.page, 'Galley').filter({ hasText: 'Poll: ' }).waitFor();
  await openChat(ida.page, 'Galley');
  const idas = message(ida.page, 'Poll: .*What is for dinner');
  await idas.getByRole('button', { name: 'Stew, 1 vote' }).waitFor();
  await idas.getByRole('button', { name: 'Bread, 0 votes' }).click();
  await kais.getByText('2 people voted').waitFor();
  await kais.getByRole('button', { name: 'Show votes' }).click();
  const votes = kai.page.getByRole('dialog', { name: 'Votes' });
  await votes.getByText('Ida Brandt').waitFor();
  await votes.getByRole('button', { name: 'Close' }).click();

  // Closed while Ida is offline and changes her vote.
  await ida.context.setOffline(true);
  await idas.getByRole('button', { name: 'Soup, 0 votes' }).click();
  await idas.getByRole('button', { name: 'Soup, 1 vote', pressed: true }).waitFor();
  await kais.getByRole('button', { name: 'Close poll' }).click();
  await kai.page.getByRole('dialog').getByRole('button', { name: 'Close poll' }).click();
  await kais.getByText('Closed').waitFor();
  await expect.poll(async () => (await rowsOf<object>(kai.page, 'outbox')).length).toBe(0);
  await ida.context.setOffline(false);
  await idas.getByText('Vote not counted: the poll is closed').waitFor();
  await idas.getByRole('button', { name: 'Bread, 1 vote', pressed: true }).waitFor();
  expect(await idas.getByRole('button', { name: 'Soup, 0 votes' }).isDisabled()).toBe(true);
  await idas.getByRole('button', { name: 'Discard' }).click();
  await idas.getByText('Vote not counted').waitFor({ state: 'detached' });

  // In an anonymous poll, everybody sees the counts and their own vote, and has no other votes on the device.
  await push(kai, [{ ...sendOp(stream, 'Who steers?'), poll: { options: ['Bo', 'Di'], isAnonymous: true } }]);
  const secret = (page: Page) => message(page, 'Poll: .*Who steers');
  await secret(kai.page).getByRole('button', { name: 'Bo, 0 votes' }).click();
  await secret(ida.page).getByRole('button', { name: 'Bo, 1 vote', pressed: false }).waitFor();
  await secret(ida.page).getByRole('button', { name: 'Di, 0 votes' }).click();
  for (const [person, id, option, vote] of [
    [kai, kaiId, 'Bo', 0],
    [ida, idaId, 'Di', 1],
  ] as const) {
    const shown = secret(person.page);
    await shown.getByText('2 people voted').waitFor();
    await shown.getByText('Anonymous poll', { exact: true }).waitFor();
    await shown.getByRole('button', { name: `${option}, 1 vote`, pressed: true }).waitFor();
    expect(await shown.getByRole('button', { pressed: true }).count()).toBe(1);
    expect(await shown.getByRole('button', { name: 'Show votes' }).count()).toBe(0);
    const rows = await rowsOf<{ text: string; poll?: { votes: object } }>(person.page, 'messages');
    expect(rows.find(({ text }) => text === 'Who steers?')?.poll?.votes).toEqual({ [id]: [vote] });
  }
});

test('[SM1] [SM2] [SM3] [SM4] a message is scheduled, changed and cancelled offline and on all devices, and sent when it is due', async () => {
  const stream = await makeGroup(kai, 'Bridge', idaId);
  const far = new Date(Date.now() + 86_400_000).toISOString();
  const seed = { id: newId(), kind: 'message.schedule', stream, dueAt: far, text: 'from another device' };
  await push(kai, [sendOp(stream, 'all quiet'), seed]);
  await openChat(kai.page, 'Bridge');
  const { page } = kai;
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const later = page.getByRole('button', { name: 'Send later' });
  const menu = page.getByRole('menu', { name: 'Schedule' });
  const list = page.getByRole('dialog', { name: 'Scheduled messages' });
  const item = (text: string) => list.getByRole('listitem').filter({ hasText: text });
  const choose = async (text: string, action: string) => {
    await item(text).getByRole('group', { name: text }).getByRole('button', { name: action }).click();
  };
  // What another device has scheduled is here. Without a worker, the code is there once it has been used.
  await page.getByRole('button', { name: '1 scheduled message' }).click();
  await choose('from another device', 'Edit text');
  await page.getByRole('dialog', { name: 'Edit text' }).getByRole('button', { name: 'Cancel' }).click();
  await choose('from another device', 'Change time');
  const when = page.getByRole('dialog', { name: 'When should it be sent?' });
  await when.getByLabel('Day').fill('2020-01-01');
  await when.getByRole('button', { name: 'Save' }).click();
  await when.getByText('This time has passed.').waitFor();
  await page.keyboard.press('Escape');
  await list.getByRole('button', { name: 'Close' }).click();

  await box(page).fill('later, by a right click');
  await send.click({ button: 'right' });
  await menu.getByRole('menuitem', { name: 'In an hour' }).click();
  await page.getByRole('button', { name: '2 scheduled messages' }).waitFor();
  expect(await box(page).inputValue()).toBe('');
  await expect.poll(async () => (await rowsOf<object>(page, 'outbox')).length).toBe(0);

  await kai.context.setOffline(true);
  await box(page).fill('written offline');
  await box(page).press('Tab');
  await page.keyboard.press('Tab');
  await expectFocus(later);
  await page.keyboard.press('Tab');
  await expectFocus(send);
  await page.keyboard.press('Shift+F10');
  await menu.waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(box(page));
  await later.click();
  await menu.getByRole('menuitem', { name: 'Another time' }).click();
  await when.getByLabel('Time').waitFor();
  await when.getByRole('button', { name: 'Schedule' }).click();
  await page.getByRole('button', { name: '3 scheduled messages' }).click();
  await item('written offline').getByText('waits for a connection').waitFor();
  await choose('written offline', 'Edit text');
  await page.getByRole('textbox', { name: 'Edit text' }).fill('written and edited offline');
  await page.getByRole('button', { name: 'Save' }).click();
  await item('written and edited offline').waitFor();
  await choose('written and edited offline', 'Send now');
  await item('written and edited offline').getByText('Being sent').waitFor();
  await choose('by a right click', 'Cancel message');
  await page.getByRole('button', { name: '2 scheduled messages' }).click();
  await choose('from another device', 'Cancel message');
  await page.getByRole('button', { name: '1 scheduled message' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: '2 scheduled messages' }).click();
  await item('from another device').waitFor();
  await kai.context.setOffline(false);

  await item('written and edited offline').waitFor({ state: 'detached' });
  await openChat(ida.page, 'Bridge');
  await message(ida.page, 'written and edited offline').waitFor();
  await item('from another device').waitFor();
  await expect.poll(() => list.getByRole('listitem').count()).toBe(1);
  await page.keyboard.press('Escape');
  await message(page, 'written and edited offline').waitFor();
  expect(await message(ida.page, 'by a right click').count()).toBe(0);
  await ida.page.getByText('scheduled message').waitFor({ state: 'detached' });
});

test('[SM1] [SM2] [CL14] a file and a poll are scheduled offline, wait on the server, and are sent or cancelled', async () => {
  const stream = await makeGroup(kai, 'Locks', idaId);
  const far = new Date(Date.now() + 86_400_000).toISOString();
  const seed = { id: newId(), kind: 'message.schedule', stream, dueAt: far, text: 'in the end' };
  await push(kai, [sendOp(stream, 'open'), seed]);
  await openChat(kai.page, 'Locks');
  const { page } = kai;
  const list = page.getByRole('dialog', { name: 'Scheduled messages' });
  const item = (text: string) => list.getByRole('listitem').filter({ hasText: text });
  const sheet = page.getByRole('dialog', { name: 'Send to Locks' });
  const poll = page.getByRole('dialog', { name: 'New poll' });
  const pick = (name: string) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('gate times, '.repeat(1_000)) });
  const openPoll = async () => {
    await page.getByRole('button', { name: 'Attach' }).click();
    await page.getByRole('menuitem', { name: 'Poll' }).click();
    await poll.waitFor();
  };
  // Without a worker, the code is there once it has been used.
  await page.getByRole('button', { name: '1 scheduled message' }).click();
  await item('in the end').getByRole('button', { name: 'Edit text' }).click();
  await page.getByRole('dialog', { name: 'Edit text' }).getByRole('button', { name: 'Cancel' }).click();
  await list.getByRole('button', { name: 'Close' }).click();
  await pick('other.txt');
  await sheet.getByLabel('When should it be sent?').selectOption('Another time');
  await sheet.getByLabel('Day').fill('2020-01-01');
  await sheet.getByRole('button', { name: 'Schedule' }).click();
  await sheet.getByText('This time has passed.').waitFor();
  await sheet.getByRole('button', { name: 'Cancel' }).click();
  await openPoll();
  await poll.getByRole('button', { name: 'Cancel' }).click();

  await kai.context.setOffline(true);
  for (const name of ['gate.txt', 'taken back.txt']) {
    await pick(name);
    await sheet.getByLabel('Add a text').fill(`about ${name}`);
    await sheet.getByLabel('When should it be sent?').selectOption({ index: 1 });
    await sheet.getByRole('button', { name: 'Schedule' }).click();
    await sheet.waitFor({ state: 'detached' });
  }
  await openPoll();
  await poll.getByLabel('Question').fill('Which gate?');
  await poll.getByLabel('Option 1').fill('North');
  await poll.getByLabel('Option 2').fill('South');
  await poll.getByLabel('When should it be sent?').selectOption({ index: 2 });
  await poll.getByRole('button', { name: 'Schedule' }).click();
  await page.getByRole('button', { name: '4 scheduled messages' }).click();
  await item('about gate.txt').getByText('waits for a connection').waitFor();
  expect(await item('Which gate?').getByRole('button', { name: 'Edit text' }).count()).toBe(0);
  await item('taken back.txt').getByRole('button', { name: 'Cancel message' }).click();
  // A message that is sent now does not wait for the file of one that is sent later.
  await write(page, 'meanwhile');
  await kai.context.setOffline(false);

  await openChat(ida.page, 'Locks');
  await message(ida.page, 'meanwhile').waitFor();
  await expect.poll(async () => (await rowsOf<object>(page, 'outbox')).length).toBe(0);
  await page.getByRole('button', { name: '3 scheduled messages' }).click();
  await item('about gate.txt').getByRole('button', { name: 'Edit text' }).click();
  await page.getByRole('textbox', { name: 'Edit text' }).fill('the times of the gate');
  await page.getByRole('button', { name: 'Save' }).click();
  await item('the times of the gate').getByText('gate.txt').waitFor();
  for (const text of ['the times of the gate', 'Which gate?'])
    await item(text).getByRole('button', { name: 'Send now' }).click();
  await message(ida.page, 'the times of the gate').getByText('gate.txt').waitFor();
  await message(ida.page, 'Which gate?').getByRole('button', { name: 'North, 0 votes' }).waitFor();
  await expect
    .poll(() =>
      list
        .getByRole('listitem')
        .filter({ has: page.getByRole('group') })
        .count(),
    )
    .toBe(1);
  await page.keyboard.press('Escape');
  expect(await message(ida.page, 'taken back').count()).toBe(0);
});

test('[CL21] [ask 29] a device keeps as much of each chat as its person sets, and all of a chat that is kept offline; all of it can be found and read offline', async () => {
  const texts = Array.from({ length: 260 }, (_, at) => `log entry ${at + 1}`);
  // A second try finds the chats of the first one.
  const [nearName, farName] = ['Logbook', 'Chartroom'].map((name) => `${name} ${newId().slice(-4)}`) as [
    string,
    string,
  ];
  const [near, far] = [await makeGroup(kai, nearName, idaId), await makeGroup(kai, farName, idaId)] as const;
  for (const stream of [near, far]) await push(kai, messageOps(stream, texts));
  const tablet = { ...(await stage.visitor('Ida Brandt', DESKTOP)), email: ida.email };
  await authenticate(tablet);
  const { page } = tablet;
  await page.goto('/');
  const held = async (stream: string) =>
    (await rowsOf<{ stream: string }>(page, 'messages')).filter((row) => row.stream === stream).length;
  await expect.poll(() => held(far)).toBeGreaterThan(0);
  expect(await held(near)).toBeLessThan(texts.length);

  await openChat(page, nearName);
  await page.getByRole('button', { name: 'Media, files and links' }).click();
  await page.getByRole('checkbox', { name: 'Keep on this device' }).check();
  await expect.poll(() => held(near)).toBe(texts.length);
  expect(await held(far)).toBeLessThan(texts.length);

  await page.getByRole('link', { name: 'Settings' }).click();
  const depth = page.getByRole('group', { name: 'Messages of each chat' });
  expect(await depth.getByRole('button', { pressed: true }).innerText()).toBe('The newest');
  await depth.getByRole('button', { name: 'All' }).click();
  await expect.poll(() => held(far)).toBe(texts.length);

  await openChat(page, farName);
  const look = async () => {
    await page.getByRole('button', { name: 'Search in this chat' }).first().click();
    await page.getByRole('dialog').getByRole('combobox').fill('entry 3');
    await page.getByRole('option').first().waitFor();
  };
  // Without a worker, the code is there once it has been used.
  await look();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await tablet.context.setOffline(true);
  await look();
  await page.getByRole('option', { name: /log entry 3$/ }).click();
  await expect.poll(() => message(page, 'log entry 3').evaluate((each) => each === document.activeElement)).toBe(true);
  expect(tablet.complaints).toEqual([]);
});
