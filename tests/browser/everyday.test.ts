import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { type Visitor, conversation, entry, message, openChat, openVisitor } from './browser.fixture.ts';
import { push, sendOp } from './device.fixture.ts';
import { DESKTOP, makeGroup, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * What people do all day in their chats. Two people share a server; each case has a group of its own.
 */

const stage = setStage();
let ida: Visitor;
let kai: Visitor;
let idaId: string;

beforeAll(async () => {
  ida = await openVisitor(stage.browser, stage.server.origin, 'Ida Brandt', DESKTOP);
  kai = await openVisitor(stage.browser, stage.server.origin, 'Kai Kern', DESKTOP);
  idaId = await register(ida);
  await register(kai);
  await Promise.all([ida.page.goto('/'), kai.page.goto('/')]);
  return () => Promise.all([ida.context.close(), kai.context.close()]);
});

const box = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });

test('[OP2] [RD5] a name is completed after an at sign, also offline; the other person finds the mention counted, and goes to it', async () => {
  const stream = await makeGroup(kai, 'Harbour', idaId);
  await openChat(kai.page, 'Harbour');
  await conversation(kai.page, 'Harbour').getByText('2 people').waitFor();
  await kai.context.setOffline(true);
  await box(kai.page).pressSequentially('Ahoy @id');
  await kai.page.getByRole('option', { name: 'Ida Brandt' }).waitFor();
  await box(kai.page).press('Enter');
  await expect.poll(() => box(kai.page).inputValue()).toBe('Ahoy @Ida Brandt ');
  await box(kai.page).pressSequentially('there');
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
