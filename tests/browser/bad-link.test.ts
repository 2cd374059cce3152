import type { Page } from 'playwright-core';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { message, startDirect, write } from './browser.fixture.ts';
import { rowsOf, storedTexts, streamOf } from './device.fixture.ts';
import { type Link, openLink } from './link.fixture.ts';
import { setStage } from './stage.fixture.ts';

const isLong = process.env['TEST_LONG'] !== undefined;
const RUNS = isLong ? 50 : 1;
/** In parallel, each with its own link. */
const AT_ONCE = 5;
const MESSAGES = isLong ? 200 : 100;
/** Rendering is not tested here, so the window is small. */
const SMALL = { width: 390, height: 400 };

const stage = setStage();

/** Breaks and repairs the link every 0.3 to 5 s until `isOver`. A broken link is cut, or answers 503. */
async function toggle(link: Link, random: () => number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await wait(300 + random() * 1_700);
    if (random() < 0.4) link.refuse();
    else link.cut();
    await wait(300 + random() * (random() < 0.2 ? 4_700 : 900));
    link.mend();
  }
}

/**
 * Types and messageOps one text after the other, in the page itself: each as soon as the field is free again. A hand on the
 * keyboard from outside costs more here than the rest of a message's way.
 */
function typeAll(page: Page, all: string[]): Promise<void> {
  return page.evaluate(async (texts) => {
    const frame = () => new Promise((resolve) => setTimeout(resolve, 5));
    const setValue = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set;
    const field = () => document.querySelector<HTMLTextAreaElement>('textarea[aria-label=Message]');
    for (const text of texts) {
      setValue?.call(field(), text);
      field()?.dispatchEvent(new Event('input', { bubbles: true }));
      await frame();
      field()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
      while (field()?.value !== '') {
        if (field() === null)
          throw new Error(`${text}: the field disappeared: ${document.body.innerText.slice(0, 300)}`);
        const refused = document.querySelector('form [role=alert]')?.textContent;
        if (refused !== undefined && refused !== null) throw new Error(`${text}: ${refused}`);
        await frame();
      }
    }
  }, all);
}

/**
 * Describes the outbox and the screen, to distinguish pending messages from stuck ones, and both from messages that are just not
 * rendered.
 */
async function stateOf(page: Page): Promise<string> {
  const pending = await rowsOf(page, 'outbox');
  const shown = await page.evaluate(() => document.body.innerText);
  return `${pending.length} in the outbox, first ${JSON.stringify(pending[0])}; shown: ${shown.slice(0, 200)} … ${shown.slice(-200)}`;
}

test(
  `[ST5] [AP2] [CL2] [CL7] [ask 1] ${MESSAGES} messages over a link that keeps breaking: none is lost, duplicated or out of order, in ${RUNS} run${RUNS === 1 ? '' : 's'}`,
  { timeout: RUNS * 180_000 },
  async () => {
    const bob = await stage.signedUp('Bob Burns', { viewport: SMALL });
    const one = async (seed: number) => {
      const random = randomFrom(seed);
      const link = await openLink(stage.server.port);
      const ann = await stage.signedUp(`Ann ${seed}`, { over: link, viewport: SMALL });
      await startDirect(ann, 'Bob Burns');
      // A device that learns of a chat late starts with a window of it; here every message must arrive on its own. The chat begins
      // with its first message.
      const first = `${seed} begins`;
      await write(ann.page, first);
      const stream = streamOf(ann.page);
      const known = async () => (await rowsOf<{ stream: string }>(bob.page, 'conversations')).map((row) => row.stream);
      await expect.poll(known).toContain(stream);
      let isOver = false;
      const toggling = toggle(link, random, () => isOver);
      const written = [first, ...Array.from({ length: MESSAGES - 1 }, (_, at) => `${seed} says ${at + 1}`)];
      await typeAll(ann.page, written.slice(1));
      isOver = true;
      await toggling;
      await message(ann.page, written.at(-1) as string, 'Sent|Delivered|Read')
        .waitFor()
        .catch(async (error: unknown) => {
          throw new Error(`run ${seed}: ${await stateOf(ann.page)}`, { cause: error });
        });
      expect({ seed, texts: await storedTexts(bob, stream) }).toEqual({ seed, texts: written });
      const received = async () =>
        (await rowsOf<{ stream: string; seq: number; text: string }>(bob.page, 'messages'))
          .filter((row) => row.stream === stream)
          .toSorted((a, b) => a.seq - b.seq)
          .map(({ text }) => text);
      await expect.poll(received).toEqual(written);
      await expect.poll(() => rowsOf(ann.page, 'outbox')).toEqual([]);
      await ann.context.close();
      await link.close();
    };
    for (let from = 1; from <= RUNS; from += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, RUNS - from + 1) }, (_, at) => one(from + at)));
    }
  },
);
