import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  conversation,
  createGroup,
  entry,
  follow,
  message,
  openChat,
  startDirect,
  write,
} from './browser.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();
let noa: Visitor;
beforeAll(async () => void (noa = await stage.resident('Noa Nash')));

const bar = (page: Page, name: string) => conversation(page, name).locator('header');
const member = (page: Page, name: string) =>
  page.getByRole('region', { name: 'People' }).getByRole('listitem').filter({ hasText: name });

test('[LV7] [LV8] typing and presence are shown in chat, list and details, and disappear when they end', async () => {
  const oli = await stage.signedUp('Oli Orr');
  await createGroup(noa, 'Fog horn', 'Oli Orr');
  await startDirect(noa, 'Oli Orr');
  await write(noa.page, 'hello');
  await openChat(oli.page, 'Noa Nash');
  await bar(oli.page, 'Noa Nash').getByText('Online').waitFor();
  await oli.page.getByRole('textbox', { name: 'Message' }).pressSequentially('I am on');
  await bar(noa.page, 'Oli Orr').getByText('Oli is typing…').waitFor();
  await entry(noa.page, 'Oli Orr').getByText('Oli is typing…').waitFor();
  await write(oli.page, 'I am on my way');
  await bar(noa.page, 'Oli Orr').getByText('Oli is typing…').waitFor({ state: 'detached' });

  // A second tab of the same browser receives it from the first, which has the socket.
  const second = await noa.context.newPage();
  await second.goto(new URL(noa.page.url()).pathname);
  await bar(second, 'Oli Orr').getByText('Online').waitFor();
  await oli.page.getByRole('textbox', { name: 'Message' }).pressSequentially('soon');
  await bar(second, 'Oli Orr').getByText('Oli is typing…').waitFor();
  await second.close();

  await openChat(noa.page, 'Fog horn');
  await bar(noa.page, 'Fog horn')
    .getByText(/2 people.*2 online/)
    .waitFor();
  await member(noa.page, 'Oli Orr').getByText('Online').waitFor();
  await oli.context.close();
  await member(noa.page, 'Oli Orr').getByText('Last seen').waitFor();
  await bar(noa.page, 'Fog horn').getByText('2 people', { exact: true }).waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('[PV1] [PV2] [PV3] nobody sees what a person hides in the settings, and the person does not see it of others', async () => {
  const ray = await stage.signedUp('Ray Reed');
  await startDirect(noa, 'Ray Reed');
  await write(noa.page, 'first');
  await openChat(ray.page, 'Noa Nash');
  await message(noa.page, 'first', 'Read').waitFor();
  await follow(ray.page, '/settings');
  for (const name of ['Read receipts', 'Typing', 'Online and last seen']) {
    const answered = ray.page.waitForResponse((response) => response.url().endsWith('/api/privacy') && response.ok());
    await ray.page.getByRole('checkbox', { name }).press('Space');
    await answered;
  }
  // The server applies the switches, so none is shown as changed before the server knows.
  const typing = ray.page.getByRole('checkbox', { name: 'Typing' });
  await ray.context.setOffline(true);
  await typing.press('Space');
  await ray.page.getByRole('alert').getByText('nothing can be changed here now').waitFor();
  await expect.poll(() => typing.isChecked()).toBe(false);
  await ray.context.setOffline(false);
  await ray.page.getByRole('alert').getByText('nothing can be changed here now').waitFor({ state: 'detached' });
  expect(await typing.isChecked()).toBe(false);
  await bar(noa.page, 'Ray Reed').getByText('Online').waitFor({ state: 'detached' });
  await openChat(ray.page, 'Noa Nash');
  await write(noa.page, 'second');
  await message(ray.page, 'second').waitFor();
  await ray.page.getByRole('textbox', { name: 'Message' }).pressSequentially('hm');
  await write(ray.page, 'hm, third');
  await message(noa.page, 'hm, third').waitFor();
  await message(noa.page, 'second', 'Delivered').waitFor();
  await message(ray.page, 'hm, third', 'Delivered').waitFor();
  expect(await bar(ray.page, 'Noa Nash').getByText('Online').count()).toBe(0);
  await ray.page.goto('/settings');
  expect(await ray.page.getByRole('checkbox', { name: 'Read receipts' }).isChecked()).toBe(false);
  expect(stage.complaints()).toEqual([]);
});
