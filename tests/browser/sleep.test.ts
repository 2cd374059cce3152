import type { Page } from 'playwright-core';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freeze, message, openChat, openHome, texts, write } from './browser.fixture.ts';
import { push, rowsOf, sendOp } from './device.fixture.ts';
import { makeGroup, register } from './seed.fixture.ts';
import { installSleepingClock } from './sleeping-clock.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

const TEN_SECONDS_MS = 10_000;
const TEN_MINUTES_MS = 600_000;
/** How long the tab is really paused; its clocks then advance by the rest. */
const PAUSED_MS = 2_000;

/** Each length of sleep and each fate of the connection once; all pairs of them in `npm run test:long`. */
const sleeps = [
  ['10 min', 'survives', TEN_MINUTES_MS, false],
  ['10 s', 'died silently', TEN_SECONDS_MS, true],
  ...(process.env['TEST_LONG'] === undefined
    ? []
    : ([
        ['10 min', 'died silently', TEN_MINUTES_MS, true],
        ['10 s', 'survives', TEN_SECONDS_MS, false],
      ] as const)),
] as const;

/*
 * After ten minutes every timer of the tab is due at once, so the connection considers itself dead because no ping arrived in
 * time, whether it is dead or not. After ten seconds it looks alive, and only a round trip shows whether it is.
 */
test.each(sleeps)(
  '[CL7] [ask 2] a tab frozen for %s of its clock, whose connection %s, gets the 100 messages sent meanwhile, without a reload',
  async (asleep, which, clockMs, dies) => {
    const ann = await stage.account('Ann Arbor');
    const bob = await stage.visitor(`Bob ${dies ? 'Burns' : 'Bloom'} ${asleep}`, { over: stage.link });
    await installSleepingClock(bob.context);
    const stream = await makeGroup(ann, 'Lighthouse', await register(bob));
    await push(ann, [sendOp(stream, 'before')]);
    await openHome(bob);
    await openChat(bob.page, 'Lighthouse');
    await message(bob.page, 'before').waitFor();
    await bob.page.evaluate(() => Object.assign(globalThis, { wasLoadedOnce: true }));

    const clocksBefore = await clocksOf(bob.page);
    const thaw = await freeze(bob.page);
    if (dies) stage.link.silence();
    const paused = wait(PAUSED_MS);
    await push(
      ann,
      Array.from({ length: 100 }, (_, at) => sendOp(stream, `m ${at}`)),
    );
    await paused;
    const thawedAt = performance.now();
    await thaw(clockMs - PAUSED_MS);
    await message(bob.page, 'm 99').waitFor();
    const tookMs = performance.now() - thawedAt;
    process.stdout.write(`complete ${Math.round(tookMs)} ms after ${asleep}, connection ${which} (aim: 3,000)\n`);
    const inOrder = async () =>
      (await rowsOf<{ seq: number; text: string }>(bob.page, 'messages'))
        .toSorted((a, b) => a.seq - b.seq)
        .map(({ text }) => text);
    await expect.poll(inOrder).toEqual(['before', ...Array.from({ length: 100 }, (_, at) => `m ${at}`)]);
    expect((await texts(bob.page)).at(-1)).toBe('m 99');
    expect(await bob.page.evaluate(() => 'wasLoadedOnce' in globalThis)).toBe(true);
    // Both of its clocks have advanced by that much.
    for (const [at, ms] of (await clocksOf(bob.page)).entries())
      expect(ms - (clocksBefore[at] ?? 0)).toBeGreaterThanOrEqual(clockMs - 1_000);
    // A message written after the thaw is sent.
    await write(bob.page, 'awake');
    await message(bob.page, 'awake', 'Sent|Delivered|Read').waitFor();
    expect(stage.complaints()).toEqual([]);
  },
);

/** The page's wall clock and its monotonic clock. */
function clocksOf(page: Page): Promise<number[]> {
  return page.evaluate(() => [Date.now(), performance.now()]);
}
