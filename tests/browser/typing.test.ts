import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { conversation, createGroup, entry, openChat, startDirect, write } from './browser.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();
const bar = (page: Page, name: string) => conversation(page, name).locator('header');
const member = (page: Page, name: string) =>
  page.getByRole('region', { name: 'People' }).getByRole('listitem').filter({ hasText: name });

test('[LV7] [LV8] typing and presence are shown in chat, list and details, and disappear when they end', async () => {
  const noa = await stage.signedUp('Noa Nash');
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
  await member(noa.page, 'Oli Orr').getByText('Online').waitFor();
  await oli.context.close();
  await member(noa.page, 'Oli Orr').getByText('Last seen').waitFor();
  expect(stage.complaints()).toEqual([]);
});
