import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { push, sendOp } from './device.fixture.ts';
import { shifted, watchShifts } from './layout-shifts.fixture.ts';
import { DESKTOP, PHONE, authenticate, makeGroup } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

/** Notes, frame by frame, when the page says that there is nothing although there is. */
async function watchClaims(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const claims = new Set<string>();
    Object.assign(globalThis, { claims });
    const look = () => {
      const text = document.body?.textContent ?? '';
      if (text.includes('No chats yet')) claims.add('no chats');
      if (text.includes('This is the beginning') && document.querySelector('[data-message]') === null)
        claims.add('no messages');
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

function claimed(page: Page): Promise<string[]> {
  return page.evaluate(() => [...(globalThis as unknown as { claims: Set<string> }).claims]);
}

test('on a first sync nothing moves while chats and messages arrive, and nothing is called empty, in list and chat, on a phone and a desktop', async () => {
  const ann = await stage.account('Ann Arbor');
  let stream = '';
  for (let chat = 1; chat <= 12; chat++) {
    stream = await makeGroup(ann, `Chat ${chat}`);
    await push(
      ann,
      Array.from({ length: 30 }, (_, at) => sendOp(stream, `message ${at + 1}`)),
    );
  }
  const chatPath = `/chat/${stream.replace(':', '/')}`;
  for (const [screen, path, isSlow] of [
    [PHONE, '/', true],
    [PHONE, chatPath, true],
    [DESKTOP, chatPath, true],
    // Everything is here before the first reading of the list has ended.
    [PHONE, '/', false],
    [DESKTOP, chatPath, false],
  ] as const) {
    const visitor = {
      ...(await stage.visitor('Ann Arbor', screen)),
      email: ann.email,
    };
    const { page } = visitor;
    await authenticate(visitor);
    await watchShifts(page);
    await watchClaims(page);
    // So slow that catching up is announced before it is over.
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Network.enable');
    if (isSlow)
      await devTools.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 120,
        downloadThroughput: 250_000,
        uploadThroughput: 100_000,
      });
    await page.goto(path);
    await page
      .locator(path === '/' ? '[data-stream]' : '[data-message]')
      .first()
      .waitFor();
    await page.getByText('Catching up').first().waitFor({ state: 'detached' });
    expect(await shifted(page)).toBeLessThan(0.05);
    expect(await claimed(page)).toEqual([]);
  }
  expect(stage.complaints()).toEqual([]);
});
