import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { directStream, personalStream } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { testFiles, uploadForm } from '#server/media/testing/files.fixture.ts';
import type { TestPerson } from '#server/testing/server.fixture.ts';
import { type MediaStage, bytesOf, startMediaStage } from './testing/media-stage.fixture.ts';

let stage: MediaStage;
beforeAll(async () => {
  stage = await startMediaStage();
});
afterAll(() => stage.server.close());

it('[MD1] [MD4] [MD6] [MD8] a picture is measured, sent with a message, and read by the other person with its thumbnail', async () => {
  const { server, ann, bob, eve, stream, send, uploaded, read, newest } = stage;
  const png = await testFiles.png(60, 40);
  const file = await uploaded(ann, png, 'sun.png');
  expect(file).toEqual({
    mediaId: file.mediaId,
    kind: 'image',
    name: 'sun.png',
    mime: 'image/png',
    size: png.length,
    width: 60,
    height: 40,
    thumbhash: expect.stringMatching(/^[\w+/]+=*$/) as unknown,
  });
  expect((await read(bob, file.mediaId)).status).toBe(404);
  expect(await send(ann, stream, [file.mediaId])).toMatchObject({ ok: true });
  expect((await newest(bob, stream))?.attachments).toEqual([file]);
  const answer = await read(bob, file.mediaId);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-disposition': `inline; filename="sun.png"; filename*=UTF-8''sun.png`,
  });
  expect((await bytesOf(answer)).equals(png)).toBe(true);
  const thumbnail = await read(bob, `${file.mediaId}/thumbnail`);
  expect(thumbnail.headers.get('content-type')).toBe('image/webp');
  expect(await sharp(await bytesOf(thumbnail)).metadata()).toMatchObject({ width: 60, height: 40 });
  for (const path of ['', '/thumbnail']) expect((await read(eve, `${file.mediaId}${path}`)).status).toBe(404);
  expect((await fetch(`${server.origin}/api/media/${file.mediaId}`)).status).toBe(401);
});

it('[MD6] a file is read in ranges and revalidated, and a range beyond its end is refused', async () => {
  const { ann, uploaded, read } = stage;
  const content = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 251));
  const { mediaId } = await uploaded(ann, content, 'bytes.bin');
  const part = await read(ann, mediaId, { range: 'bytes=10-19' });
  expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/1000']);
  expect((await bytesOf(part)).equals(content.subarray(10, 20))).toBe(true);
  expect((await bytesOf(await read(ann, mediaId, { range: 'bytes=-5' }))).equals(content.subarray(995))).toBe(true);
  const beyond = await read(ann, mediaId, { range: 'bytes=1000-' });
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
  const etag = part.headers.get('etag') ?? '';
  expect((await read(ann, mediaId, { 'if-none-match': etag })).status).toBe(304);
  const other = await read(ann, mediaId, { range: 'bytes=10-19', 'if-range': '"another"' });
  expect([other.status, (await bytesOf(other)).length]).toEqual([200, 1_000]);
});

it('[MD2] [SEC-60] the content determines the type: a file that a browser could run or draw as a page can only be saved', async () => {
  const { ann, uploaded, read } = stage;
  const cases: [Buffer | Promise<Buffer>, string, Record<string, string>, string][] = [
    [testFiles.png(), 'page.html', {}, 'image image/png inline'],
    [testFiles.gif(), 'x.gif', {}, 'image image/gif inline'],
    [testFiles.webp(), 'x.webp', {}, 'image image/webp inline'],
    [testFiles.avif(), 'x.avif', {}, 'image image/avif inline'],
    [testFiles.png(), 'x.png', { kind: 'document' }, 'document image/png attachment'],
    [testFiles.wav(), 'x.wav', { kind: 'voice', durationMs: '1500' }, 'voice audio/wav inline'],
    [testFiles.pdf(), 'x.png', { kind: 'image' }, 'document application/pdf attachment'],
    [testFiles.zip(), 'x.zip', {}, 'document application/zip attachment'],
    [testFiles.svg(), 'x.svg', { kind: 'image' }, 'document application/octet-stream attachment'],
    [testFiles.html(), 'x.png', { kind: 'image' }, 'document application/octet-stream attachment'],
    [Buffer.from('alert(1)'), 'x.js', { mime: 'text/javascript' }, 'document application/octet-stream attachment'],
    [Buffer.alloc(0), 'empty', {}, 'document application/octet-stream attachment'],
    [(await testFiles.png()).subarray(0, 40), 'cut.png', {}, 'document image/png attachment'],
  ];
  for (const [content, name, fields, expected] of cases) {
    const bytes = await content;
    const file = await uploaded(ann, bytes, name, fields);
    const answer = await read(ann, file.mediaId);
    const way = answer.headers.get('content-disposition')?.split(';')[0];
    expect([name, `${file.kind} ${file.mime} ${way}`]).toEqual([name, expected]);
    expect(answer.headers.get('content-type')).toBe(file.mime);
    expect((await bytesOf(answer)).equals(bytes)).toBe(true);
    expect(file.durationMs).toBe(file.kind === 'voice' ? 1500 : undefined);
  }
});

it('[MD8] a photo is rotated upright and loses its location, unless it is sent as a file', async () => {
  const { ann, uploaded, read } = stage;
  const photo = await testFiles.jpegFromCamera();
  expect((await sharp(photo).metadata()).exif).toBeDefined();
  const shown = await uploaded(ann, photo, 'photo.jpg');
  expect(shown).toMatchObject({ kind: 'image', width: 40, height: 60 });
  const clean = await bytesOf(await read(ann, shown.mediaId));
  expect(clean.length).toBe(shown.size);
  const { exif, orientation, width } = await sharp(clean).metadata();
  expect({ exif, orientation, width }).toEqual({ exif: undefined, orientation: undefined, width: 40 });
  const original = await uploaded(ann, photo, 'photo.jpg', { kind: 'document' });
  expect((await bytesOf(await read(ann, original.mediaId))).equals(photo)).toBe(true);
});

it('[MD8] [SEC-63] a picture with too many pixels is kept as a document and never decoded', async () => {
  const { ann, uploaded } = stage;
  const bomb = testFiles.whitePng(9_000, 8_000);
  expect(bomb.length).toBeLessThan(50_000);
  expect(await uploaded(ann, bomb, 'bomb.png')).toMatchObject({ kind: 'document', mime: 'image/png' });
});

it('[MD3] [SEC-61] a name is shown without folders, control characters and direction marks', async () => {
  const { ann, uploaded, read } = stage;
  const file = await uploaded(ann, Buffer.from('x'), 'x', { name: '../../etc/gpj.\u202efdp\u0000.exe\n' });
  expect(file.name).toBe('gpj.fdp.exe');
  const umlaut = await uploaded(ann, Buffer.from('x'), 'x', { name: 'Übung "1".txt' });
  const header = (await read(ann, umlaut.mediaId)).headers.get('content-disposition');
  expect(header).toBe(`attachment; filename="_bung _1_.txt"; filename*=UTF-8''%C3%9Cbung%20_1_.txt`);
  expect((await uploaded(ann, Buffer.from('x'), 'x', { name: '..' })).name).toBe('file');
});

it('[MD1] [MD9] [HT5] [SEC-62] refuses strangers, forms with too many parts, and files beyond the limits, and leaves nothing behind', async () => {
  const { server, ann, bob, eve, stream, upload } = stage;
  const refusal = async (answer: Promise<{ status: number; answer: Failure }>) => {
    const { status, answer: body } = await answer;
    return [status, body.error.code, body.error.path].filter((part) => part !== undefined).join(' ');
  };
  const small = Buffer.from('x');
  expect(await refusal(upload(eve, small, 'x'))).toBe('404 not_found stream');
  expect(await refusal(upload(ann, small, 'x', {}, personalStream(bob.userId)))).toBe('404 not_found stream');
  expect(await refusal(upload(ann, small, 'x', { surplus: '1' }))).toBe('400 invalid surplus');
  expect(await refusal(upload(ann, small, 'x', { kind: 'film' }))).toBe('400 invalid kind');
  expect(await refusal(upload(bob, Buffer.alloc(3_000_001), 'x'))).toBe('413 too_large quota');
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`field${at}`, 'x']));
  expect(await refusal(upload(ann, small, 'x', many))).toMatch(/^413 too_large/);
  expect(await refusal(upload(ann, small, 'x', { constructor: 'x' }))).toMatch(/^400 invalid/);
  const json = await fetch(`${server.origin}/api/media`, {
    method: 'POST',
    headers: { cookie: ann.cookie, 'content-type': 'application/json' },
    body: '{}',
  });
  expect([json.status, ((await json.json()) as Failure).error.code]).toEqual([415, 'invalid']);
  const foreign = await fetch(`${server.origin}/api/media`, {
    method: 'POST',
    headers: { cookie: ann.cookie, 'teamlink-user': bob.userId },
    body: uploadForm(stream, small, 'x'),
  });
  expect([foreign.status, ((await foreign.json()) as Failure).error.code]).toEqual([401, 'unauthorized']);
  await cutUpload(stage);
  expect(await readdir(join(server.dataDir, 'incoming'))).toEqual([]);
  expect((await upload(bob, small, 'x')).status).toBe(201);
  // A direct chat is created with its first message, and its files come before that.
  const direct = directStream(ann.userId, eve.userId);
  expect((await upload(ann, small, 'x', {}, direct)).status).toBe(201);
  expect(await refusal(upload(bob, small, 'x', {}, direct))).toBe('404 not_found stream');
});

it('[MD13] [SEC-63] a film gets its thumbnail from a picture that its uploader sends before a message carries it', async () => {
  const { server, ann, bob, stream, send, uploaded, read, newest } = stage;
  const film = Buffer.from('1a45dfa3934282847765626d42878104428581021853806701ffffffffffffff', 'hex');
  const file = await uploaded(ann, film, 'film.webm', { width: '640', height: '360' });
  expect(file).toMatchObject({ kind: 'video', width: 640 });
  const put = async (who: TestPerson, id: string, body: Uint8Array, type = 'image/png') => {
    const answer = await fetch(`${server.origin}/api/media/${id}/poster`, {
      method: 'PUT',
      headers: { cookie: who.cookie, 'content-type': type },
      body: Buffer.from(body),
    });
    return { status: answer.status, answer: (await answer.json()) as Attachment & Failure };
  };
  const picture = await testFiles.jpegFromCamera();
  expect((await put(bob, file.mediaId, picture)).status).toBe(404);
  expect((await put(ann, 'nothing', picture)).status).toBe(404);
  expect((await put(ann, file.mediaId, testFiles.svg())).answer.error.code).toBe('invalid');
  expect((await put(ann, file.mediaId, testFiles.whitePng(9_000, 8_000))).answer.error.code).toBe('invalid');
  expect((await put(ann, file.mediaId, picture, 'image/svg+xml')).status).toBe(415);
  expect((await put(ann, file.mediaId, Buffer.alloc(300_000))).status).toBe(413);
  const thumbhash = expect.stringMatching(/^[\w+/]+=*$/) as string;
  expect(await put(ann, file.mediaId, picture)).toEqual({ status: 200, answer: { ...file, thumbhash } });
  await send(ann, stream, [file.mediaId]);
  expect((await newest(bob, stream))?.attachments).toEqual([{ ...file, thumbhash }]);
  const thumbnail = await bytesOf(await read(bob, `${file.mediaId}/thumbnail`));
  const { format, width, exif } = await sharp(thumbnail).metadata();
  expect({ format, width, exif }).toEqual({ format: 'webp', width: 40, exif: undefined });
  expect((await put(ann, file.mediaId, picture)).status).toBe(409);
  const text = await uploaded(ann, Buffer.from('x'), 'x.txt');
  expect((await put(ann, text.mediaId, picture)).status).toBe(409);
  expect(await readdir(join(server.dataDir, 'incoming'))).toEqual([]);
});

/** A form that announces more than it sends before the connection breaks. */
async function cutUpload({ server, ann, stream }: MediaStage): Promise<void> {
  const head =
    `POST /api/media HTTP/1.1\r\nhost: x\r\ncookie: ${ann.cookie}\r\ncontent-length: 900000\r\n` +
    'content-type: multipart/form-data; boundary=b\r\n\r\n' +
    `--b\r\ncontent-disposition: form-data; name="stream"\r\n\r\n${stream}\r\n` +
    '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n';
  const tcp = connect(Number(new URL(server.origin).port), '127.0.0.1');
  tcp.write(head + 'x'.repeat(100_000));
  for (;;) {
    if ((await readdir(join(server.dataDir, 'incoming'))).length > 0) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  tcp.destroy();
  while ((await readdir(join(server.dataDir, 'incoming'))).length > 0)
    await new Promise((resolve) => setImmediate(resolve));
}
