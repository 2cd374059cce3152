import { expect, test } from 'vitest';
import { expectTexts, message, signUp, startDirect, workerReady, write } from './browser.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

test('[S1] [CL1] on a first visit whose link breaks, what is not on the device yet is waited for, and all else goes on', async () => {
  const bob = await stage.signedUp('Bob Burns');
  const ann = await stage.visitor('Ann Arbor', { over: stage.link, viewport: { width: 390, height: 844 } });
  // Some of the shell's files break off: the first worker can't have them all, and the details' own is not here.
  let isBroken = true;
  await ann.context.route(/\/assets\/(?:Settings|Details)|\/icons\//, (route) =>
    isBroken ? route.abort('connectionreset') : route.continue(),
  );
  await signUp(ann);
  await startDirect(ann, bob.name);
  await ann.page.getByRole('button', { name: 'Details' }).click();
  await ann.page.getByText('This part of the app is still on its way').waitFor();
  await ann.page.goBack();
  await write(ann.page, 'written meanwhile');
  await message(ann.page, 'written meanwhile', 'Sent|Delivered').waitFor();
  isBroken = false;
  await ann.page.getByRole('button', { name: 'Details' }).click();
  await ann.page.getByRole('region', { name: 'Details' }).waitFor();
  await ann.page.goBack();
  await expectTexts(ann.page, ['written meanwhile']);
  await workerReady(ann);
  expect(stage.complaints()).toEqual([]);
});
