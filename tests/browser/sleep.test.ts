import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freeze, message, openChat, startDirect, texts, write } from './browser.fixture.ts';
import { push, rowsOf, sendOp, streamOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

const SLEPT_MS = 10_000;

test.each([
  ['whose connection lives on', false],
  ['whose connection died without a word', true],
])(
  '[CL7] [ask 2] a tab that was frozen, %s, has the 100 messages that came meanwhile, without being loaded again',
  async (_which, dies) => {
    const ann = await stage.signedUp('Ann Arbor');
    const bob = await stage.signedUp(`Bob ${dies ? 'Burns' : 'Bloom'}`, { over: stage.link });
    await startDirect(ann, bob.name);
    await write(ann.page, 'before');
    await openChat(bob.page, 'Ann Arbor');
    await message(bob.page, 'before').waitFor();
    await bob.page.evaluate(() => Object.assign(globalThis, { wasLoadedOnce: true }));

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
    await thaw();
    await message(bob.page, 'm 99').waitFor();
    const tookMs = performance.now() - thawedAt;
    process.stdout.write(`all there ${Math.round(tookMs)} ms after the thaw (aim: 3,000)\n`);
    const held = await rowsOf<{ stream: string; seq: number; text: string }>(bob.page, 'messages');
    const inOrder = held.toSorted((a, b) => a.seq - b.seq).map(({ text }) => text);
    expect(inOrder).toEqual(['before', ...Array.from({ length: 100 }, (_, at) => `m ${at}`)]);
    expect((await texts(bob.page)).at(-1)).toBe('m 99');
    expect(await bob.page.evaluate(() => 'wasLoadedOnce' in globalThis)).toBe(true);
    // What is written after the thaw leaves.
    await write(bob.page, 'awake');
    await message(bob.page, 'awake', 'Sent|Delivered|Read').waitFor();
  },
);
