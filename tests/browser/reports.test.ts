import { beforeAll, expect, it } from 'vitest';
import { MAX_REPORT_NOTE } from '#protocol/limits.ts';
import { type Visitor, conversation, follow, message, openChat, texts } from './browser.fixture.ts';
import { newId, push, rowsOf, userIdOf } from './device.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { makeGroup, messageOps } from './seed.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

const stage = setOwnStage();
let ada: Visitor;
// The first account of the server is its administrator’s.
beforeAll(async () => void (ada = await stage.resident('Ada Adams')));

it('[RP1] [RP3] a report that was made offline reaches the administrator later, who suspends the sender of the message', async () => {
  const [bob, eve] = [await stage.signedUp('Bob Burns'), await stage.signedUp('Eve Evans')];
  const weekend = await makeGroup(bob, 'Weekend', await userIdOf(eve));
  await push(bob, messageOps(weekend, ['a nasty word']));
  await openChat(eve.page, 'Weekend');
  await message(eve.page, 'a nasty word').waitFor();

  // Without a worker, the code is there once it has been used.
  await chooseFromMenu(message(eve.page, 'a nasty word'), 'Report');
  const dialog = eve.page.getByRole('dialog', { name: 'Report a message from Bob Burns' });
  await dialog.waitFor();
  await expectReachable(eve.page, 'report', 'dialog');
  await eve.page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await follow(eve.page, '/outbox');
  await eve.page.getByRole('heading', { name: 'Nothing is waiting' }).waitFor();
  await openChat(eve.page, 'Weekend');
  await eve.context.setOffline(true);
  await chooseFromMenu(message(eve.page, 'a nasty word'), 'Report');
  await dialog.getByRole('button', { name: 'Harassment or threats' }).click();
  const note = dialog.getByLabel('What should the administrator know?', { exact: false });
  const rows = () =>
    note.evaluate((each) => Math.floor(each.clientHeight / parseFloat(getComputedStyle(each).lineHeight)));
  expect(await rows()).toBe(3);
  await note.fill('He keeps doing this.\n'.repeat(5));
  expect(await rows()).toBeGreaterThanOrEqual(5);
  // A text that is too long is neither cut nor sent.
  await note.fill('');
  await eve.page.keyboard.insertText('x'.repeat(MAX_REPORT_NOTE + 1));
  await dialog.getByText('1 character too many').waitFor();
  expect(await dialog.getByRole('button', { name: 'Report', exact: true }).isDisabled()).toBe(true);
  await note.fill('He keeps doing this.');
  await dialog.getByLabel('Also block Bob Burns').check();
  await dialog.getByRole('button', { name: 'Report', exact: true }).click();
  await eve.page.getByText('Your report goes to the administrator as soon as you’re connected.').first().waitFor();
  await expect.poll(() => texts(eve.page)).not.toContain('a nasty word');
  await follow(eve.page, '/outbox');
  await eve.page.getByText('Report from').waitFor();
  await eve.context.setOffline(false);
  await eve.page.getByRole('heading', { name: 'Nothing is waiting' }).waitFor();

  const { page } = ada;
  await follow(page, '/administration');
  const report = page.getByRole('list', { name: 'Reports' }).getByRole('listitem');
  await report.getByText('a nasty word').waitFor();
  await report.getByText('He keeps doing this.').waitFor();
  await report.getByText('Harassment or threats · reported by', { exact: false }).waitFor();
  await expectReachable(page, 'reports', 'main');
  await page.setViewportSize({ width: 1280, height: 800 });
  // Ada is not in the group, so she deletes nothing there.
  await expect.poll(() => report.getByRole('button').allTextContents()).toEqual(['Suspend', 'Dismiss']);
  await report.getByRole('button', { name: 'Suspend' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await page.getByText('No report is waiting for you.').waitFor();
  await page.getByRole('button', { name: 'Dealt with' }).click();
  await report.getByText('Person suspended by', { exact: false }).waitFor();
  // An answer that comes after a later one changes nothing.
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/reports?state=open*', async (route) => {
    await released;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('button', { name: 'Dealt with' }).click();
  await report.getByText('Person suspended by', { exact: false }).waitFor();
  const late = page.waitForResponse(/reports\?state=open/);
  release();
  await late;
  // Once this has been answered, the page has read the late answer too.
  await page.evaluate(async () => void (await (await fetch('/manifest.webmanifest', { cache: 'no-store' })).text()));
  await report.getByText('Person suspended by', { exact: false }).waitFor({ timeout: 1_000 });
  await page.unrouteAll({ behavior: 'wait' });
  // Bob is only told that his session has ended.
  await bob.page.getByText('Sign in again').or(bob.page.getByText('Your session has ended')).first().waitFor();
  expect(stage.complaints()).toEqual([]);
});

let tries = 0;
it('[RP1] [OP5] a person and a group are reported from their details, and an administrator who may deletes the message', async () => {
  // A second try does not meet the first one's.
  const [fayName, gusName, market, lottery] = ['Fay Frost', 'Gus Grant', 'Market', 'Lottery'].map((name) =>
    tries === 0 ? name : `${name} ${tries}`,
  ) as [string, string, string, string];
  tries += 1;
  const before = stage.complaints().length;
  const fay = await stage.signedUp(fayName);
  const { page } = fay;
  const [adaId, fayId] = [await userIdOf(ada), await userIdOf(fay)];
  await push(fay, messageOps(await makeGroup(ada, market, fayId), ['cheap pills']));
  await makeGroup(await stage.account(gusName), lottery, adaId, fayId);
  await openChat(page, lottery);
  const details = page.getByRole('region', { name: 'Details' });
  await details.getByRole('button', { name: 'Report', exact: true }).click();
  await page
    .getByRole('dialog', { name: `Report ${lottery}` })
    .getByRole('button', { name: 'Report', exact: true })
    .click();
  await page.getByText('Your report is on its way to the administrator.').first().waitFor();
  await details.getByRole('button', { name: `Actions for ${gusName}` }).click();
  await page.getByRole('menuitem', { name: 'Profile' }).click();
  const profile = page.getByRole('dialog', { name: gusName, exact: true });
  await profile.getByRole('button', { name: 'Report', exact: true }).click();
  await page
    .getByRole('dialog', { name: `Report ${gusName}` })
    .getByRole('button', { name: 'Report', exact: true })
    .click();

  await profile.getByRole('button', { name: 'Close' }).click();

  await openChat(ada.page, market);
  await message(ada.page, 'cheap pills').waitFor();
  await chooseFromMenu(message(ada.page, 'cheap pills'), 'Report');
  await ada.page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click();
  await ada.page.getByRole('dialog').waitFor({ state: 'detached' });
  // Nothing tells an open list that a report has arrived.
  for (const each of [page, ada.page])
    await expect.poll(async () => (await rowsOf<object>(each, 'outbox')).length).toBe(0);
  await follow(ada.page, '/administration');
  const reports = ada.page.getByRole('list', { name: 'Reports' });
  await reports.getByText(`Group ${lottery}`).waitFor();
  await reports.getByText(gusName, { exact: true }).first().waitFor();
  const remove = async () => {
    await ada.page.getByRole('button', { name: `Delete the message: Message from ${fayName}` }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete the message', exact: true }).click();
  };
  // A full device stores no deletion, and says so. Other failed writes meanwhile would be reported as defects.
  const put = await ada.page.evaluateHandle(() => {
    const original = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: { op?: { kind: string } }, ...key) {
      if (value.op?.kind === 'message.delete') throw new DOMException('no space', 'QuotaExceededError');
      return original.call(this, value, ...key);
    };
    return { mend: () => (IDBObjectStore.prototype.put = original) };
  });
  await remove();
  await ada.page.getByRole('alert').getByText('This device couldn’t store the deletion').waitFor();
  await reports.getByText('cheap pills').waitFor();
  await put.evaluate(({ mend }) => void mend());
  await remove();
  await reports.getByText('cheap pills').waitFor({ state: 'detached' });
  await ada.page.getByRole('button', { name: `Dismiss: Group ${lottery}` }).click();
  await reports.getByText(`Group ${lottery}`).waitFor({ state: 'detached' });
  // The button that had the focus is gone.
  await ada.page.locator('h3:focus').filter({ hasText: 'Reports' }).waitFor();
  await openChat(page, market);
  await conversation(page, market).getByText('Message deleted').waitFor();
  expect(stage.complaints().slice(before)).toEqual([]);
});

it('[RP3] when the page is shown again, and after an act that failed, the list has what was reported and settled meanwhile', async () => {
  const before = stage.complaints().length;
  const titles = ['Chess', 'Choir'].map((title) => `${title} ${(tries += 1)}`);
  const gil = await stage.account('Gil Grey');
  const report = async (title: string) => {
    const stream = await makeGroup(gil, title, await userIdOf(ada));
    await push(gil, [{ id: newId(), stream, kind: 'report.send', reason: 'spam' }]);
  };
  const { page } = ada;
  await follow(page, '/');
  await follow(page, '/administration');
  const reports = page.getByRole('list', { name: 'Reports' });
  const heading = page.getByRole('button', { name: /^Open/ });
  const opened = async () => Number(/\d+/.exec(await heading.innerText())?.[0] ?? 0);
  await page.getByRole('heading', { name: 'Reports' }).waitFor();
  await reports.and(page.locator('[aria-busy=false]')).or(page.getByText('No report is waiting for you.')).waitFor();
  const first = await opened();
  for (const title of titles) await report(title);
  const showAgain = () => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await showAgain();
  for (const title of titles) await reports.getByText(`Group ${title}`).waitFor();
  await expect.poll(opened).toBe(first + 2);

  // Another administrator, or this one on another device, deals with one of them.
  const settle = async (title: string) => {
    const path = '/api/auth/administration/reports';
    const { reports: all } = (await (await page.request.get(`${path}?state=open`)).json()) as {
      reports: { id: string; title?: string }[];
    };
    const id = all.find((each) => each.title === title)?.id;
    expect((await page.request.post(`${path}/resolve`, { data: { id, outcome: 'dismissed' } })).ok()).toBe(true);
  };
  const [chess = '', choir = ''] = titles;
  await settle(chess);
  await showAgain();
  await reports.getByText(`Group ${chess}`).waitFor({ state: 'detached' });
  await expect.poll(opened).toBe(first + 1);

  await page.route('**/reports/resolve', (route) => route.fulfill({ status: 404, json: { code: 'NOT_FOUND' } }));
  const dismiss = page.getByRole('button', { name: `Dismiss: Group ${choir}` });
  await settle(choir);
  await dismiss.click();
  await page.getByRole('alert').first().waitFor();
  await reports.getByText(`Group ${choir}`).waitFor({ state: 'detached' });
  await expect.poll(opened).toBe(first);
  await page.unrouteAll({ behavior: 'wait' });
  expect(stage.complaints().slice(before)).toEqual([]);
});
