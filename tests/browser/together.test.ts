import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  conversation,
  entry,
  expectTexts,
  follow,
  message,
  openChat,
  openVisitor,
  write,
} from './browser.fixture.ts';
import { newId, push, rowsOf, sendOp, streamOf, userIdOf } from './device.fixture.ts';
import { chooseFromMenu, expectFocus } from './expectations.fixture.ts';
import { listenToAnnouncer } from './list.fixture.ts';
import { DESKTOP, authenticate, makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * What two people do with each other's messages, one of them offline and only with keys. Without a worker, the code of menus
 * and dialogs is there once it has been used.
 */

const stage = setStage();
let uma: Visitor;
let per: Visitor;

beforeAll(async () => {
  uma = await openVisitor(stage.browser, stage.server.origin, 'Uma Urban', DESKTOP);
  per = await openVisitor(stage.browser, stage.server.origin, 'Per Poole', DESKTOP);
  await Promise.all([register(uma), register(per)]);
  await Promise.all([uma.page.goto('/'), per.page.goto('/')]);
  return () => Promise.all([uma.context.close(), per.context.close()]);
});

const nothingWaits = ({ page }: Visitor) =>
  expect.poll(async () => (await rowsOf<object>(page, 'outbox')).length).toBe(0);

async function cancel(dialog: Locator, button = 'Cancel'): Promise<void> {
  await dialog.getByRole('button', { name: button }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

test('[OP3] [CL1] offline, a message is forwarded to several chats; if it is deleted meanwhile, it is not forwarded, and the sender sees why', async () => {
  const umaId = await userIdOf(uma);
  const [deck, bow, stern] = [
    await makeGroup(per, 'Deck', umaId),
    await makeGroup(per, 'Bow', umaId),
    await makeGroup(per, 'Stern', umaId),
  ] as const;
  const gone = { ...sendOp(deck, 'man overboard, false alarm'), id: newId() };
  await push(uma, [sendOp(deck, 'all hands on deck'), gone]);
  for (const stream of [bow, stern]) await push(uma, messageOps(stream, ['quiet']));
  const { page } = per;
  await openChat(page, 'Deck');
  const dialog = page.getByRole('dialog', { name: 'Forward to' });
  const forward = async (text: string, ...chats: string[]) => {
    await chooseFromMenu(message(page, text), 'Forward');
    for (const chat of chats) await dialog.getByRole('button', { name: chat }).press('Enter');
  };
  await forward('all hands on deck');
  await cancel(dialog);

  await per.context.setOffline(true);
  await forward('all hands on deck', 'Bow', 'Stern');
  await dialog.getByRole('button', { name: 'Forward to 2 chats' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Will be sent to 2 chats').first().waitFor();
  await forward('man overboard, false alarm', 'Bow');
  await dialog.getByRole('button', { name: 'Forward to 1 chat' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await openChat(page, 'Bow');
  await message(page, 'man overboard, false alarm').waitFor();
  await push(uma, [{ id: newId(), stream: deck, kind: 'message.delete', messageId: gone.id }]);
  await per.context.setOffline(false);

  for (const chat of ['Bow', 'Stern']) {
    await openChat(uma.page, chat);
    await message(uma.page, 'all hands on deck').getByText('Uma Urban').first().waitFor();
  }
  await page.getByText('Not sent: the message was deleted').waitFor();
  // Only what waits is said to be sent automatically.
  await follow(page, '/outbox');
  await page.getByText('What couldn’t be sent stays here').waitFor();
  expect(await page.getByText('sent automatically').count()).toBe(0);
  await openChat(page, 'Bow');
  await page.getByRole('button', { name: 'Discard' }).press('Enter');
  await page.getByText('Not sent').first().waitFor({ state: 'detached' });
  await nothingWaits(per);
  await openChat(uma.page, 'Bow');
  expect(await message(uma.page, 'man overboard').count()).toBe(0);
});

test('[OP3] of several messages that are being forwarded, one that somebody deletes meanwhile is left out, and the sender is told', async () => {
  const perId = await userIdOf(per);
  const [galley, pantry] = [await makeGroup(uma, 'Galley', perId), await makeGroup(uma, 'Pantry', perId)] as const;
  const sent = ['salt', 'pepper', 'sugar'].map((text) => ({ ...sendOp(galley, text), id: newId() }));
  await push(uma, sent);
  await push(uma, messageOps(pantry, ['what is needed?']));
  const { page } = per;
  await openChat(page, 'Galley');
  await chooseFromMenu(message(page, 'salt'), 'Select');
  for (const text of ['pepper', 'sugar']) await message(page, text).press('Enter');
  await page.getByText('3 messages selected').waitFor();
  await page
    .getByRole('toolbar', { name: 'Selected messages' })
    .getByRole('button', { name: 'Forward' })
    .press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Forward to' });
  await dialog.getByRole('button', { name: 'Pantry' }).press('Enter');
  await push(uma, [{ id: newId(), stream: galley, kind: 'message.delete', messageId: sent[1]?.id }]);
  const held = async () =>
    (await rowsOf<{ id: string; deletedAt?: string }>(page, 'messages')).find(({ id }) => id === sent[1]?.id);
  await expect.poll(async () => (await held())?.deletedAt).toBeDefined();
  await dialog.getByRole('button', { name: 'Forward to 1 chat' }).press('Enter');
  await page
    .getByText('Forwarded to 1 chat. 1 message was left out, because it was deleted in the meantime.')
    .first()
    .waitFor();
  await openChat(uma.page, 'Pantry');
  await message(uma.page, 'sugar').waitFor();
  await expectTexts(uma.page, ['what is needed?', 'salt', 'sugar']);
  await nothingWaits(per);
  expect([...uma.complaints, ...per.complaints]).toEqual([]);
});

test('[OP6] [OP8] [RD2] offline, a message is replied to, edited and reacted to; the details show who reacted to, read and received it, and a reaction to a deleted message says so', async () => {
  const stream = await makeGroup(per, 'Mess', await userIdOf(uma));
  const [soup, gone] = ['soup is on', 'stew is on'].map((text) => ({ ...sendOp(stream, text), id: newId() }));
  await push(uma, [soup, gone] as object[]);
  await push(per, messageOps(stream, ['no bread left']));
  const { page } = per;
  await openChat(page, 'Mess');
  await openChat(uma.page, 'Mess');
  const info = page.getByRole('dialog', { name: 'Message details' });
  const edit = page.getByRole('dialog', { name: 'Edit message' });
  await chooseFromMenu(message(page, 'no bread left'), 'Info');
  await cancel(info, 'Close');
  await chooseFromMenu(message(page, 'no bread left'), 'Edit');
  await cancel(edit);
  const react = async (text: string) => {
    await chooseFromMenu(message(page, text), 'React');
    await page.getByRole('button', { name: 'thumbs up', exact: true }).press('Enter');
  };
  await react('no bread left');
  await nothingWaits(per);

  await per.context.setOffline(true);
  await react('soup is on');
  await react('stew is on');
  await message(page, 'stew is on').getByRole('button', { name: 'thumbs up, 1', pressed: true }).waitFor();
  await chooseFromMenu(message(page, 'soup is on'), 'Reply');
  await write(page, 'coming at once');
  await chooseFromMenu(message(page, 'no bread left'), 'Edit');
  await edit.getByRole('textbox').fill('one loaf left');
  await edit.getByRole('button', { name: 'Save' }).press('Enter');
  await message(page, 'one loaf left').waitFor();
  await push(uma, [{ id: newId(), stream, kind: 'message.delete', messageId: gone?.id }]);
  await per.context.setOffline(false);

  await page.getByText('Reaction not saved: the message was deleted').waitFor();
  await page.getByRole('button', { name: 'Discard' }).press('Enter');
  await page.getByText('Reaction not saved').waitFor({ state: 'detached' });
  await message(uma.page, 'soup is on').getByRole('button', { name: 'thumbs up, 1' }).waitFor();
  await message(uma.page, 'one loaf left').waitFor();
  await message(uma.page, 'coming at once')
    .getByRole('button', { name: /soup is on/ })
    .press('Enter');
  await expectFocus(message(uma.page, 'soup is on'));
  await uma.page.bringToFront();
  await message(page, 'coming at once', 'Read').waitFor();
  await chooseFromMenu(message(page, 'one loaf left'), 'Info');
  const facts = async () => (await info.locator('dl > div').allInnerTexts()).map((text) => text.split('\n'));
  const named = async () => (await facts()).filter(([, value = '']) => !/\d/.test(value));
  await expect.poll(named).toEqual([
    ['👍', 'You'],
    ['Read by', 'Uma Urban'],
  ]);
  expect((await facts()).map(([label]) => label).slice(0, 3)).toEqual(['Written', 'Sent', 'Edited']);
  await cancel(info, 'Close');

  // What has arrived on a device is not read before somebody looks at it.
  await follow(uma.page, '/');
  await write(page, 'one slice left');
  await entry(uma.page, 'Mess').getByText('one slice left').waitFor();
  await message(page, 'one slice left', 'Delivered').waitFor();
  await chooseFromMenu(message(page, 'one slice left'), 'Info');
  await expect.poll(named).toEqual([['Delivered to', 'Uma Urban']]);
  await cancel(info, 'Close');
  expect([...uma.complaints, ...per.complaints]).toEqual([]);
});

test('whatever is open about a message that somebody deletes meanwhile says so, and the focus then goes to the message', async () => {
  const stream = await makeGroup(uma, 'Hatch', await userIdOf(per));
  const texts = ['the first', 'the second', 'the third', 'the fourth', 'which hatch?'];
  const sent = texts.map((text) => ({ ...sendOp(stream, text), id: newId() }));
  Object.assign(sent[4] ?? {}, { poll: { options: ['fore', 'aft'] } });
  await push(uma, sent);
  const poll = sent[4]?.id;
  await push(uma, [{ id: newId(), stream, kind: 'poll.vote', messageId: poll, options: [0] }]);
  sent.push({ ...sendOp(stream, 'who steers?'), id: newId(), poll: { options: ['Uma', 'Per'] } } as never);
  await push(per, sent.slice(5));
  const { page } = per;
  await openChat(page, 'Hatch');
  const remove = (at: number) => push(uma, [{ id: newId(), stream, kind: 'message.delete', messageId: sent[at]?.id }]);
  const gone = page.getByRole('dialog', { name: 'This message was deleted in the meantime.' });
  const row = (at: number) => page.locator(`[data-message="${sent[at]?.id}"]`);
  const closes = async (at: number) => {
    await cancel(gone, 'Close');
    await expectFocus(row(at));
  };

  await chooseFromMenu(message(page, 'the first'), 'Info');
  await page.getByRole('dialog', { name: 'Message details' }).waitFor();
  await remove(0);
  await closes(0);
  await chooseFromMenu(message(page, 'the second'), 'Report');
  await page.getByRole('dialog', { name: 'Report a message' }).waitFor();
  await remove(1);
  await closes(1);
  await chooseFromMenu(message(page, 'the third'), 'Forward');
  await page.getByRole('dialog', { name: 'Forward to' }).waitFor();
  await remove(2);
  await closes(2);
  const votes = page.getByRole('dialog', { name: 'Votes' });
  await row(4).getByRole('button', { name: 'Show votes' }).press('Enter');
  await votes.getByText('Uma Urban').waitFor();
  await remove(4);
  await closes(4);
  await row(5).getByRole('button', { name: 'Close poll' }).press('Enter');
  await page.getByRole('dialog', { name: 'Close this poll?' }).waitFor();
  await remove(5);
  await closes(5);
  // This one is beside its message, which itself shows that it is deleted; who can't see that hears it.
  const announced = await listenToAnnouncer(page);
  const popover = page.getByRole('dialog', { name: 'React' });
  await chooseFromMenu(message(page, 'the fourth'), 'React');
  await popover.waitFor();
  await remove(3);
  await popover.waitFor({ state: 'detached' });
  await expectFocus(row(3).and(message(page, 'Message deleted')));
  await expect.poll(announced).toEqual(['This message was deleted in the meantime.']);
  expect([...uma.complaints, ...per.complaints]).toEqual([]);
});

test('[OP16] [CL1] notes to oneself are kept offline, and a chat is marked as unread without opening it, on all devices', async () => {
  const stream = await makeGroup(uma, 'Crow’s nest', await userIdOf(per));
  await push(uma, messageOps(stream, ['land ahead']));
  const { page } = per;
  await openChat(page, 'Crow’s nest');
  await message(page, 'land ahead').waitFor();
  await page.bringToFront();
  await expect.poll(() => describedAs(entry(page, 'Crow’s nest'))).not.toContain('unread');
  await page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).first().press('Enter');
  await page.getByRole('button', { name: 'Notes to myself' }).press('Enter');
  await conversation(page, 'Notes to myself').waitFor();
  const notes = streamOf(page);
  await openMenu(page, 'Crow’s nest');
  await page.keyboard.press('Escape');

  await per.context.setOffline(true);
  await write(page, 'buy a longer ladder');
  await openMenu(page, 'Crow’s nest');
  await page.getByRole('menuitem', { name: 'Mark as unread' }).press('Enter');
  await expect.poll(() => describedAs(entry(page, 'Crow’s nest'))).toContain('Marked as unread');
  await per.context.setOffline(false);
  await nothingWaits(per);

  const other = await openVisitor(stage.browser, stage.server.origin, 'Per Poole', DESKTOP);
  await other.context.addCookies(await per.context.cookies());
  await other.page.goto('/');
  await expect.poll(() => describedAs(entry(other.page, 'Crow’s nest'))).toContain('Marked as unread');
  await openChat(other.page, 'Notes to myself');
  await message(other.page, 'buy a longer ladder').waitFor();
  expect(streamOf(other.page)).toBe(notes);
  await other.context.close();
});

test('[ask 29] [SR1] a search finds messages on the device and those that only the server has, opens them in place, and says offline that only the device was searched', async () => {
  const stream = await makeGroup(uma, 'Hold', await userIdOf(per));
  await push(
    uma,
    messageOps(stream, ['the anchor chain is rusty', ...Array.from({ length: 300 }, (_, at) => `crate ${at}`)]),
  );
  await push(uma, messageOps(stream, ['ANCHÓR watch at ten']));
  // The chat opens at its end, far from the first message.
  await push(per, [{ id: newId(), stream, kind: 'receipt.mark', readSeq: 302 }]);
  const tablet = { ...(await stage.visitor('Per Poole', DESKTOP)), email: per.email };
  await authenticate(tablet);
  const { page } = tablet;
  await page.goto('/');
  await openChat(page, 'Hold');
  await message(page, 'ANCHÓR watch at ten').waitFor();
  const held = async () => (await rowsOf<{ text: string }>(page, 'messages')).map(({ text }) => text);
  expect(await held()).not.toContain('the anchor chain is rusty');
  const search = page.getByRole('combobox', { name: 'Search in this chat' });
  const found = page.getByRole('listbox', { name: 'Search in this chat' }).getByRole('option');
  const look = async (words: string) => {
    await page.getByRole('button', { name: 'Search in this chat' }).first().press('Enter');
    await search.fill(words);
  };
  // The server's index follows what is sent.
  const onServer = async () => {
    const answer = await page.request.get(`/api/search?${new URLSearchParams({ q: 'anchor', stream }).toString()}`);
    return ((await answer.json()) as { records?: object[] }).records?.length;
  };
  await expect.poll(onServer).toBe(2);
  await look('anchor');
  await expect
    .poll(() => found.allInnerTexts())
    .toEqual([expect.stringContaining('ANCHÓR watch at ten'), expect.stringContaining('the anchor chain is rusty')]);
  const elsewhere = found.filter({ hasText: 'On the server' });
  expect(await elsewhere.allInnerTexts()).toEqual([expect.stringContaining('the anchor chain is rusty')]);
  await search.press('ArrowDown');
  await search.press('Enter');
  await expectFocus(message(page, 'the anchor chain is rusty'));
  expect(await held()).toContain('the anchor chain is rusty');
  await look('anchor');
  await found.nth(1).waitFor();
  await page.getByText('Searching').waitFor({ state: 'detached' });
  expect(await elsewhere.count()).toBe(0);
  await search.press('Escape');

  await tablet.context.setOffline(true);
  await look('crate 29');
  await page.getByText('Only messages on this device were searched').waitFor();
  await found.filter({ hasText: 'crate 299' }).waitFor();
  await search.press('Escape');
  await search.waitFor({ state: 'detached' });
  await tablet.context.setOffline(false);

  // What is found is narrowed by kind and days. No message was written in the past century, and each until the end of this one.
  await push(uma, messageOps(stream, ['anchors are at https://anchor.example']));
  await expect.poll(onServer).toBe(3);
  await look('anchor');
  const counts = (hits: number) => expect.poll(() => found.count()).toBe(hits);
  await counts(3);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Filters' }).click();
  await dialog.getByLabel('What').selectOption('Links');
  await expect.poll(() => found.allInnerTexts()).toEqual([expect.stringContaining('anchors are at')]);
  await dialog.getByRole('button', { name: 'Filters: 1 in use' }).waitFor();
  await dialog.getByLabel('What').selectOption('Voice messages');
  await dialog.getByText('Nothing found').waitFor();
  await dialog.getByLabel('What').selectOption('Anything');
  await counts(3);
  for (const [field, day, hits] of [
    ['To date', '1999-12-31', 0],
    ['To date', '2099-12-31', 3],
    ['From date', '2099-12-31', 0],
    ['From date', '2000-01-01', 3],
  ] as const) {
    await dialog.getByLabel(field).fill(day);
    await counts(hits);
  }
  await dialog.getByRole('button', { name: 'Filters: 2 in use' }).waitFor();
  expect([...uma.complaints, ...per.complaints, ...tablet.complaints]).toEqual([]);
});

async function openMenu(page: Page, chat: string): Promise<void> {
  await entry(page, chat).press('Shift+F10');
  await page.getByRole('menuitem', { name: 'Mark as unread' }).waitFor();
}

const describedAs = (link: Locator) =>
  link.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => document.querySelector(`#${CSS.escape(id)}`)?.textContent ?? '')
      .join(' '),
  );
