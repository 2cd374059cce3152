import { expect, test } from 'vitest';
import { expectTexts, message, openChat, openHome, signUp, startDirect, write } from './browser.fixture.ts';
import { makeGroup, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setStage();

test('[S1] [A18] the page itself shows the name, the mark and what is happening, before any script or style has arrived', async () => {
  for (const { locale, colorScheme, loading, lost, signIn } of [
    {
      locale: 'de-DE',
      colorScheme: 'dark',
      loading: 'Die App wird geladen',
      lost: 'Die Verbindung ist abgebrochen',
      signIn: 'Anmelden',
    },
    {
      locale: 'fr-FR',
      colorScheme: 'light',
      loading: 'The app is loading',
      lost: 'The connection was lost',
      signIn: 'Sign in',
    },
  ] as const) {
    const options = { locale, colorScheme, viewport: { width: 320, height: 640 } } as const;
    const { page, context, complaints } = await stage.visitor(`Ann ${locale}`, options);
    let link: 'slow' | 'broken' | 'whole' = 'slow';
    const held: (() => void)[] = [];
    await context.route(/\/assets\//, async (route) => {
      if (link === 'slow') await new Promise<void>((resolve) => held.push(resolve));
      return link === 'broken' ? route.abort('connectionreset') : route.continue();
    });
    await page.goto('/', { waitUntil: 'commit' });
    const shown = page.locator('.starting');
    await shown.getByText('TeamLink').waitFor();
    await shown.getByText(loading).waitFor();
    await shown.locator('svg').waitFor();
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const before = await background();
    expect(await page.locator('.starting').evaluate((element) => element.scrollWidth)).toBeLessThanOrEqual(320);

    // A script that does not arrive is fetched again, without a press.
    link = 'broken';
    for (const release of held) release();
    await shown.getByText(lost).waitFor();
    link = 'whole';
    await page.getByRole('button', { name: signIn, exact: true }).waitFor();
    await shown.waitFor({ state: 'detached' });
    // Nothing flashes: the app's own style has the same background.
    expect(await background()).toBe(before);
    expect(complaints).toEqual([]);
  }
});

test('[S1] [CL1] if the link breaks during a first visit, the app retries what it has not fetched, and everything else works', async () => {
  const bob = await stage.account('Bob Burns');
  const ann = await stage.visitor('Ann Arbor', {
    ...WITH_WORKER,
    over: stage.link,
    viewport: { width: 390, height: 844 },
  });
  // Some files of the app shell fail: the first worker cannot cache them all, and the details' chunk cannot be loaded.
  let isBroken = true;
  await ann.context.route(/\/assets\/(?:Settings|Details)|\/icons\//, (route) =>
    isBroken ? route.abort('connectionreset') : route.continue(),
  );
  await signUp(ann);
  await startDirect(ann, bob.name);
  await ann.page.getByRole('button', { name: 'Details' }).click();
  await ann.page.getByText('This part is still loading').waitFor();
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
  const bob = await stage.account('Bob Bloom');
  const ann = await stage.visitor('Ann Adams', { viewport: { width: 390, height: 844 } });
  const { page } = ann;
  let requests = 0;
  await ann.context.route(/\/assets\/Settings-[^/]*\.js/, (route) => {
    requests += 1;
    return route.fulfill({ contentType: 'text/javascript', body: "throw new TypeError('a defect of this chunk');" });
  });
  await register(ann);
  await openHome(ann);
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

test('[S1] settings, a new chat and the details open at once, because their code is fetched once the list is complete; not over a link that costs something', async () => {
  const panes = /\/assets\/(Details|NewChat|Settings)-[^/]*\.js/;
  const visit = async (name: string, connection: object) => {
    const ann = await stage.visitor(name, { viewport: { width: 390, height: 844 } });
    await ann.page.addInitScript((link) => {
      const { connection: known } = navigator as unknown as { connection: object };
      for (const [key, value] of Object.entries(link)) Object.defineProperty(known, key, { value });
      const log: string[] = [];
      Object.assign(globalThis, { loadingShown: log });
      const look = () => {
        const shown = document.querySelector('main [role=status]')?.textContent ?? '';
        if (shown.includes('still loading')) log.push(location.pathname);
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, connection);
    const fetched: string[] = [];
    ann.page.on('requestfinished', (request) => fetched.push(panes.exec(request.url())?.[1] ?? ''));
    await register(ann);
    await makeGroup(ann, 'Lighthouse');
    await openHome(ann);
    return { ann, page: ann.page, panesFetched: () => fetched.filter((each) => each !== '').toSorted() };
  };

  const { page, panesFetched } = await visit('Ann Ahead', { effectiveType: '4g' });
  await expect.poll(panesFetched).toEqual(['Details', 'NewChat', 'Settings']);
  // What they import and their words come too, and all of it has run when the page is idle again.
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const script: string[] = [];
  page.on('request', (request) => request.resourceType() === 'script' && script.push(request.url()));
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.goBack();
  await page.getByRole('button', { name: 'New chat' }).first().click();
  await page.getByRole('searchbox', { name: 'Name or email' }).waitFor();
  await page.goBack();
  await openChat(page, 'Lighthouse');
  await page.getByRole('button', { name: 'Details' }).click();
  await page.getByRole('region', { name: 'Details' }).waitFor();
  expect(script.filter((url) => panes.test(url))).toEqual([]);
  expect(await page.evaluate(() => (globalThis as unknown as { loadingShown: string[] }).loadingShown)).toEqual([]);

  const saving = await visit('Ann Saves', { saveData: true });
  await openChat(saving.page, 'Lighthouse');
  await write(saving.page, 'Fetch what I ask for');
  await message(saving.page, 'Fetch what I ask for', 'Sent|Delivered|Read').waitFor();
  await saving.page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  expect(saving.panesFetched()).toEqual([]);
  await saving.page.goBack();
  await saving.page.getByRole('link', { name: 'Settings' }).click();
  await saving.page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(saving.panesFetched()).toEqual(['Settings']);
  await saving.page.goBack();

  // The first person on a server is told so, and sees others as soon as they sign up, without a press.
  await saving.page.route('**/api/users*', (route) => route.fulfill({ json: { users: [] } }));
  await saving.page.clock.install();
  await saving.page.getByRole('button', { name: 'New chat' }).first().click();
  await saving.page.getByText('Nobody else is here yet').waitFor();
  expect(await saving.page.getByText('Nobody found').count()).toBe(0);
  await saving.page.unroute('**/api/users*');
  await saving.page.clock.fastForward(60_000);
  await saving.page.getByRole('list', { name: 'People' }).getByRole('button', { name: 'Ann Ahead' }).first().waitFor();
  expect(stage.complaints()).toEqual([]);
});
