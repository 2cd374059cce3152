import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMiddleBox, type MiddleBox } from '#tests/links/middle-box.fixture.ts';
import { createGroup, expectTexts, message, write, type Visitor } from './browser.fixture.ts';
import { setOwnStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setOwnStage();
let box: MiddleBox;
beforeAll(async () => {
  box = await openMiddleBox(stage.server.port);
});
afterAll(() => box.close());

const line = ({ page }: Visitor, title: string) => page.getByRole('status').filter({ hasText: title });

test('[CL9] behind proxies that block more and more, nothing is shown while a way remains, and then the obstacle is named', async () => {
  box.rule({ upgrades: 'refuse' });
  const ann = await stage.signedUp('Ann Archer', { ...WITH_WORKER, over: box });
  await stage.account('Bob Burns');
  await createGroup(ann, 'Harbour', 'Bob Burns');
  await write(ann.page, 'over long polling');
  await message(ann.page, 'over long polling', 'Sent').waitFor();
  await workerReady(ann);

  box.rule({ upgrades: 'refuse', polling: 'refuse' });
  await write(ann.page, 'over HTTP');
  await message(ann.page, 'over HTTP', 'Sent').waitFor();
  await line(ann, 'Connecting').waitFor({ state: 'hidden' });
  expect(new Set(box.passed)).toContain('POST /api/sync/push');
  expect(box.passed.filter((each) => each.startsWith('UPGRADE'))).toEqual([]);

  // A sign-in page in front of everything: the app opens from the device and leads there.
  box.rule({ page: { status: 401 } });
  await ann.page.reload();
  const inTheWay = line(ann, 'Another page is in the way');
  await inTheWay.waitFor();
  await write(ann.page, 'behind a sign-in page');
  const [signInPage] = await Promise.all([
    ann.context.waitForEvent('page'),
    inTheWay.getByRole('link', { name: 'Open it' }).click(),
  ]);
  await signInPage.getByText('Sign in to use this network').waitFor();
  expect(await line(ann, 'Your session has ended').count()).toBe(0);

  // After signing in there, the same address leads to the app, and waiting messages are sent.
  box.rule({});
  await signInPage.reload();
  await signInPage.getByRole('link', { name: 'Harbour', exact: true }).waitFor();
  await signInPage.close();
  await message(ann.page, 'behind a sign-in page', 'Sent').waitFor();
  await expectTexts(ann.page, ['over long polling', 'over HTTP', 'behind a sign-in page']);

  box.rule({ page: { status: 502 } });
  await line(ann, 'The server isn’t available').waitFor();
  expect(stage.complaints()).toEqual([]);
});

describe('signing in', () => {
  test('[CL9] the page of a proxy is not reported as a wrong password', async () => {
    box.rule({});
    const ann = await stage.visitor('Ann Archer', { ...WITH_WORKER, over: box });
    await ann.page.goto('/');
    await workerReady(ann);
    box.rule({ page: { status: 401 } });
    const problem = ann.page.getByRole('alert').filter({ hasText: /\S/ });
    await ann.page.getByLabel('Email', { exact: true }).fill(ann.email);
    await ann.page.getByLabel('Password', { exact: true }).fill('a long password');
    await ann.page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect.poll(() => problem.innerText()).toContain('Another page answers instead of the server');
    await problem.getByRole('link', { name: 'Open that page' }).waitFor();
  });

  test('[HT1] a proxy that rewrites the host is named on the screen and once in the log', async () => {
    box.rule({ host: `localhost:${stage.server.port}` });
    const eve = await stage.visitor('Eve Evans', { over: box });
    await eve.page.goto('/sign-up');
    await eve.page.getByLabel('Name', { exact: true }).fill('Eve Evans');
    await eve.page.getByLabel('Email', { exact: true }).fill(eve.email);
    await eve.page.getByLabel('Password', { exact: true }).fill('a long password');
    const problem = eve.page.getByRole('alert').filter({ hasText: /\S/ });
    for (let times = 0; times < 2; times++) {
      await eve.page.getByRole('button', { name: 'Sign up', exact: true }).click();
      await expect.poll(() => problem.innerText()).toContain('set up for a different address');
    }
    const lines = stage.server
      .output()
      .split('\n')
      .filter((each) => each.includes('PUBLIC_URL'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(box.origin);
  });
});
