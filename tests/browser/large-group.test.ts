import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { limits } from '#protocol/limits.ts';
import { type Account, conversation, entry, openChat } from './browser.fixture.ts';
import { type Bystander, makeCrowd } from './crowd.fixture.ts';
import { newId, push, sendOp, userIdOf } from './device.fixture.ts';
import { NARROW, expectInside, expectInsideAt, sizes } from './escapes.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { authenticate, makeGroup } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

/*
 * A group of the maximum size, in which some people have names that are designed to break a layout. Wherever its people are
 * listed, only a part of them is in the page. The test counts rows, because a time would say more about the machine.
 */

const stage = setOwnStage();
const hostileNames = [
  'W'.repeat(100),
  `H${'\u0301\u0323'.repeat(49)}`,
  '\u202Eright to left',
  '\u200D'.repeat(99) + 'z',
];
const names = Array.from({ length: limits.members - 2 }, (_, at) => hostileNames[at] ?? `Person ${at}`);
/** A slow server stores so many within the time that an op has. */
const ADDED_AT_ONCE = 100;
const VOTED = 104;
let kai: Account;
let ida: Account;
let crowd: Bystander[];
let stream: string;

beforeAll(async () => {
  kai = await stage.account('Kai Lund');
  ida = await stage.account('Ida Brandt');
  crowd = await makeCrowd(stage.server, names);
  stream = await makeGroup(kai, 'Town square', await userIdOf(ida));
  for (let at = 0; at < crowd.length; at += ADDED_AT_ONCE) {
    const userIds = crowd.slice(at, at + ADDED_AT_ONCE).map(({ id }) => id);
    await push(kai, [{ id: newId(), stream, kind: 'member.add', userIds }]);
  }
  const poll = { ...sendOp(stream, 'market day'), id: newId(), poll: { options: ['Friday', 'Monday'] } };
  await push(kai, [poll]);
  // In turns, so that a slow server answers.
  const left = crowd.slice(0, VOTED);
  const vote = async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop())
      await one.push([{ id: newId(), stream, kind: 'poll.vote', messageId: poll.id, options: [1] }]);
  };
  await Promise.all([vote(), vote(), vote()]);
});

test('[L4] a group of 1,000 is listed in parts and found by keys and by name, in details, mentions and votes', async () => {
  const visitor = { ...(await stage.visitor('Ida Brandt', { viewport: NARROW })), email: ida.email };
  await authenticate(visitor);
  const { page } = visitor;
  await page.goto('/');
  await entry(page, 'Town square').waitFor();
  await openChat(page, 'Town square');
  const chat = conversation(page, 'Town square');
  await chat.getByText('1,000 people', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Show votes' }).click();
  await expectParts(page.getByRole('dialog', { name: 'Votes' }), 'dd[translate=no]', VOTED);
  await expectInside(page, 'votes');
  await page.keyboard.press('Escape');

  const field = page.getByRole('textbox', { name: /^Message/ });
  await field.pressSequentially('@');
  const offered = page.getByRole('listbox', { name: 'People to mention' }).getByRole('option');
  await offered.first().waitFor();
  expect(await offered.count()).toBeLessThan(20);
  await expectInside(page, 'mentions');
  await field.fill('@Person 77');
  await offered.first().waitFor();
  await field.press('Enter');
  expect(await field.inputValue()).toBe('@Person 77 ');
  await field.fill('');

  await chat.getByRole('button', { name: 'Search in this chat' }).click();
  const search = page.getByRole('dialog', { name: 'Search in this chat' });
  await search.getByRole('button', { name: 'Filters' }).click();
  const from = search.getByRole('combobox', { name: 'From' });
  await from.click();
  const senders = search.getByRole('listbox', { name: 'From' }).getByRole('option');
  await search.getByText('Type a name to find others.').waitFor();
  expect(await senders.count()).toBe(50);
  await expectInside(page, 'senders');
  await from.fill('Person 77');
  await expect.poll(async () => (await senders.allInnerTexts()).every((name) => name.includes('77'))).toBe(true);
  await page.keyboard.press('Escape');
  await senders.first().waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Show details' }).last().click();
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('button', { name: 'Show all 1,000 people' }).waitFor();
  expect(await people.getByRole('listitem').count()).toBe(10);
  await lookThrough(page, people);
  // The details are another page in another size.
  for (const size of sizes.toReversed()) {
    await expectInsideAt(page, size, 'details', []);
    await people.getByRole('button', { name: 'Show all 1,000 people' }).click();
    await page.getByRole('dialog', { name: 'People' }).waitFor();
    await expectInsideAt(page, size, 'everybody', []);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  await page.getByRole('button', { name: 'Leave group' }).waitFor();
  expect(visitor.complaints).toEqual([]);
});

/** The first part, the next one with the focus at its beginning, and in the end all. */
async function expectParts(within: Locator, selector: string, all: number): Promise<void> {
  const rows = within.locator(selector);
  await rows.first().waitFor();
  expect(await rows.count()).toBe(50);
  await within.getByRole('button', { name: `Show ${all - 50} more` }).press('Enter');
  await expect.poll(() => rows.count()).toBe(100);
  await expectFocus(rows.nth(50));
  await within.getByRole('button', { name: `Show ${all - 100} more` }).press('Enter');
  await expect.poll(() => rows.count()).toBe(all);
  expect(await within.getByRole('button', { name: /^Show \d+ more$/ }).count()).toBe(0);
}

/** Only with keys: from the search into the list, to its end, into a menu, and to a person by name. */
async function lookThrough(page: Page, people: Locator): Promise<void> {
  await people.getByRole('button', { name: 'Show all 1,000 people' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'People' });
  const rows = dialog.getByRole('listitem');
  const fewRows = async () => expect(await rows.count()).toBeLessThan(60);
  const search = dialog.getByRole('searchbox', { name: 'Find a person' });
  await expectFocus(search);
  await rows.first().waitFor();
  await fewRows();
  await page.keyboard.press('Tab');
  await expectFocus(dialog.getByRole('button', { name: 'Actions for Kai Lund' }));
  await page.keyboard.press('End');
  // The last one by name is one of those whose names are hard to draw.
  await expect.poll(() => rows.last().getAttribute('aria-posinset')).toBe('1000');
  await expectFocus(rows.last().getByRole('button'));
  await fewRows();
  await page.keyboard.press('PageUp');
  await expectFocus(dialog.locator('[aria-posinset="990"]').getByRole('button'));
  await page.keyboard.press('Shift+Tab');
  await expectFocus(search);
  await search.fill('person 77');
  await dialog.getByText('11 people').waitFor();
  expect(await rows.count()).toBe(11);
  await page.keyboard.press('ArrowDown');
  await expectFocus(rows.first().getByRole('button'));
  await search.focus();
  // The button that clears the field comes first.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expectFocus(dialog.getByRole('button', { name: 'Actions for Person 77', exact: true }));
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Profile' }).press('Enter');
  await page.getByRole('dialog', { name: 'Person 77' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Person 77' }).waitFor({ state: 'detached' });
  await search.fill('nobody of this name');
  await dialog.getByText('No one found').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
}
