import { expect, test } from 'vitest';
import { type Visitor, expectTexts, message, openChat, openHome, startDirect, write } from './browser.fixture.ts';
import { makeGroup, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

const HOUR_MS = 3_600_000;

/** Who writes with the person whose clock is ahead: in `npm run test:long` also somebody who is behind by less than a day. */
const BEHIND: [name: string, aheadMs: number][] = [['Yesterday York', -24 * HOUR_MS]];
if (process.env['TEST_LONG'] !== undefined) BEHIND.push(['Behind Brown', -2 * HOUR_MS]);

interface Pulled {
  streams: { records: { text?: string; sentAt: string; createdAt: string }[] }[];
}

async function visitorWithClock(name: string, aheadMs: number): Promise<Visitor> {
  const visitor = await stage.visitor(name);
  await visitor.context.addInitScript((ahead) => {
    const RealDate = Date;
    class WrongDate extends RealDate {
      constructor(...given: [] | [number | string | Date]) {
        if (given.length === 0) super(RealDate.now() + ahead);
        else super(...given);
      }
      static override now() {
        return RealDate.now() + ahead;
      }
    }
    globalThis.Date = WrongDate as DateConstructor;
  }, aheadMs);
  await register(visitor);
  await openHome(visitor);
  return visitor;
}

test('[ST3] [SH6] [ask 10] [REL-09] clocks that are two hours ahead and a day behind do not change the order of messages', async () => {
  const ahead = await visitorWithClock('Ahead Adams', 2 * HOUR_MS);
  for (const [name, aheadMs] of BEHIND) {
    const behind = await visitorWithClock(name, aheadMs);
    await startDirect(behind, 'Ahead Adams');
    await write(behind.page, 'one');
    await openChat(ahead.page, name);
    const written = ['one'];
    for (const [at, text] of ['two', 'three', 'four', 'five', 'six'].entries()) {
      const speaker = at % 2 === 0 ? ahead : behind;
      const listener = at % 2 === 0 ? behind : ahead;
      await expectTexts(speaker.page, written);
      await write(speaker.page, text);
      written.push(text);
      await message(listener.page, text).waitFor();
    }
    for (const { page } of [ahead, behind]) await expectTexts(page, written);
    // The server tells the time, so both devices date their messages by it.
    const { streams } = (await (
      await behind.page.request.post('/api/sync/pull', { data: { cursors: {} } })
    ).json()) as Pulled;
    const messages = streams.flatMap(({ records }) => records).filter(({ text }) => written.includes(text ?? ''));
    expect(messages).toHaveLength(written.length);
    for (const { sentAt, createdAt } of messages)
      expect(Math.abs(Date.parse(sentAt) - Date.parse(createdAt))).toBeLessThan(HOUR_MS);
    // A pending message is last, whatever its clock says.
    await behind.context.setOffline(true);
    await write(behind.page, 'pending');
    await write(ahead.page, 'seven');
    await message(ahead.page, 'seven', 'Sent').waitFor();
    await expectTexts(behind.page, [...written, 'pending']);
    await behind.context.setOffline(false);
    await message(behind.page, 'pending', 'Sent|Delivered|Read').waitFor();
    for (const { page } of [ahead, behind]) await expectTexts(page, [...written, 'seven', 'pending']);
    expect(stage.complaints()).toEqual([]);
    await behind.context.close();
  }
});

test('[SM1] [REL-09] what is sent in an hour is due in an hour, and today is today, although the device’s clock is a day ahead', async () => {
  const ahead = await visitorWithClock('Later Lane', 26 * HOUR_MS);
  const { page } = ahead;
  await makeGroup(ahead, 'Clock club');
  await openChat(page, 'Clock club');
  // Once a message is on the server, the app knows the server's time.
  await write(page, 'here');
  await message(page, 'here', 'Sent').waitFor();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('remind me');
  await page.getByRole('button', { name: 'Send later' }).click();
  const pressedMs = Date.now();
  await page.getByRole('menuitem', { name: /^In an hour/ }).click();
  const due = async () => {
    const answer = await page.request.post('/api/sync/pull', { data: { cursors: {} } });
    const { streams } = (await answer.json()) as { streams: { records: { message?: { dueAt?: string } | null }[] }[] };
    return streams.flatMap(({ records }) => records.flatMap((record) => record.message?.dueAt ?? []));
  };
  await expect.poll(due).toHaveLength(1);
  // It is due at a full minute.
  expect(Math.abs(Date.parse((await due())[0] ?? '') - pressedMs - HOUR_MS)).toBeLessThan(2 * 60_000);

  await page.getByRole('region', { name: 'Details' }).getByRole('button', { name: 'Go to a date' }).click();
  const today = await page.evaluate(() => {
    const at = new Date(performance.timeOrigin + performance.now());
    return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  });
  expect(await page.getByLabel('Day').inputValue()).toBe(today);
  expect(stage.complaints()).toEqual([]);
  await ahead.context.close();
});
