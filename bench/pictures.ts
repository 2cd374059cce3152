import { loadavg } from 'node:os';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { groupStream } from '#protocol/ids.ts';
import { newId, openStage, push, registered } from './browser-people.ts';

/*
 * A chat with 300 pictures is scrolled to its first message and back, twice: while the small pictures are fetched, and when they are
 * on the device. The longest task of the page's main thread (which should take less than 100 ms) and its processor time, because on a
 * busy machine a task also waits.
 *
 * `npm run bench bench/pictures.ts`
 */
const [PICTURES, AT_ONCE, ROUNDS] = [300, 4, 2];
const [WIDTH, HEIGHT] = [1_000, 750];
const PIXELS_PER_FRAME = 160;
const say = (line: string) => process.stdout.write(`${line}\n`);

const noise = { type: 'gaussian' as const, mean: 128, sigma: 25 };
const grain = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#888', noise } })
  .raw()
  .toBuffer({ resolveWithObject: true });
const { browser, origin, close } = await openStage();
const ann = await registered(browser, origin, 'Ann');
const stream = groupStream(newId());
await push(ann, [{ id: newId(), kind: 'conversation.create', stream, title: 'Pictures', memberIds: [] }]);
const files: string[] = [];
await Promise.all(
  Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (let at = lane; at < PICTURES; at += AT_ONCE) files[at] = await uploaded(ann, await photo(at), at);
  }),
);
await push(
  ann,
  files.map((mediaId, at) => ({
    id: newId(),
    kind: 'message.send',
    stream,
    text: at % 3 === 0 ? `Picture ${at}` : '',
    sentAt: new Date().toISOString(),
    attachments: [{ mediaId }],
  })),
);

const cookies = await ann.context().cookies();
for (let round = 1; round <= ROUNDS; round++) {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1_440, height: 900 } });
  await context.addCookies(cookies);
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('link', { name: 'Pictures', exact: true }).click();
  await page.getByRole('feed').getByRole('img').last().waitFor();
  for (const way of ['fetched', 'on the device']) {
    const up = await scrolled(page, -PIXELS_PER_FRAME);
    const down = await scrolled(page, PIXELS_PER_FRAME);
    say(`round ${round}, ${way}: up ${up}; down ${down}; load ${loadavg()[0]?.toFixed(1)}`);
  }
  await context.close();
}
await close();

/** Different from all others, and as expensive to decode as a photo. */
function photo(at: number): Promise<Buffer> {
  const colour = [37, 91, 53].map((step) => 0.4 + (((at * step) % 256) / 256) * 0.6);
  return sharp(grain.data, { raw: grain.info }).linear(colour, [0, 0, 0]).jpeg({ quality: 70 }).toBuffer();
}

async function uploaded(page: Page, buffer: Buffer, at: number): Promise<string> {
  const answer = await page.request.post('/api/media', {
    multipart: { stream, file: { name: `${at}.jpg`, mimeType: 'image/jpeg', buffer } },
    timeout: 120_000,
  });
  if (!answer.ok()) throw new Error(await answer.text());
  return ((await answer.json()) as { mediaId: string }).mediaId;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  dur?: number;
  /** The same without the time in which something else had the processor. */
  tdur?: number;
  args: { name?: string };
}

/** Scrolls by this much in each frame until nothing moves. */
async function scrolled(page: Page, by: number): Promise<string> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  const { frames, seen } = await page.getByRole('feed').evaluate(async (feed, step) => {
    const scroller = feed.parentElement?.parentElement as HTMLElement;
    const names = new Set<string>();
    let count = 0;
    // Older messages are read from the device while one waits at the upper end.
    for (let still = 0; still < 60; count++) {
      const top = scroller.scrollTop;
      scroller.scrollTop += step;
      await new Promise(requestAnimationFrame);
      still = Math.abs(scroller.scrollTop - top) < 1 ? still + 1 : 0;
      for (const { alt, complete } of feed.querySelectorAll('img')) if (complete) names.add(alt);
    }
    return { frames: count, seen: names.size };
  }, by);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents.flatMap(({ name, args, pid, tid }) =>
      name === 'thread_name' && args.name === 'CrRendererMain' ? [`${pid} ${tid}`] : [],
    ),
  );
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && mains.has(`${pid} ${tid}`));
  const longest = (time: 'dur' | 'tdur') => Math.max(0, ...tasks.map((task) => (task[time] ?? 0) / 1_000)).toFixed(0);
  const sum = tasks.reduce((ms, { tdur = 0 }) => ms + tdur / 1_000, 0);
  return `longest task ${longest('dur')} ms, ${longest('tdur')} ms of CPU; ${(sum / frames).toFixed(1)} ms of CPU for each of ${frames} frames, ${seen} pictures`;
}
