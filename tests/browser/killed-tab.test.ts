import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PATIENCE_MS, conversation, crash, workerReady } from './browser.fixture.ts';
import { rowsOf, storedTexts, streamOf } from './device.fixture.ts';
import { setStage } from './stage.fixture.ts';

const isLong = process.env['TEST_LONG'] !== undefined;
const TRIALS = isLong ? 500 : 10;
const AT_ONCE = 5;

const stage = setStage();

test(
  `[CL1] [REL-02] [ask 4] a tab that is killed up to half a second after Enter has lost nothing, in ${TRIALS} trials`,
  { timeout: 120_000 + TRIALS * 8_000 },
  async () => {
    const outcomes: string[] = [];
    const lost: string[] = [];
    const worker = async (number: number) => {
      const ann = await stage.signedUp(`Ann ${number}`);
      await ann.page.goto('/new');
      await ann.page.getByRole('button', { name: 'Notes to myself' }).click();
      await conversation(ann.page, 'Notes to myself').waitFor();
      await workerReady(ann);
      const stream = streamOf(ann.page);
      const place = new URL(ann.page.url()).pathname;
      const promised: string[] = [];
      let { page } = ann;
      for (let trial = number; trial < TRIALS; trial += AT_ONCE) {
        const text = `trial ${trial}`;
        const box = page.getByRole('textbox', { name: 'Message' });
        await box.fill(text);
        await box.press('Enter');
        await wait((trial * 97) % 500);
        const wasEmpty = await box
          .inputValue({ timeout: 2_000 })
          .then((value) => value === '')
          .catch(() => false);
        await crash(page);
        await page.close();
        page = await ann.context.newPage();
        // The server can't be reached while the device is looked at: nothing may leave in between.
        await ann.context.setOffline(true);
        await page.goto(place);
        await conversation(page, 'Notes to myself').waitFor();
        const waiting = (await rowsOf<{ op: { text?: string } }>(page, 'outbox')).filter(({ op }) => op.text === text);
        await ann.context.setOffline(false);
        const stored = (await storedTexts({ ...ann, page }, stream)).filter((each) => each === text);
        const where = stored.length > 0 ? 'server' : waiting.length > 0 ? 'outbox' : 'neither';
        // While the field still held the text, nothing had been promised; from then on it is kept.
        outcomes.push(wasEmpty ? where : `${where}, not yet taken`);
        if (wasEmpty) promised.push(text);
        await expect.poll(() => rowsOf(page, 'outbox'), { timeout: PATIENCE_MS }).toEqual([]);
      }
      const all = (await storedTexts({ ...ann, page }, stream)).filter((text) => text.startsWith('trial'));
      expect(new Set(all).size).toBe(all.length);
      lost.push(...promised.filter((text) => !all.includes(text)));
      await ann.context.close();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => worker(number)));
    expect(outcomes).toHaveLength(TRIALS);
    expect({ lost, neither: outcomes.filter((where) => where === 'neither') }).toEqual({ lost: [], neither: [] });
    expect(outcomes.filter((where) => where === 'server' || where === 'outbox').length).toBeGreaterThan(TRIALS / 2);
  },
);
