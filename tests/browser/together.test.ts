import type { Locator } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Visitor, message, openChat, openVisitor } from './browser.fixture.ts';
import { newId, push, rowsOf, sendOp, userIdOf } from './device.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { DESKTOP, makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * What two people do with each other's messages, of whom one is offline meanwhile, and by keys alone. Without a worker, the code of menus
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

async function cancel(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}

test('[OP3] [CL1] offline, a message is forwarded to several chats; one that is deleted meanwhile goes nowhere, and its sender reads why', async () => {
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
  await page.getByRole('button', { name: 'Discard' }).press('Enter');
  await page.getByText('Not sent').waitFor({ state: 'detached' });
  await nothingWaits(per);
  await openChat(uma.page, 'Bow');
  expect(await message(uma.page, 'man overboard').count()).toBe(0);
});
