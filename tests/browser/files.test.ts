import { randomBytes } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import { type Visitor, expectTexts, message, openChat, write } from './browser.fixture.ts';
import { push } from './device.fixture.ts';
import { expectFocus } from './expectations.fixture.ts';
import { DESKTOP, authenticate, makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * Files from one person's device to another's: picked, waiting without a network, over a reload, taken back.
 */

const stage = setStage();
const people = {} as Record<'ann' | 'bob', Visitor>;
let ann: Visitor;
let bob: Visitor;
beforeAll(async () => {
  people.ann = await stage.visitor('Ann Arbor');
  people.bob = await stage.visitor('Bob Burns');
  const bobId = await register(people.bob);
  await register(people.ann);
  for (const title of ['Picnic', 'Ferry', 'Attic', 'Cinema']) {
    const stream = await makeGroup(people.ann, title, bobId);
    await push(people.ann, messageOps(stream, ['Hello']));
  }
});
beforeEach(async () => {
  [ann, bob] = await Promise.all([opened(people.ann), opened(people.bob)]);
});

async function opened({ name, email }: Visitor): Promise<Visitor> {
  const visitor = { ...(await stage.visitor(name, DESKTOP)), email };
  await authenticate(visitor);
  await visitor.page.goto('/');
  return visitor;
}

async function attach(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[], caption = '') {
  await page.locator('input[type=file]').setInputFiles(files);
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill(caption);
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.waitFor({ state: 'hidden' });
}

const png = async (name: string) => ({ name, mimeType: 'image/png', buffer: await testFiles.png(400, 300) });
const picture = (page: Page, name: string) => page.getByRole('button', { name: `Open picture ${name}` });
const isDrawn = (page: Page, name: string) =>
  picture(page, name).evaluate((button) => (button.querySelector('img')?.naturalWidth ?? 0) > 0);

test('a picture and a document reach the other person: the picture in a box that never moves and on the whole screen, the document to save', async () => {
  const pdf = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: testFiles.pdf() };
  await Promise.all([openChat(ann.page, 'Picnic'), openChat(bob.page, 'Picnic')]);
  await attach(ann.page, [await png('lake.png'), pdf], 'The lake, and the plan');
  const received = message(bob.page, 'The lake, and the plan');
  await received.waitFor();
  const box = await picture(bob.page, 'lake.png').boundingBox();
  expect([box?.width, box?.height]).toEqual([320, 240]);
  await expect.poll(() => isDrawn(bob.page, 'lake.png')).toBe(true);
  expect(await picture(bob.page, 'lake.png').boundingBox()).toEqual(box);
  await message(ann.page, 'The lake, and the plan', 'Sent').waitFor();

  await picture(bob.page, 'lake.png').click();
  const viewer = bob.page.getByRole('dialog', { name: 'Picture lake.png' });
  await expect.poll(() => viewer.getByRole('img').evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(400);
  await bob.page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'hidden' });
  await expectFocus(picture(bob.page, 'lake.png'));

  const link = received.getByRole('link', { name: /^Save plan\.pdf/ });
  const [download] = await Promise.all([bob.page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toBe('plan.pdf');
  expect(stage.complaints()).toEqual([]);
});

test('[CL1] [CL14] a file that cannot be sent waits with what is written after it, survives a reload, and arrives in its place', async () => {
  await Promise.all([openChat(ann.page, 'Ferry'), openChat(bob.page, 'Ferry')]);
  await ann.page.route('**/api/media', (route) => route.abort());
  await attach(ann.page, [await png('ticket.png')], 'The ticket');
  await write(ann.page, 'Leaves at nine');
  const waiting = message(ann.page, 'The ticket', 'Waiting');
  await waiting.getByRole('button', { name: 'Cancel sending' }).waitFor();
  await expectTexts(bob.page, ['Hello']);

  await ann.page.reload();
  await message(ann.page, 'The ticket', 'Waiting').waitFor();
  await expect.poll(() => isDrawn(ann.page, 'ticket.png')).toBe(true);
  await ann.page.unroute('**/api/media');
  await ann.page.evaluate(() => dispatchEvent(new Event('online')));
  await expectTexts(bob.page, ['Hello', 'The ticket', 'Leaves at nine']);
  await expect.poll(() => isDrawn(bob.page, 'ticket.png')).toBe(true);
  await message(ann.page, 'Leaves at nine', 'Sent').waitFor();
  await expect.poll(() => isDrawn(ann.page, 'ticket.png')).toBe(true);
});

test('[CL14] sending is cancelled while it runs, and what waits behind it leaves', async () => {
  await Promise.all([openChat(ann.page, 'Attic'), openChat(bob.page, 'Attic')]);
  const failed = new Promise((resolve) => ann.page.on('requestfailed', resolve));
  await ann.page.route('**/api/media', () => undefined); // never answered
  await attach(ann.page, [await png('attic.png')], 'Never mind');
  await write(ann.page, 'Forget the picture');
  await message(ann.page, 'Never mind').getByRole('button', { name: 'Cancel sending' }).click();
  await failed;
  await expectTexts(bob.page, ['Hello', 'Forget the picture']);
  await expectTexts(ann.page, ['Hello', 'Forget the picture']);
  expect(stage.complaints()).toEqual([]);
});

test('[CL16] a large file goes on where it stopped after reloads, waits while it is paused, and is taken back without a trace', async () => {
  await Promise.all([openChat(ann.page, 'Cinema'), openChat(bob.page, 'Cinema')]);
  const film = { name: 'film.bin', mimeType: 'application/octet-stream', buffer: randomBytes(2_000_000) };
  const passed: number[] = [];
  const limit = { bytes: 0 };
  let isHeld = () => {};
  await ann.page.route('**/api/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    const offset = Number(await route.request().headerValue('upload-offset'));
    if (offset >= limit.bytes) return isHeld(); // never answered
    passed.push(offset);
    return route.continue();
  });
  const heldAt = (bytes: number) => {
    limit.bytes = bytes;
    return new Promise<void>((resolve) => (isHeld = resolve));
  };
  const sending = message(ann.page, 'The film');
  const press = (name: string) => sending.getByRole('button', { name }).click();

  const tenth = heldAt(200_000);
  await attach(ann.page, [film], 'The film');
  await tenth;
  const half = heldAt(1_000_000);
  await ann.page.reload();
  await half;
  await press('Pause sending');
  await sending.getByText('Paused').waitFor();
  await ann.page.reload();
  const nearEnd = heldAt(1_800_000);
  await press('Continue sending');
  await nearEnd;
  limit.bytes = Infinity;
  await ann.page.reload();
  await message(ann.page, 'The film', 'Sent').waitFor();
  // Nothing that had arrived was sent again.
  expect(passed).toEqual([...new Set(passed)].toSorted((a, b) => a - b));
  const link = message(bob.page, 'The film').getByRole('link', { name: /^Save film\.bin/ });
  const received = await bob.page.request.get((await link.getAttribute('href')) ?? '');
  expect(film.buffer.equals(await received.body())).toBe(true);

  const held = heldAt(100_000);
  await attach(ann.page, [film], 'Not this one');
  await held;
  const ended = ann.page.waitForResponse((response) => response.request().method() === 'DELETE');
  await message(ann.page, 'Not this one').getByRole('button', { name: 'Cancel sending' }).click();
  expect((await ended).status()).toBe(204);
  await expectTexts(ann.page, ['Hello', 'film.bin', 'The film']);
});

test('[MD12] a person and a group get pictures, which the others see where their letters were', async () => {
  const choose = async (page: Page, within: Locator) => {
    await within.locator('input[type=file]').setInputFiles([await png('face.png')]);
    const crop = page.getByRole('dialog', { name: 'Choose the part to show' });
    await crop.getByRole('img').press('ArrowLeft');
    await crop.getByRole('button', { name: 'Use picture' }).click();
    await within.getByRole('button', { name: 'Remove picture' }).waitFor();
  };
  await openChat(bob.page, 'Picnic');
  await ann.page.goto('/settings');
  await choose(ann.page, ann.page.getByRole('main'));
  await openChat(ann.page, 'Picnic');
  await ann.page.getByRole('button', { name: 'Edit group' }).click();
  await choose(ann.page, ann.page.getByRole('dialog', { name: 'Edit group' }));
  const drawn = (page: Page) =>
    page.evaluate(
      () =>
        [...document.images].filter(({ src, naturalWidth }) => src.startsWith('blob:') && naturalWidth === 512).length,
    );
  // The list's, the bar's and the details' of the group, and Ann's beside her name.
  await expect.poll(() => drawn(bob.page)).toBeGreaterThanOrEqual(4);
  await ann.page.keyboard.press('Escape');
});
