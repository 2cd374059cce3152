import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { directStream, groupStream, personalStream, uuidV7 } from '#protocol/ids.ts';
import type { Attachment, MemberRecord, MessageRecord } from '#protocol/record.ts';
import { testFiles, uploadForm } from '#server/media/testing/files.fixture.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';

const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

let server: TestServer;
let [ann, bob, eve]: TestPerson[] = [];
let stream: string;

beforeAll(async () => {
  server = await startTestServer({ MEDIA_MB_PER_PERSON: '3' });
  [ann, bob, eve] = await Promise.all([server.signUp('Ann'), server.signUp('Bob'), server.signUp('Eve')]);
  stream = directStream(person('ann').userId, person('bob').userId);
  await push(person('ann'), { kind: 'conversation.create', stream, memberIds: [] });
});
afterAll(() => server.close());

function person(name: 'ann' | 'bob' | 'eve'): TestPerson {
  return { ann, bob, eve }[name] as TestPerson;
}

async function push(who: TestPerson, op: object) {
  const { answer } = await who.post('push', { ops: [{ id: newId(), ...op }] });
  return answer.results[0];
}

function send(who: TestPerson, to: string, ids: string[], more: object = {}) {
  const attachments = ids.map((mediaId) => ({ mediaId }));
  return push(who, { kind: 'message.send', stream: to, attachments, sentAt: new Date().toISOString(), ...more });
}

async function upload(
  who: TestPerson,
  content: Uint8Array,
  name: string,
  fields: Record<string, string> = {},
  to = stream,
): Promise<{ status: number; answer: Attachment & Failure }> {
  const body = uploadForm(to, content, name, fields);
  const answer = await fetch(`${server.origin}/api/media`, { method: 'POST', headers: { cookie: who.cookie }, body });
  return { status: answer.status, answer: (await answer.json()) as Attachment & Failure };
}

async function uploaded(...given: Parameters<typeof upload>): Promise<Attachment> {
  const { status, answer } = await upload(...given);
  expect([status, answer.error]).toEqual([201, undefined]);
  return answer;
}

function read(who: TestPerson, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.origin}/api/media/${path}`, { headers: { cookie: who.cookie, ...headers } });
}

const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

async function newest(who: TestPerson, of: string): Promise<MessageRecord | undefined> {
  return (await who.post('history', { stream: of, limit: 1 })).answer.records[0];
}

async function group(members: TestPerson[], more: object = {}): Promise<string> {
  const id = groupStream(newId());
  await push(person('ann'), {
    kind: 'conversation.create',
    stream: id,
    title: 'Group',
    memberIds: members.map(({ userId }) => userId),
    ...more,
  });
  return id;
}

describe('files over HTTP', () => {
  it('[MD1] [MD4] [MD6] [MD8] a picture is measured, sent with a message, and read by the other person with its thumbnail', async () => {
    const png = await testFiles.png(60, 40);
    const file = await uploaded(person('ann'), png, 'sun.png');
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
    expect((await read(person('bob'), file.mediaId)).status).toBe(404);
    expect(await send(person('ann'), stream, [file.mediaId])).toMatchObject({ ok: true });
    expect((await newest(person('bob'), stream))?.attachments).toEqual([file]);
    const answer = await read(person('bob'), file.mediaId);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `inline; filename="sun.png"; filename*=UTF-8''sun.png`,
    });
    expect((await bytesOf(answer)).equals(png)).toBe(true);
    const thumbnail = await read(person('bob'), `${file.mediaId}/thumbnail`);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect(await sharp(await bytesOf(thumbnail)).metadata()).toMatchObject({ width: 60, height: 40 });
    for (const path of ['', '/thumbnail'])
      expect((await read(person('eve'), `${file.mediaId}${path}`)).status).toBe(404);
    expect((await fetch(`${server.origin}/api/media/${file.mediaId}`)).status).toBe(401);
  });

  it('[MD6] ranges, revalidation and a range beyond the end', async () => {
    const content = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 251));
    const { mediaId } = await uploaded(person('ann'), content, 'bytes.bin');
    const part = await read(person('ann'), mediaId, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/1000']);
    expect((await bytesOf(part)).equals(content.subarray(10, 20))).toBe(true);
    expect(
      (await bytesOf(await read(person('ann'), mediaId, { range: 'bytes=-5' }))).equals(content.subarray(995)),
    ).toBe(true);
    const beyond = await read(person('ann'), mediaId, { range: 'bytes=1000-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
    const etag = part.headers.get('etag') ?? '';
    expect((await read(person('ann'), mediaId, { 'if-none-match': etag })).status).toBe(304);
    const other = await read(person('ann'), mediaId, { range: 'bytes=10-19', 'if-range': '"another"' });
    expect([other.status, (await bytesOf(other)).length]).toEqual([200, 1_000]);
  });

  it('[MD2] [SEC-60] the content determines the type: a file that a browser could run or draw as a page can only be saved', async () => {
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
      const file = await uploaded(person('ann'), bytes, name, fields);
      const answer = await read(person('ann'), file.mediaId);
      const way = answer.headers.get('content-disposition')?.split(';')[0];
      expect([name, `${file.kind} ${file.mime} ${way}`]).toEqual([name, expected]);
      expect(answer.headers.get('content-type')).toBe(file.mime);
      expect((await bytesOf(answer)).equals(bytes)).toBe(true);
      expect(file.durationMs).toBe(file.kind === 'voice' ? 1500 : undefined);
    }
  });

  it('[MD8] a photo is rotated upright and loses its location, unless it is sent as a file', async () => {
    const photo = await testFiles.jpegFromCamera();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const shown = await uploaded(person('ann'), photo, 'photo.jpg');
    expect(shown).toMatchObject({ kind: 'image', width: 40, height: 60 });
    const clean = await bytesOf(await read(person('ann'), shown.mediaId));
    expect(clean.length).toBe(shown.size);
    const { exif, orientation, width } = await sharp(clean).metadata();
    expect({ exif, orientation, width }).toEqual({ exif: undefined, orientation: undefined, width: 40 });
    const original = await uploaded(person('ann'), photo, 'photo.jpg', { kind: 'document' });
    expect((await bytesOf(await read(person('ann'), original.mediaId))).equals(photo)).toBe(true);
  });

  it('[MD8] [SEC-63] a picture with too many pixels is kept as a document and never decoded', async () => {
    const bomb = testFiles.whitePng(9_000, 8_000);
    expect(bomb.length).toBeLessThan(50_000);
    expect(await uploaded(person('ann'), bomb, 'bomb.png')).toMatchObject({ kind: 'document', mime: 'image/png' });
  });

  it('[MD3] [SEC-61] a name is shown without folders, control characters and direction marks', async () => {
    const file = await uploaded(person('ann'), Buffer.from('x'), 'x', { name: '../../etc/gpj.\u202efdp\u0000.exe\n' });
    expect(file.name).toBe('gpj.fdp.exe');
    const umlaut = await uploaded(person('ann'), Buffer.from('x'), 'x', { name: 'Übung "1".txt' });
    const header = (await read(person('ann'), umlaut.mediaId)).headers.get('content-disposition');
    expect(header).toBe(`attachment; filename="_bung _1_.txt"; filename*=UTF-8''%C3%9Cbung%20_1_.txt`);
    expect((await uploaded(person('ann'), Buffer.from('x'), 'x', { name: '..' })).name).toBe('file');
  });

  it('[MD5] [SEC-06] a message carries only files that its sender uploaded to that stream, with only the facts that the server has determined', async () => {
    const file = await uploaded(person('ann'), Buffer.from('mine'), 'mine.txt');
    const other = await group([person('bob')]);
    const refused = (result: unknown) => expect(result).toMatchObject({ ok: false, error: { code: 'not_found' } });
    refused(await send(person('bob'), stream, [file.mediaId]));
    refused(await send(person('ann'), other, [file.mediaId]));
    refused(await send(person('ann'), stream, ['unknown']));
    expect(await send(person('ann'), stream, [file.mediaId, file.mediaId])).toMatchObject({
      ok: false,
      error: { code: 'invalid', path: 'attachments.1.mediaId' },
    });
    const forged = {
      attachments: [{ mediaId: file.mediaId, kind: 'image', name: 'forged', mime: 'text/html', size: 1 }],
    };
    expect(await send(person('ann'), stream, [], { ...forged, text: 'look' })).toMatchObject({ ok: true });
    expect(await newest(person('bob'), stream)).toMatchObject({ text: 'look', attachments: [file] });
  });

  it('[MD5] [MD6] [MD7] a forwarded file keeps its id and is readable there; deleting the messages ends that', async () => {
    const file = await uploaded(person('ann'), Buffer.from('passed on'), 'note.txt');
    await send(person('ann'), stream, [file.mediaId]);
    const source = (await newest(person('ann'), stream)) as MessageRecord;
    const other = await group([person('eve')]);
    const forward = { stream, messageId: source.id };
    await push(person('ann'), { kind: 'message.send', stream: other, sentAt: new Date().toISOString(), forward });
    const copy = (await newest(person('eve'), other)) as MessageRecord;
    expect(copy.attachments).toEqual([file]);
    expect((await read(person('eve'), file.mediaId)).status).toBe(200);
    const remove = (of: string, messageId: string) =>
      push(person('ann'), { kind: 'message.delete', stream: of, messageId });
    await remove(stream, source.id);
    expect((await read(person('bob'), file.mediaId)).status).toBe(404);
    expect((await read(person('eve'), file.mediaId)).status).toBe(200);
    await remove(other, copy.id);
    for (const who of ['ann', 'eve'] as const) expect((await read(person(who), file.mediaId)).status).toBe(404);
  });

  it('[MD6] [SEC-02] [SEC-64] a file that was sent before a newcomer joined, and one in a group from which somebody was removed, are answered like missing files', async () => {
    const closed = await group([person('bob')], { history: 'joined' });
    const file = await uploaded(person('ann'), Buffer.from('before'), 'before.txt', {}, closed);
    await send(person('ann'), closed, [file.mediaId]);
    await push(person('ann'), { kind: 'member.add', stream: closed, userIds: [person('eve').userId] });
    expect((await read(person('eve'), file.mediaId)).status).toBe(404);
    expect((await read(person('bob'), file.mediaId)).status).toBe(200);
    await push(person('ann'), { kind: 'member.remove', stream: closed, userId: person('bob').userId });
    expect((await read(person('bob'), file.mediaId)).status).toBe(404);
    const missing = (await (await read(person('eve'), 'nothing')).json()) as Failure;
    expect(await (await read(person('eve'), file.mediaId)).json()).toEqual(missing);
  });

  it('[MD1] [MD9] [HT5] [SEC-62] refuses strangers, forms with too many parts, and files beyond the limits, and leaves nothing behind', async () => {
    const refusal = async (answer: Promise<{ status: number; answer: Failure }>) => {
      const { status, answer: body } = await answer;
      return [status, body.error.code, body.error.path].filter((part) => part !== undefined).join(' ');
    };
    const small = Buffer.from('x');
    expect(await refusal(upload(person('eve'), small, 'x'))).toBe('404 not_found stream');
    expect(await refusal(upload(person('ann'), small, 'x', {}, personalStream(person('bob').userId)))).toBe(
      '404 not_found stream',
    );
    expect(await refusal(upload(person('ann'), small, 'x', { surplus: '1' }))).toBe('400 invalid surplus');
    expect(await refusal(upload(person('ann'), small, 'x', { kind: 'film' }))).toBe('400 invalid kind');
    expect(await refusal(upload(person('bob'), Buffer.alloc(3_000_001), 'x'))).toBe('413 too_large quota');
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`field${at}`, 'x']));
    expect(await refusal(upload(person('ann'), small, 'x', many))).toMatch(/^413 too_large/);
    expect(await refusal(upload(person('ann'), small, 'x', { constructor: 'x' }))).toMatch(/^400 invalid/);
    const json = await fetch(`${server.origin}/api/media`, {
      method: 'POST',
      headers: { cookie: person('ann').cookie, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([json.status, ((await json.json()) as Failure).error.code]).toEqual([415, 'invalid']);
    const foreign = await fetch(`${server.origin}/api/media`, {
      method: 'POST',
      headers: { cookie: person('ann').cookie, 'teamlink-user': person('bob').userId },
      body: uploadForm(stream, small, 'x'),
    });
    expect([foreign.status, ((await foreign.json()) as Failure).error.code]).toEqual([401, 'unauthorized']);
    await cutUpload();
    expect(await readdir(join(server.dataDir, 'incoming'))).toEqual([]);
    expect((await upload(person('bob'), small, 'x')).status).toBe(201);
  });

  /** A form that announces more than it sends before the connection breaks. */
  async function cutUpload(): Promise<void> {
    const head =
      `POST /api/media HTTP/1.1\r\nhost: x\r\ncookie: ${person('ann').cookie}\r\ncontent-length: 900000\r\n` +
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

  it('[MD12] a person’s picture is copied to every member record and is as public as the name; nobody can use another person’s file', async () => {
    const max = await server.signUp('Max');
    const own = personalStream(max.userId);
    const talk = directStream(max.userId, person('ann').userId);
    await push(max, { kind: 'conversation.create', stream: talk, memberIds: [] });
    const { mediaId } = await uploaded(max, await testFiles.jpegFromCamera(), 'me.jpg', {}, own);
    expect((await read(person('eve'), mediaId)).status).toBe(404);
    const setPicture = (who: TestPerson, image: string | null) =>
      who.request<{ code?: string }>('POST', '/api/auth/update-user', { image });
    expect((await setPicture(person('eve'), mediaId)).answer.code).toBe('INVALID_IMAGE');
    const pdf = await uploaded(max, testFiles.pdf(), 'me.pdf', {}, own);
    expect((await setPicture(max, pdf.mediaId)).answer.code).toBe('INVALID_IMAGE');
    expect((await setPicture(max, mediaId)).status).toBe(200);
    expect((await read(person('eve'), `${mediaId}/thumbnail`)).status).toBe(200);
    const avatar = async () => {
      const { answer } = await person('ann').post('pull', { cursors: {}, only: [talk] });
      const records = answer.streams.flatMap((page) => page.records);
      const member = records.find(({ id }) => id === `${talk}/${max.userId}`) as MemberRecord | undefined;
      return member?.avatar;
    };
    await expect.poll(() => avatar()).toBe(mediaId);
    const users = await person('eve').get<{ users: { id: string; avatar?: string }[] }>('/api/users?q=Max');
    expect(users.answer.users.find(({ id }) => id === max.userId)?.avatar).toBe(mediaId);
    expect((await setPicture(max, null)).status).toBe(200);
    expect((await read(person('eve'), mediaId)).status).toBe(404);
  });

  it('[MD12] [OP11] a group’s picture is uploaded to the group by an admin, and only its members see it', async () => {
    const ours = await group([person('bob')]);
    const { mediaId } = await uploaded(person('ann'), await testFiles.png(), 'group.png', {}, ours);
    const elsewhere = await uploaded(person('ann'), await testFiles.png(), 'group.png');
    const set = (avatar: string | null) => push(person('ann'), { kind: 'conversation.update', stream: ours, avatar });
    expect(await set(elsewhere.mediaId)).toMatchObject({ error: { code: 'not_found', path: 'avatar' } });
    expect(await set(mediaId)).toMatchObject({ ok: true });
    expect([(await read(person('bob'), mediaId)).status, (await read(person('eve'), mediaId)).status]).toEqual([
      200, 404,
    ]);
    await push(person('ann'), { kind: 'member.remove', stream: ours, userId: person('bob').userId });
    expect((await read(person('bob'), mediaId)).status).toBe(404);
    expect(await set(null)).toMatchObject({ ok: true });
  });

  it('[MD13] [SEC-63] a film gets its thumbnail from a picture that its uploader sends before a message carries it', async () => {
    const film = Buffer.from('1a45dfa3934282847765626d42878104428581021853806701ffffffffffffff', 'hex');
    const file = await uploaded(person('ann'), film, 'film.webm', { width: '640', height: '360' });
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
    expect((await put(person('bob'), file.mediaId, picture)).status).toBe(404);
    expect((await put(person('ann'), 'nothing', picture)).status).toBe(404);
    expect((await put(person('ann'), file.mediaId, testFiles.svg())).answer.error.code).toBe('invalid');
    expect((await put(person('ann'), file.mediaId, testFiles.whitePng(9_000, 8_000))).answer.error.code).toBe(
      'invalid',
    );
    expect((await put(person('ann'), file.mediaId, picture, 'image/svg+xml')).status).toBe(415);
    expect((await put(person('ann'), file.mediaId, Buffer.alloc(300_000))).status).toBe(413);
    const thumbhash = expect.stringMatching(/^[\w+/]+=*$/) as string;
    expect(await put(person('ann'), file.mediaId, picture)).toEqual({ status: 200, answer: { ...file, thumbhash } });
    await send(person('ann'), stream, [file.mediaId]);
    expect((await newest(person('bob'), stream))?.attachments).toEqual([{ ...file, thumbhash }]);
    const thumbnail = await bytesOf(await read(person('bob'), `${file.mediaId}/thumbnail`));
    const { format, width, exif } = await sharp(thumbnail).metadata();
    expect({ format, width, exif }).toEqual({ format: 'webp', width: 40, exif: undefined });
    expect((await put(person('ann'), file.mediaId, picture)).status).toBe(409);
    const text = await uploaded(person('ann'), Buffer.from('x'), 'x.txt');
    expect((await put(person('ann'), text.mediaId, picture)).status).toBe(409);
    expect(await readdir(join(server.dataDir, 'incoming'))).toEqual([]);
  });
});
