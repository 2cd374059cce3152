import type { Page } from 'playwright-core';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freeze, message, openChat, signUp, startDirect, texts, write } from './browser.fixture.ts';
import { push, rowsOf, sendOp, streamOf } from './device.fixture.ts';
import { putUnderLid } from './lid.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

const SLEPT_MS = 10_000;
const TEN_MINUTES_MS = 600_000;

/** Each length and each end of a connection once; every pair of them in `npm run test:long`. */
const sleeps = [
  ['10 min', 'lives on', TEN_MINUTES_MS, false],
  ['10 s', 'died without a word', SLEPT_MS, true],
  ...(process.env['TEST_LONG'] === undefined
    ? []
    : ([
        ['10 min', 'died without a word', TEN_MINUTES_MS, true],
        ['10 s', 'lives on', SLEPT_MS, false],
      ] as const)),
] as const;

/*
 * After ten minutes every timer of the tab is due at once: the connection holds itself for dead (no ping came in its time),
 * whether it is or not. After ten seconds it looks alive, and only asking it tells.
 */
test.each(sleeps)(
  '[CL7] [ask 2] a tab frozen for %s of its clock, whose connection %s, has the 100 messages that came meanwhile, without being loaded again',
  async (asleep, which, clockMs, dies) => {
    const ann = await stage.signedUp('Ann Arbor');
    const bob = await stage.visitor(`Bob ${dies ? 'Burns' : 'Bloom'} ${asleep}`, { over: stage.link });
    await putUnderLid(bob.context);
    await signUp(bob);
    await startDirect(ann, bob.name);
    await write(ann.page, 'before');
    await openChat(bob.page, 'Ann Arbor');
    await message(bob.page, 'before').waitFor();
    await bob.page.evaluate(() => Object.assign(globalThis, { wasLoadedOnce: true }));

    const clocksBefore = await clocksOf(bob.page);
    const thaw = await freeze(bob.page);
    if (dies) stage.link.silence();
    const slept = wait(SLEPT_MS);
    const stream = streamOf(ann.page);
    await push(
      ann,
      Array.from({ length: 100 }, (_, at) => sendOp(stream, `m ${at}`)),
    );
    await slept;
    const thawedAt = performance.now();
    await thaw(clockMs - SLEPT_MS);
    await message(bob.page, 'm 99').waitFor();
    const tookMs = performance.now() - thawedAt;
    process.stdout.write(`all there ${Math.round(tookMs)} ms after ${asleep}, connection ${which} (aim: 3,000)\n`);
    const held = await rowsOf<{ stream: string; seq: number; text: string }>(bob.page, 'messages');
    const inOrder = held.toSorted((a, b) => a.seq - b.seq).map(({ text }) => text);
    expect(inOrder).toEqual(['before', ...Array.from({ length: 100 }, (_, at) => `m ${at}`)]);
    expect((await texts(bob.page)).at(-1)).toBe('m 99');
    expect(await bob.page.evaluate(() => 'wasLoadedOnce' in globalThis)).toBe(true);
    // Both of its clocks did go on so far.
    for (const [at, ms] of (await clocksOf(bob.page)).entries())
      expect(ms - (clocksBefore[at] ?? 0)).toBeGreaterThanOrEqual(clockMs - 1_000);
    // What is written after the thaw leaves.
    await write(bob.page, 'awake');
    await message(bob.page, 'awake', 'Sent|Delivered|Read').waitFor();
    expect(stage.complaints()).toEqual([]);
  },
);

/** The clock on the wall and the one that only goes forward. */
function clocksOf(page: Page): Promise<number[]> {
  return page.evaluate(() => [Date.now(), performance.now()]);
}
