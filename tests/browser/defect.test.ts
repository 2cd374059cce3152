import { afterAll, expect, test } from 'vitest';
import { message, openChat, openHome, startDirect, write } from './browser.fixture.ts';
import { copyBuild } from './built-copy.fixture.ts';
import { push, rowsOf, sendOp, storedTexts, streamOf } from './device.fixture.ts';
import { register } from './seed.fixture.ts';
import { SLEEP, installSleepingClock } from './sleeping-clock.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';

// A server with a defect: it throws for every message with this text, until a test repairs it. A retry of the test starts with
// the defect.
const copy = copyBuild();
copy.change(
  'function compose(task, decision, state, now) {',
  `const says = (text) => decision.drafts.some(({ record }) => record.text === text);
  if (says('to Cy')) globalThis.isMended = false;
  if (says('mended')) globalThis.isMended = true;
  if (says('breaks it') && !globalThis.isMended) throw new TypeError('a defect of this build');`,
);
afterAll(copy.remove);
const stage = setOwnStage({}, copy.program);

interface QueuedRow {
  op: { text?: string };
  state: string;
  internals?: number;
}

test('[REL-18] [AP6] [ER2] [ask 11] a message that always breaks the server is set aside with its reason, and blocks no other chat', async () => {
  const bob = await stage.account('Bob Burns');
  const cy = await stage.account('Cy Cole');
  const ann = await stage.visitor('Ann Arbor');
  await installSleepingClock(ann.context);
  await register(ann);
  await openHome(ann);
  const { page, context } = ann;
  await startDirect(ann, cy.name);
  await write(page, 'to Cy');
  await message(page, 'to Cy', 'Sent|Delivered').waitFor();
  const toCy = streamOf(page);
  await startDirect(ann, bob.name);

  // All of these are sent in one push.
  await context.setOffline(true);
  for (const text of ['before', 'breaks it', 'after']) await write(page, text);
  await openChat(page, cy.name);
  await write(page, 'in the same push');
  await context.setOffline(false);
  await message(page, 'in the same push', 'Sent|Delivered').waitFor();
  await openChat(page, bob.name);
  await message(page, 'before', 'Sent|Delivered').waitFor();

  const brokenRow = async () =>
    (await rowsOf<QueuedRow>(page, 'outbox')).find(({ op }) => op.text === 'breaks it') as QueuedRow;
  const answers = async () => (await brokenRow()).internals ?? 0;
  /** The retries back off, so the tab's clocks advance by a minute before each check, and once more for the messages behind it. */
  async function untilSetAside(): Promise<void> {
    for (;;) {
      const { state, internals = 0 } = await brokenRow();
      await page.evaluate(`${SLEEP}(60_000)`);
      if (state === 'failed') return;
      await expect.poll(answers).toBeGreaterThan(internals);
    }
  }
  await expect.poll(answers).toBeGreaterThan(0);
  await message(page, 'breaks it', 'Waiting|Sending').waitFor();
  await openChat(page, cy.name);
  await write(page, 'while it is tried again');
  await message(page, 'while it is tried again', 'Sent|Delivered').waitFor();

  await untilSetAside();
  expect(await answers()).toBe(8);
  await page.getByText('1 message wasn’t sent').waitFor();
  await openChat(page, bob.name);
  await message(page, 'breaks it', 'Not sent').waitFor();
  const note = page.getByRole('group', { name: 'Not sent', exact: true });
  await note.getByText('Not sent: something went wrong on the server').waitFor();
  // The messages behind it are sent now, and later ones too.
  await message(page, 'after', 'Sent|Delivered').waitFor();
  await write(page, 'later');
  await message(page, 'later', 'Sent|Delivered').waitFor();
  expect(await storedTexts(bob, streamOf(page))).toEqual(['before', 'after', 'later']);
  expect(await storedTexts(cy, toCy)).toEqual(['to Cy', 'in the same push', 'while it is tried again']);

  await note.getByRole('button', { name: 'Retry' }).click();
  await message(page, 'breaks it', 'Waiting|Sending').waitFor();
  await untilSetAside();

  // The outbox shows it with its reason too, and sends it again once the server is repaired.
  const toBob = streamOf(page);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('link', { name: 'Show the outbox' }).click();
  const item = page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ hasText: `Message to ${bob.name}` });
  await item.filter({ hasText: 'breaks it' }).waitFor();
  await item.getByText(/^Not sent · .* · something went wrong on the server$/).waitFor();
  await push(cy, [sendOp(toCy, 'mended')]);
  await item.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('main').getByText('Nothing is waiting').waitFor();
  expect(await storedTexts(bob, toBob)).toEqual(['before', 'after', 'later', 'breaks it']);
  await page.getByText('1 message wasn’t sent').waitFor({ state: 'detached' });
  expect(stage.server.output()).toContain('"msg":"a defect"');
  expect(stage.complaints()).toEqual([]);
});
