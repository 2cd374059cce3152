import { expect, test } from 'vitest';
import { expectTexts, message, signUp, startDirect, workerReady, write } from './browser.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

test('[S1] [CL1] if the link breaks during a first visit, the app retries what it has not fetched, and everything else works', async () => {
  const bob = await stage.signedUp('Bob Burns');
  const ann = await stage.visitor('Ann Arbor', { over: stage.link, viewport: { width: 390, height: 844 } });
  // Some files of the app shell fail: the first worker cannot cache them all, and the details' chunk cannot be loaded.
  let isBroken = true;
  await ann.context.route(/\/assets\/(?:Settings|Details)|\/icons\//, (route) =>
    isBroken ? route.abort('connectionreset') : route.continue(),
  );
  await signUp(ann);
  await startDirect(ann, bob.name);
  await ann.page.getByRole('button', { name: 'Details' }).click();
  await ann.page.getByText('This part of the app is still loading').waitFor();
  await ann.page.getByRole('link', { name: 'Back' }).click();
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

test('[S1] [CL1] a lazy component that throws shows an error in its place and is not fetched again, and everything else works', async () => {
  const bob = await stage.signedUp('Bob Bloom');
  const ann = await stage.visitor('Ann Adams', { viewport: { width: 390, height: 844 }, serviceWorkers: 'block' });
  const { page } = ann;
  let requests = 0;
  await ann.context.route(/\/assets\/Settings-[^/]*\.js/, (route) => {
    requests += 1;
    return route.fulfill({ contentType: 'text/javascript', body: "throw new TypeError('a defect of this chunk');" });
  });
  await signUp(ann);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Something went wrong').waitFor();
  await page.getByRole('button', { name: 'Reload' }).waitFor();
  await page.getByRole('link', { name: 'Back' }).click();
  await startDirect(ann, bob.name);
  await write(page, 'still works');
  await message(page, 'still works', 'Sent|Delivered').waitFor();
  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Something went wrong').waitFor();
  expect(requests).toBe(1);
  expect(stage.complaints().filter((complaint) => !complaint.includes('a defect of this chunk'))).toEqual([]);
});
