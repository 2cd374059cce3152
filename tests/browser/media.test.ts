import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import { annAndBob } from './ann-and-bob.fixture.ts';
import { attach } from './attach.fixture.ts';
import { PATIENCE_MS, type Visitor, message, openChat } from './browser.fixture.ts';
import { newId, push } from './device.fixture.ts';
import { DESKTOP, authenticate, greetedGroups } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { recordedFilm } from './recorded-film.fixture.ts';
import { storedFiles } from './stored-files.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

/*
 * Files that are recorded, viewed and played.
 */

const stage = setStage();
let ann: Visitor;
let bob: Visitor;
let streams: Record<'Sounds' | 'Pictures', string>;
beforeAll(async () => {
  ({ ann, bob, streams } = await annAndBob(stage, ['Voices', 'Elsewhere', 'Pictures', 'Losses', 'Sounds']));
});

const PATIENTLY = { timeout: PATIENCE_MS };
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const recorder = (page: Page) => page.locator('form').getByRole('group', { name: 'Voice message' });
const voices = (page: Page) => page.getByRole('feed').getByRole('group', { name: 'Voice message' });

test('[CL14] a voice message is recorded, survives a reload in the middle, is played and sent; it keeps playing in another chat, and the next one follows', async () => {
  await Promise.all([openChat(ann.page, 'Voices'), openChat(bob.page, 'Voices')]);
  // A person without permission for the microphone is told how to allow it.
  await button(bob.page, 'Record a voice message').click();
  await bob.page.getByRole('alert').filter({ hasText: 'Allow it in your browser’s settings' }).waitFor();
  await button(bob.page, 'Close').click();
  await bob.page.locator('textarea:focus').waitFor();

  await ann.context.grantPermissions(['microphone']);
  await button(ann.page, 'Record a voice message').press('Enter');
  await recorder(ann.page).getByText('0:01').waitFor();
  // The page ends in the middle of it: what was recorded until then is offered again.
  await expect.poll(() => storedFiles(ann.page, ['sounds']), PATIENTLY).not.toEqual([[]]);
  await ann.page.reload();
  await recorder(ann.page).getByText('Unsent recording').waitFor();
  await button(ann.page, 'Listen').click();
  await button(ann.page, 'Pause').waitFor();
  // Another chat is opened and this one again: the recording is still there.
  await openChat(ann.page, 'Elsewhere');
  await openChat(ann.page, 'Voices');
  await recorder(ann.page).getByRole('button', { name: 'Send voice message' }).click();
  await recorder(ann.page).waitFor({ state: 'detached' });
  await button(ann.page, 'Record a voice message').click();
  await recorder(ann.page).getByText('0:01').waitFor();
  await button(ann.page, 'Send voice message').click();

  await voices(bob.page).nth(1).waitFor();
  await voices(bob.page).first().getByRole('button', { name: 'Play' }).click();
  await voices(bob.page).first().getByRole('button', { name: 'Speed 1×' }).click();
  await openChat(bob.page, 'Elsewhere');
  const playing = bob.page.getByRole('group', { name: 'Playing' });
  await playing.getByRole('link', { name: 'Show in chat' }).click();
  await voices(bob.page).last().getByRole('button', { name: 'Speed 1.5×' }).waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('pictures are viewed in full screen with keys, buttons and swipes, enlarged, forwarded and shown in their chat', async () => {
  const { page } = ann;
  await openChat(page, 'Pictures');
  const names = ['one', 'two', 'three'];
  const buffer = await testFiles.png(400, 300);
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(names.map((name) => ({ name: `${name}.png`, mimeType: 'image/png', buffer })));
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill('Three pictures');
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await message(page, 'Three pictures', 'Sent|Delivered|Read').waitFor();

  const opener = button(page, 'Open picture one.png');
  await opener.click();
  const viewer = (name: string) => page.getByRole('dialog', { name: `Picture ${name}.png` });
  await viewer('one').getByRole('button', { name: 'Next' }).click();
  await viewer('two').waitFor();
  await page.keyboard.press('ArrowRight');
  await viewer('three').waitFor();
  expect(await button(page, 'Next').count()).toBe(0);
  await swipe(page, 300);
  await viewer('two').waitFor();

  const shown = viewer('two').getByRole('img');
  const width = async () => Math.round((await shown.boundingBox())?.width ?? 0);
  await expect.poll(width, PATIENTLY).toBe(400);
  await button(page, 'Zoom in').click();
  await expect.poll(width, PATIENTLY).toBe(1_000);
  await page.keyboard.press('0');
  await expect.poll(width, PATIENTLY).toBe(400);

  await button(page, 'Forward').click();
  const forward = page.getByRole('dialog', { name: /^Forward/ });
  await forward.getByRole('button', { name: 'Elsewhere' }).waitFor();
  await page.keyboard.press('Escape');
  await forward.waitFor({ state: 'detached' });
  await opener.click();
  await viewer('one').waitFor();
  await page.keyboard.press('Escape');
  await viewer('one').waitFor({ state: 'detached' });
  expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);

  const details = page.getByRole('complementary');
  await details.getByRole('button', { name: 'Media, files and links' }).click();
  await details.getByRole('button', { name: 'Media 3' }).waitFor();
  await details.getByRole('button', { name: 'Open picture two.png' }).click();
  await viewer('two').waitFor();
  // Back closes it, and what was below is still there.
  await page.goBack();
  await viewer('two').waitFor({ state: 'detached' });
  await details.getByRole('button', { name: 'Media 3' }).waitFor();

  // What is looked at while its message is deleted on another device is gone too, and that is said.
  await details.getByRole('button', { name: 'Open picture two.png' }).click();
  await viewer('two').waitFor();
  const messageId = await message(page, 'Three pictures').getAttribute('data-message');
  await push(ann, [{ id: newId(), stream: streams.Pictures, kind: 'message.delete', messageId }]);
  const gone = page.getByRole('dialog', { name: 'This message was deleted in the meantime.' });
  await gone.waitFor();
  expect(await viewer('two').count()).toBe(0);
  await gone.getByRole('button', { name: 'Close' }).click();
  await gone.waitFor({ state: 'detached' });
  expect(new URL(page.url()).pathname).toBe(`/chat/g/${streams.Pictures.slice(2)}`);
  expect(stage.complaints()).toEqual([]);
});

test('a picture that is gone from the server is said not to be shown, and the viewer can be left', async () => {
  const { page } = ann;
  // The file stays if the test is repeated.
  const name = `${newId().slice(-6)}.png`;
  await openChat(page, 'Losses');
  await attach(page, [{ name, mimeType: 'image/png', buffer: await testFiles.png(400, 300) }], `With ${name}`);
  await message(page, `With ${name}`, 'Sent|Delivered|Read').waitFor();
  await bob.page.route('**/api/media/**', (route) => route.fulfill({ status: 404 }));
  await openChat(bob.page, 'Losses');
  await button(bob.page, `Open picture ${name}`).click();
  const viewer = bob.page.getByRole('dialog', { name: `Picture ${name}` });
  await viewer.getByText('This picture can’t be shown now.').waitFor();
  await viewer.getByRole('button', { name: 'Close' }).click();
  await viewer.waitFor({ state: 'detached' });
  await bob.page.unroute('**/api/media/**');
  expect(stage.complaints()).toEqual([]);
});

test('[MD13] a film shows a picture of it at once in a box that never moves, here and at the other person', async () => {
  await Promise.all([openChat(ann.page, 'Elsewhere'), openChat(bob.page, 'Elsewhere')]);
  await ann.page
    .locator('input[type=file]')
    .first()
    .setInputFiles([await recordedFilm(ann.page)]);
  const sheet = ann.page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('button', { name: /^Send/ }).click();
  for (const { page } of [ann, bob]) {
    const shown = page.getByRole('feed').getByRole('button', { name: 'Play video film.webm' });
    await shown.waitFor();
    const box = await shown.boundingBox();
    const width = () => shown.evaluate((element) => element.querySelector('img')?.naturalWidth);
    await expect.poll(width, PATIENTLY).toBe(320);
    expect(await shown.boundingBox()).toEqual(box);
  }
  expect(stage.complaints()).toEqual([]);
});

/** Drags the picture across, in one movement. */
async function swipe(page: Page, by: number): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.mouse.move(width / 2, height / 2);
  await page.mouse.down();
  await page.mouse.move(width / 2 + by, height / 2, { steps: 4 });
  await page.mouse.up();
}

test('[CL18] a file that was seen plays without a network, in parts too, and is removed on request; content that another app shares waits to be sent', async () => {
  const visitor = { ...(await stage.visitor('Ann Arbor', { ...DESKTOP, ...WITH_WORKER })), email: ann.email };
  await authenticate(visitor);
  const { page, context } = visitor;
  await sendSound(visitor, streams.Sounds);
  await page.goto('/');
  await workerReady(visitor);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await openChat(page, 'Sounds');
  await voices(page).waitFor();
  const files = () => keptFiles(page);
  await expect.poll(async () => (await files()).length, PATIENTLY).toBe(1);
  const [id = ''] = await files();

  await context.setOffline(true);
  const part = await page.evaluate(async (address) => {
    const answer = await fetch(address, { headers: { range: 'bytes=4-7' } });
    return [answer.status, answer.headers.get('content-range')?.split('/')[0], (await answer.blob()).size];
  }, `/api/media/${id}`);
  expect(part).toEqual([206, 'bytes 4-7', 4]);
  // It plays to its end; what cannot be played has no speed.
  await voices(page).getByRole('button', { name: 'Play' }).click();
  await voices(page).getByRole('button', { name: 'Play' }).waitFor();
  expect(
    await voices(page)
      .getByRole('button', { name: /^Speed/ })
      .count(),
  ).toBe(1);

  await page.getByRole('link', { name: 'Settings' }).click();
  await button(page, 'Remove files from this device').click();
  await page.getByText('The files were removed from this device').waitFor();
  expect(await files()).toEqual([]);

  // Another app shares a text and a file, still without a network.
  await page.evaluate(() => {
    const form = document.createElement('form');
    form.method = 'post';
    form.enctype = 'multipart/form-data';
    form.action = '/share';
    const given = new DataTransfer();
    given.items.add(new File(['a plan'], 'plan.txt', { type: 'text/plain' }));
    const text = Object.assign(document.createElement('input'), { name: 'text', value: 'Shared by another app' });
    const file = Object.assign(document.createElement('input'), { name: 'files', type: 'file', files: given.files });
    form.append(text, file);
    document.body.append(form);
    form.submit();
  });
  const dialog = page.getByRole('dialog', { name: 'Send file to' });
  await dialog.getByRole('button', { name: 'Sounds' }).click();
  await dialog.getByRole('button', { name: 'Send to 1 chat' }).click();
  await openChat(page, 'Sounds');
  await message(page, 'Shared by another app', 'Waiting').getByText('plan.txt').waitFor();
  // Content that was shared while nobody was signed in may be somebody else's, so it is not shown before the person confirms that
  // it is theirs.
  await page.evaluate(async () => {
    const cache = await caches.open('shared-in');
    await cache.put('/shared/owner', new Response(''));
    await cache.put('/shared/text', new Response('of somebody else'));
  });
  await page.goto('/?shared');
  const question = page.getByRole('dialog', { name: 'Shared before you signed in' });
  await question.getByRole('button', { name: 'Discard' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await page.evaluate(() => caches.has('shared-in'))).toBe(false);
  await context.setOffline(false);
});

test('[CL18] a chat that is kept on the device has the files that were not fetched, and its details list files and links', async () => {
  const kim = await stage.signedUp('Kim Keeper', DESKTOP);
  const { page } = kim;
  const { Archive: stream } = await greetedGroups(kim, bob, ['Archive']);
  await page.getByRole('link', { name: 'Settings' }).click();
  const documents = page.getByRole('group', { name: 'Documents' });
  await documents.getByRole('button', { name: 'Never' }).click();
  const file = { name: 'minutes.txt', mimeType: 'text/plain', buffer: Buffer.from('What was said') };
  const answer = await bob.page.request.post('/api/media', { multipart: { stream, file } });
  const attachment = (await answer.json()) as { mediaId: string };
  const text = 'See https://example.org/minutes';
  const sentAt = new Date().toISOString();
  await push(bob, [{ id: newId(), stream, kind: 'message.send', text, attachments: [attachment], sentAt }]);
  await page.goto('/');
  await openChat(page, 'Archive');
  await message(page, text)
    .getByRole('link', { name: /^Save minutes\.txt/ })
    .waitFor();

  const details = page.getByRole('complementary');
  await details.getByRole('button', { name: 'Media, files and links' }).click();
  await details.getByRole('button', { name: 'Files 1' }).click();
  await details.getByRole('link', { name: /^Save minutes\.txt/ }).waitFor();
  await details.getByRole('button', { name: 'Links 1' }).click();
  await details.getByRole('link', { name: 'https://example.org/minutes' }).waitFor();
  expect(await keptFiles(page)).toEqual([]);
  await details.getByRole('checkbox', { name: /^Keep on this device/ }).check();
  await expect.poll(() => keptFiles(page), PATIENTLY).toEqual([attachment.mediaId]);
  expect(stage.complaints()).toEqual([]);
});

/** The ids of the files that were kept for use without a network. */
function keptFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const [kept] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith('teamlink-kept-files-'));
    if (kept?.name === undefined) return [];
    const opening = indexedDB.open(kept.name);
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const reading = opening.result.transaction('facts').objectStore('facts').getAllKeys();
    await new Promise((resolve) => (reading.onsuccess = resolve));
    opening.result.close();
    return reading.result as string[];
  });
}

/** A second of silence, as a voice message. */
async function sendSound(visitor: Visitor, stream: string): Promise<void> {
  const samples = Buffer.alloc(8_000, 128);
  const header = Buffer.from('524946460000000057415645666d74201000000001000100401f0000401f00000100080064617461', 'hex');
  const size = Buffer.alloc(4);
  size.writeUInt32LE(samples.length);
  header.writeUInt32LE(36 + samples.length, 4);
  const file = { name: 'voice.wav', mimeType: 'audio/wav', buffer: Buffer.concat([header, size, samples]) };
  const answer = await visitor.page.request.post('/api/media', { multipart: { stream, kind: 'voice', file } });
  const attachments = [(await answer.json()) as object];
  const sentAt = new Date().toISOString();
  await push(visitor, [{ id: newId(), stream, kind: 'message.send', text: '', attachments, sentAt }]);
}

test('[CL14] a file that the system opens with the app is sent to the chats that are chosen', async () => {
  const lea = await stage.signedUp('Lea Launcher', DESKTOP);
  const { page, context } = lea;
  await greetedGroups(lea, bob, ['Harbour']);
  // An installed app gets its files from the system by this queue; a page of a test is not installed.
  await context.addInitScript(() => {
    const opened = new File(['%PDF-1.7 tide tables'], 'tides.pdf', { type: 'application/pdf' });
    const launch = { files: [{ getFile: () => Promise.resolve(opened) }] };
    const value = { setConsumer: (take: (given: typeof launch) => void) => take(launch) };
    Object.defineProperty(globalThis, 'launchQueue', { value });
  });
  const manifest = (await (await page.request.get('/manifest.webmanifest')).json()) as {
    file_handlers: { action: string; accept: Record<string, string[]> }[];
  };
  expect(manifest.file_handlers[0]?.accept['application/pdf']).toEqual(['.pdf']);
  await page.goto(manifest.file_handlers[0]?.action ?? '');
  const dialog = page.getByRole('dialog', { name: 'Send file to' });
  await dialog.getByRole('button', { name: 'Harbour' }).click();
  await dialog.getByRole('button', { name: 'Send to 1 chat' }).click();
  await openChat(bob.page, 'Harbour');
  await bob.page.getByRole('feed').getByText('tides.pdf').waitFor();
  expect(lea.complaints).toEqual([]);
});
