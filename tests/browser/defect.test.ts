import { afterAll, expect, test } from 'vitest';
import {
  PATIENCE_MS,
  entry,
  expectTexts,
  message,
  openChat,
  signUp,
  startDirect,
  workerReady,
  write,
} from './browser.fixture.ts';
import { copyBuild } from './built-copy.fixture.ts';
import { rowsOf } from './device.fixture.ts';
import { SLEEP, putUnderLid } from './lid.fixture.ts';
import { setStage } from './stage.fixture.ts';

// A server with a defect: it breaks on every message that says so.
const copy = copyBuild();
copy.change(
  'function compose(task, decision, state, now) {',
  "if (decision.drafts.some(({ record }) => record.text === 'breaks it')) throw new TypeError('a defect of this build');",
);
afterAll(copy.remove);
const stage = setStage({}, copy.program);

interface Waiting {
  op: { text?: string };
  state: string;
  internals?: number;
}

test('[REL-18] [AP6] [ER2] [ask 11] a message that always breaks the server is set aside, says why, and holds up no other chat', async () => {
  const bob = await stage.signedUp('Bob Burns');
  const cy = await stage.signedUp('Cy Cole');
  const ann = await stage.visitor('Ann Arbor');
  await putUnderLid(ann.context);
  await signUp(ann);
  const { page, context } = ann;
  await startDirect(ann, cy.name);
  await write(page, 'to Cy');
  await message(page, 'to Cy', 'Sent|Delivered').waitFor();
  await page.goto('/');
  await startDirect(ann, bob.name);
  await workerReady(ann);

  // All of it leaves in one push.
  await context.setOffline(true);
  for (const text of ['before', 'breaks it', 'after']) await write(page, text);
  await openChat(page, cy.name);
  await write(page, 'in the same push');
  await context.setOffline(false);
  await message(page, 'in the same push', 'Sent|Delivered').waitFor();
  await openChat(page, bob.name);
  await message(page, 'before', 'Sent|Delivered').waitFor();

  const theBad = async () =>
    (await rowsOf<Waiting>(page, 'outbox')).find(({ op }) => op.text === 'breaks it') as Waiting;
  const answers = async () => (await theBad()).internals ?? 0;
  /** It is tried later and later: a minute of the tab's clocks goes by before each look, and once more for what waits behind. */
  async function untilSetAside(): Promise<void> {
    for (;;) {
      const { state, internals = 0 } = await theBad();
      await page.evaluate(`${SLEEP}(60_000)`);
      if (state === 'failed') return;
      await expect.poll(answers, { timeout: PATIENCE_MS }).toBeGreaterThan(internals);
    }
  }
  await expect.poll(answers, { timeout: PATIENCE_MS }).toBeGreaterThan(0);
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
  await note.getByText('Not sent: the server has a problem').waitFor();
  // What was said after it goes, and so does what is said from now on.
  await message(page, 'after', 'Sent|Delivered').waitFor();
  await write(page, 'later');
  await message(page, 'later', 'Sent|Delivered').waitFor();
  await openChat(bob.page, ann.name);
  await expectTexts(bob.page, ['before', 'after', 'later']);
  await openChat(cy.page, ann.name);
  await expectTexts(cy.page, ['to Cy', 'in the same push', 'while it is tried again']);

  // A press tries it once more; another takes it away.
  await note.getByRole('button', { name: 'Retry' }).click();
  await message(page, 'breaks it', 'Waiting|Sending').waitFor();
  await untilSetAside();
  await note.getByRole('button', { name: 'Discard' }).click();
  await expectTexts(page, ['before', 'after', 'later']);
  await entry(page, bob.name).waitFor();
  expect(stage.server.said()).toContain('"msg":"a defect"');
  expect(stage.complaints()).toEqual([]);
});
