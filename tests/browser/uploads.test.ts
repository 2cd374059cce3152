import { randomBytes } from 'node:crypto';
import type { Locator, Request } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import { annAndBob } from './ann-and-bob.fixture.ts';
import { attach } from './attach.fixture.ts';
import { type Visitor, crash, expectTexts, message, openChat, write } from './browser.fixture.ts';
import { rowsOf } from './device.fixture.ts';
import { DESKTOP, greetedGroups } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { storedFiles } from './stored-files.fixture.ts';

/*
 * Uploads: paused, cancelled, across reloads and a killed tab.
 */

const stage = setStage();
// Each test has a chat of its own.
let ann: Visitor;
let bob: Visitor;
beforeAll(async () => {
  ({ ann, bob } = await annAndBob(stage, ['Attic', 'Cinema']));
});
afterEach(() => ann.page.unrouteAll({ behavior: 'ignoreErrors' }));

test('[CL14] sending is cancelled while it runs, and the messages behind it are sent', async () => {
  await Promise.all([openChat(ann.page, 'Attic'), openChat(bob.page, 'Attic')]);
  const failed = new Promise((resolve) => ann.page.on('requestfailed', resolve));
  await ann.page.route('**/api/media', () => undefined); // never answered
  await attach(ann.page, [{ name: 'attic.wav', mimeType: 'audio/wav', buffer: testFiles.wav() }], 'Never mind');
  await write(ann.page, 'Forget the sound');
  const cancel = message(ann.page, 'Never mind').getByRole('button', { name: 'Cancel sending' });
  // Its progress is below the waveform, and the button next to it.
  const boxOf = async (of: Locator) => (await of.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const waveform = await boxOf(message(ann.page, 'Never mind').getByRole('slider'));
  const said = await boxOf(
    message(ann.page, 'Never mind')
      .getByText(/%|Sending…|Waiting/)
      .first(),
  );
  expect(waveform.width).toBeGreaterThan(60);
  expect(waveform.x + waveform.width).toBeLessThanOrEqual((await boxOf(cancel)).x);
  expect(waveform.y + waveform.height).toBeLessThanOrEqual(said.y + 2);
  // A file that waits for its turn has not failed, so it offers no other attempt.
  await attach(ann.page, [{ name: 'attic.pdf', mimeType: 'application/pdf', buffer: testFiles.pdf() }], 'Nor this');
  const behind = message(ann.page, 'Nor this');
  await behind.getByText('Waiting', { exact: true }).first().waitFor();
  expect(await behind.getByRole('button', { name: 'Try again now' }).count()).toBe(0);
  await behind.getByRole('button', { name: 'Cancel sending' }).click();
  await behind.waitFor({ state: 'detached' });
  await cancel.click();
  await failed;
  await expectTexts(bob.page, ['Hello', 'Forget the sound']);
  await expectTexts(ann.page, ['Hello', 'Forget the sound']);
  expect(stage.complaints()).toEqual([]);
});

test('[CL16] a large file continues where it stopped after reloads, waits while it is paused, and can be taken back completely', async () => {
  await Promise.all([openChat(ann.page, 'Cinema'), openChat(bob.page, 'Cinema')]);
  // So long that no part reaches from below the last hold to its end, however slowly those before it arrived.
  const content = { name: 'film.bin', mimeType: 'application/octet-stream', buffer: randomBytes(2_400_000) };
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

  const other = await ann.context.newPage();
  await other.goto(ann.page.url());
  const tenth = heldAt(200_000);
  await attach(ann.page, [content], 'The film');
  await tenth;
  // Another tab shows how far it is.
  const elsewhere = message(other, 'The film');
  await elsewhere.getByText(/^[1-9]\d?%$/).waitFor();
  await elsewhere.getByRole('button', { name: 'Pause sending' }).waitFor();
  await other.close();
  const half = heldAt(1_000_000);
  await ann.page.reload();
  await half;
  await press('Pause sending');
  await ann.page.getByText('Messages that you write here after it wait too.').waitFor();
  await sending.getByText('Paused').waitFor();
  await write(ann.page, 'After the film');
  // It is still paused after a reload, and where everything is listed that waits.
  await ann.page.goto('/outbox');
  const items = ann.page.getByRole('main').getByRole('listitem');
  const film = items.filter({ hasText: 'The film' });
  await film.getByText('Paused; later messages in this chat wait too').first().waitFor();
  await items.filter({ hasText: 'After the film' }).getByText('Waiting for an earlier file').first().waitFor();
  const nearEnd = heldAt(1_800_000);
  await film.getByRole('button', { name: 'Continue sending' }).click();
  await nearEnd;
  await film.getByRole('button', { name: 'Pause sending' }).click();
  await film.getByRole('button', { name: 'Continue sending' }).click();
  limit.bytes = Infinity;
  await openChat(ann.page, 'Cinema');
  await expectTexts(bob.page, ['Hello', 'film.bin', 'The film', 'After the film']);
  await message(ann.page, 'The film', 'Sent|Delivered|Read').waitFor();
  // Nothing that had arrived was sent again.
  expect(passed).toEqual([...new Set(passed)].toSorted((a, b) => a - b));
  const link = message(bob.page, 'The film').getByRole('link', { name: /^Save film\.bin/ });
  const received = await bob.page.request.get((await link.getAttribute('href')) ?? '');
  expect(content.buffer.equals(await received.body())).toBe(true);

  // One of 150 kB goes in parts too: on a slow line it takes half a minute.
  const uploading = new Set<Request>();
  const isUpload = (request: Request) => request.url().includes('/api/uploads');
  ann.page.on('request', (request) => isUpload(request) && uploading.add(request));
  const isOver = (request: Request) => uploading.delete(request);
  ann.page.on('requestfinished', isOver).on('requestfailed', isOver);
  const held = heldAt(0);
  await attach(ann.page, [{ ...content, buffer: content.buffer.subarray(0, 150_000) }], 'Not this one');
  await held;
  const [stored] = await storedFiles(ann.page, ['waiting', 'sending']);
  expect(stored).toHaveLength(1);
  await expect.poll(() => uploading.size).toBe(1);
  const ended = ann.page.waitForResponse((response) => response.request().method() === 'DELETE');
  await message(ann.page, 'Not this one').getByRole('button', { name: 'Cancel sending' }).click();
  const pressedAt = performance.now();
  expect((await ended).status()).toBe(204);
  await expect
    .poll(async () => [await storedFiles(ann.page, ['waiting', 'sending']), await rowsOf(ann.page, 'outbox')])
    .toEqual([[[], []], []]);
  await expect.poll(() => uploading.size).toBe(0);
  console.log(`a cancelled upload has left no trace after ${Math.round(performance.now() - pressedAt)} ms`);
  const url = (await ended).url();
  expect((await ann.page.request.head(url, { headers: { 'tus-resumable': '1.0.0' } })).status()).toBe(404);
  await expectTexts(ann.page, ['Hello', 'film.bin', 'The film', 'After the film']);
});

test('[CL1] [CL16] a file whose tab is killed in the middle continues where it stopped, and arrives complete', async () => {
  const cara = await stage.signedUp('Cara Crash', DESKTOP);
  await greetedGroups(cara, bob, ['Harbour']);
  const content = { name: 'film.bin', mimeType: 'application/octet-stream', buffer: randomBytes(1_500_000) };
  const passed: number[] = [];
  let mostBytes = 500_000;
  let isHeld = () => {};
  const held = new Promise<void>((resolve) => (isHeld = resolve));
  await cara.context.route('**/api/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    const offset = Number(await route.request().headerValue('upload-offset'));
    if (offset >= mostBytes) return isHeld(); // never answered
    passed.push(offset);
    return route.continue();
  });
  await openChat(cara.page, 'Harbour');
  await attach(cara.page, [content], 'The harbour');
  await held;
  const before = passed.length;
  await crash(cara.page);
  await cara.page.close();
  mostBytes = Infinity;
  const page = await cara.context.newPage();
  await page.goto('/');
  await openChat(page, 'Harbour');
  await message(page, 'The harbour', 'Sent|Delivered|Read').waitFor();
  // It continued, and nothing that had arrived was sent again.
  expect(passed.slice(before)[0]).toBeGreaterThanOrEqual(500_000);
  expect(passed).toEqual([...new Set(passed)].toSorted((a, b) => a - b));
  await openChat(bob.page, 'Harbour');
  const link = message(bob.page, 'The harbour').getByRole('link', { name: /^Save film\.bin/ });
  const received = await bob.page.request.get((await link.getAttribute('href')) ?? '');
  expect(content.buffer.equals(await received.body())).toBe(true);
});

test('[CL14] a file that has been sent completely shows no percentage until the server answers', async () => {
  const pia = await stage.signedUp('Pia Quay', { over: stage.link });
  await greetedGroups(pia, bob, ['Quay']);
  await openChat(pia.page, 'Quay');
  await attach(pia.page, [{ name: 'first.txt', mimeType: 'text/plain', buffer: Buffer.from('first') }], 'The first');
  await message(pia.page, 'The first', 'Sent|Delivered|Read').waitFor();
  stage.link.holdAnswers();
  await attach(pia.page, [{ name: 'times.txt', mimeType: 'text/plain', buffer: Buffer.from('the times') }], 'Times');
  const sending = message(pia.page, 'Times');
  await sending.getByText('Sending…').waitFor();
  expect(await sending.getByText(/%$/).count()).toBe(0);
  expect(await sending.getByRole('progressbar').getAttribute('value')).toBeNull();
  // The answer is lost, so the file is sent again.
  stage.link.dropHeld();
  await message(pia.page, 'Times', 'Sent|Delivered|Read').waitFor();
  expect(await sending.getByText('Sending…').count()).toBe(0);
});
