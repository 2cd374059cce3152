import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { message, openChat, openHome } from './browser.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { push, rowsOf, sendOp } from './device.fixture.ts';
import { makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

const options = (page: Page) => page.getByRole('listbox').getByRole('option');
const field = (page: Page) => page.getByRole('dialog').getByRole('combobox').first();
const more = (page: Page) => page.getByRole('option', { name: 'Show more messages' });
const again = (page: Page) => page.getByRole('option', { name: 'Try again to show more messages' });
const hits = (page: Page) => options(page).filter({ hasText: 'giraffe' });
const counts = (page: Page, count: number) => expect.poll(() => hits(page).count()).toBe(count);

async function look(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await field(page).fill(words);
}

test('[SR1] a search shows all hits of the device, even offline, offers to ask the server again, and says when more hits cannot be fetched from it', async () => {
  const per = await stage.account('Per Pike');
  const ann = await stage.visitor('Ann Anker');
  const { page, context } = ann;
  const self = await register(ann);
  await openHome(ann);
  const stream = await makeGroup(per, 'Zoo', self);
  await openChat(page, 'Zoo');
  await push(
    per,
    messageOps(
      stream,
      Array.from({ length: 120 }, (_, at) => `giraffe ${at}`),
    ),
  );
  const held = async () =>
    (await rowsOf<{ text: string }>(page, 'messages')).filter(({ text }) => text.startsWith('giraffe'));
  await expect.poll(async () => (await held()).length).toBe(120);
  const onServer = async () =>
    ((await (await page.request.get('/api/search?q=giraffe')).json()) as { records: object[]; next?: string }).next;
  await expect.poll(onServer).toBeDefined();
  // The code of the search is fetched when it is first opened.
  await look(page, 'giraffe');
  await field(page).press('Escape');
  await field(page).waitFor({ state: 'detached' });

  await context.setOffline(true);
  await look(page, 'giraffe');
  await page.getByText('Only messages on this device were searched').waitFor();
  await counts(page, 50);
  await more(page).click();
  await counts(page, 100);
  await more(page).click();
  await counts(page, 120);
  expect(await more(page).count()).toBe(0);

  await context.setOffline(false);
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/search?*', async (route) => {
    await isReleased;
    await route.continue();
  });
  const askAgain = page.getByRole('dialog').getByRole('button', { name: 'Try again' });
  await askAgain.click();
  await page.getByText('Searching').waitFor();
  expect(await askAgain.count()).toBe(0);
  await expectFocus(field(page));
  release();
  await page.getByText('Searching').waitFor({ state: 'detached' });
  expect(await page.getByText('Only messages on this device were searched').count()).toBe(0);
  await counts(page, 120);
  await page.unroute('**/api/search?*');
  await field(page).press('Escape');

  await look(page, 'giraffe');
  await more(page).waitFor();
  await page.getByText('Searching').waitFor({ state: 'detached' });
  await context.setOffline(true);
  await more(page).click();
  await page.getByText('More messages couldn’t be fetched from the server').waitFor();
  expect(await page.getByText('Only messages on this device were searched').count()).toBe(0);
  await context.setOffline(false);
  for (let rounds = 0; rounds < 4 && (await hits(page).count()) < 120; rounds++) {
    await ((await again(page).count()) > 0 ? again(page) : more(page)).click();
    await page.getByText('Searching').waitFor({ state: 'detached' });
  }
  await counts(page, 120);
  await expect.poll(() => page.getByText('couldn’t be fetched').count()).toBe(0);
  await field(page).press('Escape');
});

test('[A4] the active result of a search stays active when others arrive above it, and Enter opens it', async () => {
  const per = await stage.account('Per Perch');
  await stage.account('Borka Peep');
  const ann = await stage.visitor('Ann Anchor');
  const { page } = ann;
  const self = await register(ann);
  await openHome(ann);
  const stream = await makeGroup(per, 'Readers', self);
  await openChat(page, 'Readers');
  for (const text of ['borka one', 'borka two', 'borka three']) await push(per, [sendOp(stream, text)]);
  await message(page, 'borka three').waitFor();
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/users*', async (route) => {
    await isReleased;
    await route.continue();
  });
  await look(page, 'borka');
  await options(page).nth(2).waitFor();
  await field(page).press('ArrowDown');
  const chosen = options(page).and(page.locator('[aria-selected=true]'));
  await expect.poll(() => chosen.innerText()).toContain('borka two');
  release();
  await options(page).filter({ hasText: 'Borka Peep' }).first().waitFor();
  expect(await chosen.innerText()).toContain('borka two');
  await field(page).press('Enter');
  await expectFocus(message(page, 'borka two'));
});
