import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page, Route } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { limits } from '#protocol/limits.ts';
import { testFiles } from '#server/media/testing/files.fixture.ts';
import { annAndBob } from './ann-and-bob.fixture.ts';
import { attach } from './attach.fixture.ts';
import { type Visitor, expectTexts, message, openChat, startDirect, write } from './browser.fixture.ts';
import { storedTexts, streamOf } from './device.fixture.ts';
import { expectFocus, expectLayers } from './expectations.fixture.ts';
import { expectAtEnd, settled } from './list.fixture.ts';
import { authenticate, PHONE } from './seed.fixture.ts';
import { expectReachable } from './pictures.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { storedFiles } from './stored-files.fixture.ts';

/*
 * Files from one person's device to another's: picked, waiting without a network, across a reload.
 */

const stage = setStage();
// Each test has a chat of its own.
let ann: Visitor;
let bob: Visitor;
beforeAll(async () => {
  ({ ann, bob } = await annAndBob(stage, [
    'Picnic',
    'Ferry',
    'Attic',
    'Cinema',
    'Sketches',
    'Drawer',
    'Balcony',
    'Crate',
    'Cellar',
    'Loft',
    'Shed',
  ]));
});
afterEach(() => ann.page.unrouteAll({ behavior: 'ignoreErrors' }));

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
  // The list has come to its end.
  await settled(bob.page);
  const box = await picture(bob.page, 'lake.png').boundingBox();
  expect([box?.width, box?.height]).toEqual([320, 240]);
  await expect.poll(() => isDrawn(bob.page, 'lake.png')).toBe(true);
  expect(await picture(bob.page, 'lake.png').boundingBox()).toEqual(box);
  await message(ann.page, 'The lake, and the plan', 'Sent|Delivered|Read').waitFor();

  await picture(bob.page, 'lake.png').click();
  const viewer = bob.page.getByRole('dialog', { name: 'Picture lake.png' });
  await expect.poll(() => viewer.getByRole('img').evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(400);
  await bob.page.keyboard.press('Escape');
  await viewer.waitFor({ state: 'hidden' });
  await expectFocus(picture(bob.page, 'lake.png'));

  const link = received.getByRole('link', { name: /^Save plan\.pdf/ });
  const [download] = await Promise.all([bob.page.waitForEvent('download'), link.click()]);
  expect(download.suggestedFilename()).toBe('plan.pdf');

  // Once the server no longer has it, a press says so in the message, and another one asks again.
  const gone = received.getByText('No longer available');
  expect(await gone.count()).toBe(0);
  const path = `**${await link.getAttribute('href')}`;
  await bob.page.route(path, (route) =>
    route.fulfill({ status: 404, json: { error: { code: 'not_found', message: 'no such file' } } }),
  );
  await link.click();
  await gone.waitFor();
  await bob.page.unroute(path);
  await link.click();
  await gone.waitFor({ state: 'detached' });
  expect(stage.complaints()).toEqual([]);
});

test('[C6] sent pictures are scrolled into view, even if the focus was on a picture above them', async () => {
  const { page } = ann;
  // So low that the two messages don't fit.
  await page.setViewportSize({ width: 1440, height: 600 });
  await openChat(page, 'Balcony');
  const three = await Promise.all(['left.png', 'middle.png', 'right.png'].map(png));
  await attach(page, three, 'The first three');
  await message(page, 'The first three', 'Sent|Delivered|Read').waitFor();
  await picture(page, 'left.png').click();
  await page.getByRole('dialog', { name: 'Picture left.png' }).waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(picture(page, 'left.png'));
  await attach(page, three, 'And three more');
  await message(page, 'And three more', 'Sent|Delivered|Read').waitFor();
  await settled(page);
  await expectAtEnd(page);
  await page.setViewportSize({ width: 1440, height: 900 });
  expect(stage.complaints()).toEqual([]);
});

test('[MD2] [SEC-60] every kind of file arrives as what it is: pictures are drawn, a sound can be played, everything else is saved', async () => {
  await Promise.all([openChat(ann.page, 'Crate'), openChat(bob.page, 'Crate')]);
  const make = async (name: string, mimeType: string, content: Buffer | Promise<Buffer>) => ({
    name,
    mimeType,
    buffer: await content,
  });
  const pictures = [
    make('camera.jpg', 'image/jpeg', testFiles.jpegFromCamera()),
    make('moving.gif', 'image/gif', testFiles.gif()),
    make('light.webp', 'image/webp', testFiles.webp()),
    make('small.avif', 'image/avif', testFiles.avif()),
  ];
  const saved = [
    make('drawing.svg', 'image/svg+xml', testFiles.svg()),
    make('page.html', 'text/html', testFiles.html()),
    make('plan.pdf', 'application/pdf', testFiles.pdf()),
    make('box.zip', 'application/zip', testFiles.zip()),
    make('nothing.txt', 'text/plain', Buffer.alloc(0)),
  ];
  await attach(
    ann.page,
    await Promise.all([...pictures, make('tone.wav', 'audio/wav', testFiles.wav()), ...saved]),
    'All of it',
  );
  await message(ann.page, 'All of it', 'Sent|Delivered|Read').waitFor();
  for (const { page } of [ann, bob]) {
    const received = message(page, 'All of it.*').last();
    for (const name of ['camera.jpg', 'moving.gif', 'light.webp', 'small.avif'])
      await expect.poll(() => isDrawn(page, name)).toBe(true);
    await received.getByRole('group', { name: 'Audio tone.wav' }).getByRole('button', { name: 'Play' }).waitFor();
    for (const name of ['drawing.svg', 'page.html', 'plan.pdf', 'box.zip', 'nothing.txt'])
      await received.getByRole('link', { name: `Save ${name}` }).waitFor();
  }
  // Nothing that was sent ran as a page or a script.
  expect(stage.complaints()).toEqual([]);
});

test('[MD9] a file above the limit is named in the sheet and not sent; once it is removed, the others are sent', async () => {
  const { page } = ann;
  await openChat(page, 'Cellar');
  const folder = await mkdtemp(join(tmpdir(), 'teamlink-picked-'));
  const [large, small] = [join(folder, 'large.iso'), join(folder, 'small.txt')];
  await writeFile(large, '');
  // A file with a hole takes no room.
  await truncate(large, limits.file + 1);
  await writeFile(small, 'small');
  await page.locator('input[type=file]').first().setInputFiles([large, small]);
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('alert').getByText('large.iso is too large: files may have up to').waitFor();
  await expectFocus(sheet.getByRole('textbox', { name: 'Add a text' }));
  expect(await sheet.getByRole('button', { name: /^Send/ }).isDisabled()).toBe(true);
  await sheet.getByRole('button', { name: 'Remove large.iso' }).click();
  // A text that is too long is neither cut nor sent.
  const caption = sheet.getByRole('textbox', { name: 'Add a text' });
  await caption.focus();
  await page.keyboard.insertText('x'.repeat(limits.text + 1));
  await sheet.getByRole('alert').getByText('1 character too many').waitFor();
  expect(await sheet.getByRole('button', { name: /^Send/ }).isDisabled()).toBe(true);
  await caption.fill('Only the small one');
  await caption.press('Enter');
  await message(page, 'Only the small one', 'Sent|Delivered|Read').waitFor();
  await rm(folder, { recursive: true });
  expect(stage.complaints()).toEqual([]);
});

test('[CL1] [CL14] a file that cannot be sent waits, as does the text after it, survives a reload, and arrives in its place', async () => {
  await Promise.all([openChat(ann.page, 'Ferry'), openChat(bob.page, 'Ferry')]);
  await ann.page.route('**/api/media', (route) => route.abort());
  await attach(ann.page, [await png('ticket.png')], 'The ticket');
  await write(ann.page, 'Leaves at nine');
  const waiting = message(ann.page, 'The ticket', 'Waiting');
  await waiting.getByRole('button', { name: 'Cancel sending' }).waitFor();
  await expectTexts(bob.page, ['Hello']);
  await waiting.getByRole('button', { name: 'Try again now' }).waitFor();

  await ann.page.reload();
  await message(ann.page, 'The ticket', 'Waiting').waitFor();
  await expect.poll(() => isDrawn(ann.page, 'ticket.png')).toBe(true);
  await ann.page.unrouteAll();
  await ann.page.evaluate(() => dispatchEvent(new Event('online')));
  await expectTexts(bob.page, ['Hello', 'The ticket', 'Leaves at nine']);
  await expect.poll(() => isDrawn(bob.page, 'ticket.png')).toBe(true);
  await message(ann.page, 'Leaves at nine', 'Sent|Delivered|Read').waitFor();
  await expect.poll(() => isDrawn(ann.page, 'ticket.png')).toBe(true);
});

let beginnings = 0;

test('[CL14] [OP9] nobody else sees a direct chat before the file of its first message is there', async () => {
  const { page } = ann;
  const name = `Cyrus ${(beginnings += 1)}`;
  const cyrus = await stage.account(name);
  const seen = async () => (await cyrus.page.request.post('/api/sync/pull', { data: { cursors: {} } })).text();
  await page.route('**/api/media', (route) => route.abort());
  await startDirect(ann, name);
  const stream = streamOf(page);
  await attach(page, [await png('harbour.png')], 'The harbour');
  // The upload has been tried.
  await message(page, 'The harbour', 'Waiting').getByRole('button', { name: 'Try again now' }).waitFor();
  expect(await seen()).not.toContain(stream);
  await page.unrouteAll();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await message(page, 'The harbour', 'Sent|Delivered|Read').waitFor();
  expect(await seen()).toContain(stream);
  expect(await storedTexts(cyrus, stream)).toEqual(['The harbour']);
});

test('[CL14] a file that changes or vanishes on the device is named and can be picked again: in the sheet, and while its message waits', async () => {
  const { page } = ann;
  await Promise.all([openChat(page, 'Drawer'), openChat(bob.page, 'Drawer')]);
  const folder = await mkdtemp(join(tmpdir(), 'teamlink-picked-'));
  const path = join(folder, 'plan.txt');
  await writeFile(path, 'the plan');
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  const send = () => sheet.getByRole('button', { name: /^Send/ }).click();
  const pick = async (press: Locator, picked: string | { name: string; mimeType: string; buffer: Buffer }) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), press.click()]);
    await chooser.setFiles(picked);
  };
  // Another tab has the sheet, so nothing is kept yet of what is picked here.
  const other = await ann.context.newPage();
  await other.goto(page.url());
  await other.locator('input[type=file]').setInputFiles([await png('other.png')]);
  await expect.poll(() => keptSheets(other)).toEqual([': other.png']);
  await page.locator('input[type=file]').setInputFiles(path);
  await sheet.getByText('plan.txt').waitFor();
  await appendFile(path, ' of tomorrow');
  await send();
  await sheet
    .getByRole('alert')
    .getByText(/plan\.txt.* was changed, moved or deleted after you picked it/)
    .waitFor();
  await pick(sheet.getByRole('button', { name: 'Pick plan.txt again' }), path);
  await expect.poll(() => sheet.getByRole('alert').textContent()).toBe('');
  await other.close();
  await expect.poll(() => keptSheets(page)).toEqual([': other.png, plan.txt']);
  await sheet.getByRole('button', { name: 'Remove other.png' }).click();
  await expect.poll(() => keptSheets(page)).toEqual([': plan.txt']);
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill('The plan');
  await page.route('**/api/media', (route) => route.abort());
  await send();
  await message(page, 'The plan', 'Waiting').waitFor();
  // While it waits, the browser loses it.
  await page.evaluate(async () => {
    const [files] = (await indexedDB.databases()).filter(({ name }) => name?.startsWith('teamlink-files-'));
    const opening = indexedDB.open(files?.name ?? '');
    await new Promise((resolve) => (opening.onsuccess = resolve));
    const clearing = opening.result.transaction('waiting', 'readwrite');
    clearing.objectStore('waiting').clear();
    await new Promise((resolve) => (clearing.oncomplete = resolve));
    opening.result.close();
  });
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.evaluate(() => dispatchEvent(new Event('online')));
  const failed = page.getByRole('feed').getByRole('group', { name: 'Not sent' });
  await failed.getByText('Not sent: the file is no longer on this device').waitFor();
  const again = { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan, again') };
  await pick(failed.getByRole('button', { name: 'Pick again' }), again);
  const link = message(bob.page, 'The plan').getByRole('link', { name: /^Save plan\.txt/ });
  const received = await bob.page.request.get((await link.getAttribute('href')) ?? '');
  expect(await received.text()).toBe('the plan, again');
  await message(page, 'The plan', 'Sent|Delivered|Read').waitFor();
  await rm(folder, { recursive: true });
});

test('on a phone a picture is taken with the camera, and the sheet fits and shows where the focus is', async () => {
  const visitor = { ...(await stage.visitor(ann.name, { ...PHONE, colorScheme: 'dark' })), email: ann.email };
  await authenticate(visitor);
  const { page } = visitor;
  await page.goto('/');
  await openChat(page, 'Drawer');
  await page.getByRole('button', { name: 'Attach' }).click();
  const taken = page.getByRole('menuitem', { name: 'Take a picture' });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), taken.click()]);
  const asked = await chooser
    .element()
    .evaluate((input: HTMLInputElement) => [input.accept, input.getAttribute('capture')]);
  expect([...asked, chooser.isMultiple()]).toEqual(['image/*', 'environment', false]);
  await chooser.setFiles(await png('photo.png'));
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  const edit = sheet.getByRole('button', { name: 'Crop or rotate photo.png' });
  await edit.press('Shift');
  // The ring is inside of what scrolls around it, so nothing of it is cut off.
  const ringSpace = await edit.evaluate((button) => {
    const list = button.closest('ul')?.getBoundingClientRect();
    const { left, top } = button.getBoundingClientRect();
    const { outlineWidth, outlineOffset } = getComputedStyle(button);
    const ring = Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset);
    return [left - ring - (list?.left ?? 0), top - ring - (list?.top ?? 0)];
  });
  expect(Math.min(...ringSpace)).toBeGreaterThanOrEqual(0);
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.waitFor({ state: 'hidden' });
  await picture(page, 'photo.png').waitFor();
});

/** The open sheets that the device has stored. */
async function keptSheets(page: Page): Promise<string[]> {
  const [sheets = [], picked = []] = await storedFiles(page, ['sheets', 'picked']);
  const about = (id: string) => {
    const found = (picked as { id: string; file: string; edited?: object }[]).find((each) => each.id === id);
    return `${found?.file}${found?.edited === undefined ? '' : ' edited'}`;
  };
  return (sheets as { caption: string; order: string[]; when?: { time: string } }[]).map(
    ({ caption, order, when }) =>
      `${caption}: ${order.map(about).join(', ')}${when === undefined ? '' : ` at ${when.time}`}`,
  );
}

test('[CL1] [CL14] [MD8] what is about to be sent survives a reload with its order, text, time and edits; a picture is sent as it was turned and cropped, or as it was picked, and is named if it keeps what the camera stored', async () => {
  const { page } = ann;
  await Promise.all([openChat(page, 'Sketches'), openChat(bob.page, 'Sketches')]);
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  const editor = page.getByRole('dialog', { name: 'Crop and rotate' });
  const edit = async (name: string) => {
    await sheet.getByRole('button', { name: `Crop or rotate ${name}` }).click();
    await editor.getByRole('button', { name: 'Rotate right' }).click();
    await editor.getByRole('button', { name: 'Bottom', exact: true }).press('Shift+ArrowUp');
    await editor.getByRole('button', { name: 'Use picture' }).click();
    await editor.waitFor({ state: 'detached' });
  };
  const original = await png('one.png');
  await page.locator('input[type=file]').setInputFiles([original, await png('two.png')]);
  await sheet.getByRole('button', { name: 'Move two.png up' }).click();
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill('Two sketches');
  await edit('two.png');
  const when = sheet.getByLabel('When should it be sent?');
  await when.selectOption({ index: 2 });
  const time = /\d\d:\d\d/.exec(await when.locator('option:checked').innerText())?.[0];
  await expect.poll(() => keptSheets(page)).toEqual([`Two sketches: two.png edited, one.png at ${time}`]);
  await page.reload();
  await page.getByRole('group', { name: 'Unsent files' }).getByRole('button', { name: 'Continue' }).click();
  expect(await sheet.getByRole('textbox', { name: 'Add a text' }).inputValue()).toBe('Two sketches');
  await sheet.getByRole('button', { name: 'Schedule' }).waitFor();
  expect(await when.locator('option:checked').innerText()).toContain(time);
  await when.selectOption('Now');
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.waitFor({ state: 'detached' });
  await message(bob.page, 'Two sketches').waitFor();
  const pictures = bob.page.getByRole('feed').getByRole('button', { name: /^Open picture/ });
  const size = (at: number) =>
    pictures.nth(at).evaluate((button) => {
      const { naturalWidth: width = 0, naturalHeight: height = 0 } = button.querySelector('img') ?? {};
      return { width, height };
    });
  await expect.poll(async () => (await size(1)).width).toBe(400);
  await expect.poll(async () => (await size(0)).width).toBe(300);
  expect((await size(0)).height).toBeLessThan(400);
  expect((await size(0)).height).toBeGreaterThan(300);

  await page.locator('input[type=file]').setInputFiles([original]);
  await edit('one.png');
  await sheet.getByRole('checkbox', { name: 'Send pictures as files' }).check();
  expect(await sheet.getByRole('button', { name: 'Crop or rotate one.png' }).count()).toBe(0);
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.waitFor({ state: 'detached' });
  const link = bob.page.getByRole('feed').getByRole('link', { name: /^Save one\.png/ });
  const received = await bob.page.request.get((await link.getAttribute('href')) ?? '');
  expect(original.buffer.equals(await received.body())).toBe(true);

  // A person who is told that the location is removed is also told for which files it is not, if necessary at the last moment.
  const other = (name: string, mimeType: string) => ({ name, mimeType, buffer: Buffer.from('not decoded here') });
  await page
    .locator('input[type=file]')
    .setInputFiles([original, other('renamed.jpg', 'image/jpeg'), other('photo.heic', 'image/heic')]);
  await sheet.getByText('The location and other details from the camera are removed.').waitFor();
  await sheet.getByText(/^Sent unchanged, .*: photo\.heic$/).waitFor();
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.getByText(/^Sent unchanged, .*: renamed\.jpg, photo\.heic$/).waitFor();
  await expectReachable(page, 'unchanged-files', 'dialog[open]');
  await sheet.getByRole('button', { name: 'Remove one.png' }).click();
  await sheet.getByText('The location and other details from the camera are removed.').waitFor({ state: 'detached' });
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.waitFor({ state: 'detached' });
  await bob.page
    .getByRole('feed')
    .getByRole('link', { name: /^Save renamed\.jpg/ })
    .waitFor();
  expect(await keptSheets(page)).toEqual([]);
  expect(stage.complaints()).toEqual([]);
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
  // The group's picture in the list, the bar and the details, and Ann's next to her name.
  await expect.poll(() => drawn(bob.page)).toBeGreaterThanOrEqual(4);
  await ann.page.keyboard.press('Escape');
  // The dialog takes its entry off the history, which would abort the next page's load.
  await expectLayers(ann.page, 0);
});

test('[MD12] a picture that could not be saved says why: no connection, an error of the server, or its refusal', async () => {
  const { page } = ann;
  await page.goto('/settings');
  const main = page.getByRole('main');
  const error = (code: string) => ({ json: { error: { code, message: 'a test' } } });
  const cases: [string, (route: Route) => Promise<void>][] = [
    ['The picture couldn’t be saved. Check your connection, and try again.', (route) => route.abort()],
    ['Something went wrong on the server.', (route) => route.fulfill({ status: 500, ...error('internal') })],
    ['The server didn’t accept this change.', (route) => route.fulfill({ status: 403, ...error('forbidden') })],
    ['The server isn’t available at the moment.', (route) => route.fulfill({ status: 502, body: '<p>Bad gateway' })],
  ];
  for (const [sentence, answer] of cases) {
    await page.route('**/api/media', answer);
    await main.locator('input[type=file]').setInputFiles([await png('face.png')]);
    await page.getByRole('dialog').getByRole('button', { name: 'Use picture' }).click();
    await main.getByRole('alert').getByText(sentence).waitFor();
    await page.unroute('**/api/media');
  }
  // What the server says about the change itself, once the picture is there.
  await page.route('**/api/auth/update-user', (route) => route.fulfill({ status: 500, ...error('internal') }));
  await main.locator('input[type=file]').setInputFiles([await png('face.png')]);
  await page.getByRole('dialog').getByRole('button', { name: 'Use picture' }).click();
  await main.getByRole('alert').getByText('Something went wrong on the server.').waitFor();
  expect(stage.complaints()).toEqual([]);
});

test('files and a poll that are closed with Escape, a press outside or Back are kept and offered above the composer, until they are discarded', async () => {
  const { page } = ann;
  await openChat(page, 'Loft');
  const ways = [
    () => page.keyboard.press('Escape'),
    () => page.mouse.click(5, 5),
    async () => {
      await expectLayers(page, 1);
      await page.goBack();
    },
  ];
  const sheet = page.getByRole('dialog', { name: 'Send to Loft' });
  const files = page.getByRole('group', { name: 'Unsent files' });
  await page.locator('input[type=file]').setInputFiles([await png('beam.png')]);
  const caption = sheet.getByRole('textbox', { name: 'Add a text' });
  await caption.fill('The beam');
  for (const close of ways) {
    await close();
    await files.getByText('beam.png').waitFor();
    await sheet.waitFor({ state: 'detached' });
    await files.getByRole('button', { name: 'Continue' }).click();
    expect(await caption.inputValue()).toBe('The beam');
    await files.waitFor({ state: 'detached' });
  }
  // Files that are picked meanwhile are added to it.
  await page.keyboard.press('Escape');
  await files.waitFor();
  await page.locator('input[type=file]').setInputFiles([await png('rafter.png')]);
  await sheet.getByRole('button', { name: 'Send 2 files' }).waitFor();
  await page.keyboard.press('Escape');
  await files.getByText('beam.png, rafter.png').waitFor();

  const poll = page.getByRole('dialog', { name: 'New poll' });
  const unfinished = page.getByRole('group', { name: 'Unfinished poll' });
  const startPoll = async () => {
    await page.getByRole('button', { name: 'Attach' }).click();
    await page.getByRole('menuitem', { name: 'Poll' }).click();
    await poll.waitFor();
  };
  await startPoll();
  await poll.getByLabel('Question').fill('Who climbs up?');
  for (const close of ways) {
    await close();
    await unfinished.getByText('Who climbs up?').waitFor();
    await poll.waitFor({ state: 'detached' });
    await unfinished.getByRole('button', { name: 'Continue' }).click();
    expect(await poll.getByLabel('Question').inputValue()).toBe('Who climbs up?');
  }
  await page.keyboard.press('Escape');
  for (const note of [unfinished, files]) {
    await note.getByRole('button', { name: 'Discard' }).click();
    await note.waitFor({ state: 'detached' });
  }
  await expect.poll(() => keptSheets(page)).toEqual([]);

  // There is nothing to keep of an empty one.
  await startPoll();
  await page.keyboard.press('Escape');
  await poll.waitFor({ state: 'detached' });
  expect(await unfinished.count()).toBe(0);
});

test('a poll that is being composed survives a reload, and is offered in every tab until it is sent or discarded in one', async () => {
  const { page } = ann;
  await openChat(page, 'Shed');
  const dialogOf = (tab: Page) => tab.getByRole('dialog', { name: 'New poll' });
  const noteOf = (tab: Page) => tab.getByRole('group', { name: 'Unfinished poll' });
  const question = dialogOf(page).getByLabel('Question');
  await page.getByRole('button', { name: 'Attach' }).click();
  await page.getByRole('menuitem', { name: 'Poll' }).click();
  await question.fill('Who brings the ladder?');
  await dialogOf(page).getByLabel('Option 1').fill('Ann');
  await dialogOf(page).getByRole('checkbox', { name: 'Several answers' }).check();
  await page.reload();
  await noteOf(page).getByText('Who brings the ladder?').waitFor();
  const left = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('unsaved')));
  await expect.poll(left).toEqual([]);
  await noteOf(page).getByRole('button', { name: 'Continue' }).click();
  expect(await question.inputValue()).toBe('Who brings the ladder?');
  expect(await dialogOf(page).getByLabel('Option 1').inputValue()).toBe('Ann');
  expect(await dialogOf(page).getByRole('checkbox', { name: 'Several answers' }).isChecked()).toBe(true);
  await dialogOf(page).getByLabel('Option 2').fill('Bob');
  await page.keyboard.press('Escape');

  const other = await ann.context.newPage();
  await other.goto(new URL(page.url()).pathname);
  await noteOf(other).getByRole('button', { name: 'Continue' }).click();
  await dialogOf(other).getByLabel('Question').fill('Who brings the long ladder?');
  await other.keyboard.press('Escape');
  await noteOf(page).getByText('Who brings the long ladder?').waitFor();
  await noteOf(page).getByRole('button', { name: 'Continue' }).click();
  expect(await question.inputValue()).toBe('Who brings the long ladder?');
  await dialogOf(page).getByRole('button', { name: 'Send poll' }).click();
  await message(page, 'Poll: .*Who brings the long ladder').first().waitFor();
  for (const tab of [page, other]) await noteOf(tab).waitFor({ state: 'detached' });
  await other.close();
  await page.reload();
  await message(page, 'Poll: .*Who brings the long ladder').first().waitFor();
  expect(await storedFiles(page, ['polls'])).toEqual([[]]);
});
