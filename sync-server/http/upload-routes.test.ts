import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type HttpRequest, type HttpResponse, Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { directStream, personalStream, uuidV7 } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/record.ts';
import { testFiles, uploadForm } from '#server/media/testing/files.fixture.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';

let server: TestServer;
let ann: TestPerson;
let eve: TestPerson;
let stream: string;
const MiB = 1024 * 1024;
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  server = await startTestServer({ MEDIA_MB_PER_PERSON: '12', MEDIA_MB: '27' });
  [ann, eve] = await Promise.all([server.signUp('Ann'), server.signUp('Eve')]);
  stream = directStream(ann.userId, ann.userId);
  const id = uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  await ann.post('push', { ops: [{ id, kind: 'conversation.create', stream, memberIds: [] }] });
});
afterAll(() => server.close());

/** All parts are different, so a swapped part would be noticed. */
function content(bytes: number): Buffer {
  return Buffer.from(Uint32Array.from({ length: bytes / 4 }, (_, at) => at).buffer);
}
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const metadata = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

/** Holds up flushes of files and folders, except the next one, until the returned function is called. */
async function holdFlushes(): Promise<() => void> {
  const handle = await open(server.dataDir, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const flush = prototype.sync;
  let flushes = 0;
  const spy = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    if (flushes++ > 0) await released;
    return flush.call(this);
  });
  return () => {
    spy.mockRestore();
    release();
  };
}

const held = () => readdirSync(join(server.dataDir, 'uploads'));

interface Answer {
  status: number;
  headers: Headers;
  answer: Attachment & Failure;
}

/** One request of the tus protocol, made without a library. */
async function tus(
  who: TestPerson,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array,
): Promise<Answer> {
  const answer = await fetch(`${server.origin}${path}`, {
    method,
    headers: { cookie: who.cookie, 'tus-resumable': '1.0.0', ...headers },
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    answer: (text === '' ? {} : JSON.parse(text)) as Answer['answer'],
  };
}

const create = (who: TestPerson, size: number, fields: Record<string, string> = { stream, name: 'film.bin' }) =>
  tus(who, 'POST', '/api/uploads', { 'upload-length': String(size), 'upload-metadata': metadata(fields) });
const patch = (who: TestPerson, path: string, offset: number, body: Uint8Array) =>
  tus(who, 'PATCH', path, { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' }, body);

async function created(...given: Parameters<typeof create>): Promise<string> {
  const { status, headers, answer } = await create(...given);
  expect([status, answer.error]).toEqual([201, undefined]);
  return headers.get('location') ?? '';
}

async function offsetOf(who: TestPerson, path: string): Promise<number> {
  const { status, headers } = await tus(who, 'HEAD', path);
  return status === 200 ? Number(headers.get('upload-offset')) : -status;
}

async function download(who: TestPerson, id: string): Promise<Buffer> {
  const answer = await fetch(`${server.origin}/api/media/${id}`, { headers: { cookie: who.cookie } });
  return Buffer.from(await answer.arrayBuffer());
}

describe('resumable uploads', () => {
  it('[MD10] an interrupted upload continues where it stopped, and its last PATCH answers with the attachment', async () => {
    const file = content(MiB);
    const path = await created(ann, file.length);
    expect((await patch(ann, path, 0, file.subarray(0, 300_000))).status).toBe(204);
    expect(await offsetOf(ann, path)).toBe(300_000);
    expect((await patch(ann, path, 0, file)).status).toBe(409);
    const { status, answer } = await patch(ann, path, 300_000, file.subarray(300_000));
    expect([status, answer]).toEqual([
      200,
      {
        mediaId: expect.any(String) as string,
        kind: 'document',
        name: 'film.bin',
        mime: 'application/octet-stream',
        size: MiB,
      },
    ]);
    expect(hashOf(await download(ann, answer.mediaId))).toBe(hashOf(file));
  });

  it('[MD10] when a connection ends in the middle of a request, the bytes that have arrived are kept, and nobody waits for it', async () => {
    const file = content(MiB);
    const path = await created(ann, file.length);
    const half = httpRequest(`${server.origin}${path}`, {
      method: 'PATCH',
      headers: {
        cookie: ann.cookie,
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
        'content-length': file.length,
      },
    });
    half.on('error', () => undefined);
    half.write(file.subarray(0, 500_000));
    // Asking makes the hanging request write its bytes and end.
    await expect.poll(() => offsetOf(ann, path)).toBe(500_000);
    half.destroy();
    const { answer } = await patch(ann, path, 500_000, file.subarray(500_000));
    expect(hashOf(await download(ann, answer.mediaId))).toBe(hashOf(file));
  });

  it('[MD10] a client that missed the last answer asks for it, and gets the same file', async () => {
    const path = await created(ann, 8);
    expect((await tus(ann, 'GET', path)).status).toBe(404);
    const { answer } = await patch(ann, path, 0, content(8));
    expect(await offsetOf(ann, path)).toBe(8);
    expect((await tus(ann, 'GET', path)).answer).toEqual(answer);
    const empty = await create(ann, 0);
    expect(empty.answer).toMatchObject({ size: 0 });
    expect(await offsetOf(ann, empty.headers.get('location') ?? '')).toBe(0);
  });

  it('[MD10] [REL-16] a client that asks while a finished upload is being processed is told that all of it has arrived', async () => {
    const path = await created(ann, 8);
    // The file is flushed, then it is moved, then its folder is flushed.
    const release = await holdFlushes();
    const patched = patch(ann, path, 0, content(8));
    await expect.poll(held).not.toContain(path.split('/').at(-1));
    const asked = offsetOf(ann, path);
    // Long enough for a server that would answer at once.
    await Promise.race([asked, pause(300)]);
    release();
    expect(await asked).toBe(8);
    expect((await tus(ann, 'GET', path)).answer).toEqual((await patched).answer);
  });

  it('[MD8] [MD10] a picture is cleaned and measured like one that was sent as a form', async () => {
    const file = await testFiles.jpegFromCamera();
    const path = await created(ann, file.length, { stream, name: 'lake.jpg', mime: 'text/html' });
    const { answer } = await patch(ann, path, 0, file);
    expect(answer).toMatchObject({ kind: 'image', mime: 'image/jpeg', width: 40, height: 60 });
    expect((await download(ann, answer.mediaId)).includes('Secret Camera')).toBe(false);
    expect(held()).not.toContain(path.split('/').at(-1));
  });

  it('[MD10] a third-party client uploads in chunks, continues after a fault, and reads the attachment', async () => {
    const file = content(2 * MiB);
    let faults = 0;
    const upload = await new Promise<Upload>((resolve, reject) => {
      const sending = new Upload(file, {
        endpoint: `${server.origin}/api/uploads`,
        chunkSize: 300_000,
        retryDelays: [0, 0, 0],
        headers: { cookie: ann.cookie },
        metadata: { stream, name: 'film.bin', kind: 'document', mime: 'video/mp4' },
        onAfterResponse(request: HttpRequest, _response: HttpResponse) {
          if (request.getMethod() === 'PATCH' && faults++ % 3 === 0) throw new Error('the answer is lost');
        },
        onError: reject,
        onSuccess: () => resolve(sending),
      });
      sending.start();
    });
    const { answer } = await tus(ann, 'GET', new URL(upload.url ?? '').pathname);
    const { mediaId } = answer;
    expect(faults).toBeGreaterThan(3);
    expect(hashOf(await download(ann, mediaId))).toBe(hashOf(file));
  });

  it('[MD11] [SEC-68] nobody else sees, continues or ends an upload, and it is not accepted for another chat', async () => {
    const path = await created(ann, 8);
    for (const [method, headers] of [
      ['HEAD', {}],
      ['DELETE', {}],
      ['GET', {}],
      ['PATCH', { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }],
    ] as const) {
      expect([method, (await tus(eve, method, path, headers)).status]).toEqual([method, 404]);
    }
    const renamed = path.replace(ann.userId, eve.userId);
    expect(await offsetOf(eve, renamed)).toBe(-404);
    expect((await tus(ann, 'HEAD', path, { 'teamlink-user': eve.userId })).status).toBe(401);
    expect((await create(eve, 8)).answer.error).toMatchObject({ code: 'not_found', path: 'stream' });
    expect((await create(eve, 8, { stream: personalStream(ann.userId) })).answer.error.code).toBe('not_found');
    expect((await tus(ann, 'HEAD', '/api/uploads/..%2f..%2fauth-secret')).status).toBe(404);
    expect(await offsetOf(ann, path)).toBe(0);
  });

  it('[MD10] [MD11] cancelling frees everything at once, also when the upload was finished', async () => {
    const path = await created(ann, 1_000_000);
    await patch(ann, path, 0, content(500_000));
    expect((await tus(ann, 'DELETE', path)).status).toBe(204);
    const id = path.split('/').at(-1) ?? '';
    expect(held().filter((name) => name.startsWith(id))).toEqual([]);
    expect(await offsetOf(ann, path)).toBe(-404);

    const finished = await created(ann, 8);
    const { mediaId } = (await patch(ann, finished, 0, content(8))).answer;
    await tus(ann, 'DELETE', finished);
    expect((await tus(ann, 'GET', `/api/media/${mediaId}`)).status).toBe(404);
  });

  it('[MD9] [MD11] announced bytes count towards the quota, and the open uploads of a person are bounded', async () => {
    const of = await server.signUp('Max');
    const own = { stream: personalStream(of.userId) };
    const paths = [await created(of, 8 * MiB, own)];
    const second = await create(of, 8 * MiB, own);
    expect([second.status, second.answer.error]).toMatchObject([413, { code: 'too_large', path: 'quota' }]);
    expect((await create(of, 200 * MiB, own)).answer.error.code).toBe('too_large');
    while (paths.length < 20) paths.push(await created(of, 1, own));
    const more = await create(of, 1, own);
    expect([more.status, more.answer.error.code]).toEqual([429, 'rate_limited']);
    await tus(of, 'DELETE', paths[0] ?? '');
    await created(of, 1, own);
  });

  it('[MD9] [MD11] uploads that start at the same moment count towards the quota and the bound too', async () => {
    const [lee, kim] = [await server.signUp('Lee'), await server.signUp('Kim')];
    const statuses = async (who: TestPerson, count: number, size: number) => {
      const own = { stream: personalStream(who.userId) };
      const answers = await Promise.all(Array.from({ length: count }, () => create(who, size, own)));
      return answers.map(({ status }) => status).toSorted((one, other) => one - other);
    };
    expect(await statuses(lee, 6, 5 * MiB)).toEqual([201, 201, 413, 413, 413, 413]);
    // The server takes six requests of one person at once.
    for (let at = 0; at < 18; at += 1) await created(kim, 1, { stream: personalStream(kim.userId) });
    expect(await statuses(kim, 6, 1)).toEqual([201, 201, 429, 429, 429, 429]);
  });

  it('[MD9] uploads in progress of all people count towards the server’s quota, and one that ends makes room', async () => {
    const noa = await server.signUp('Noa');
    const [own, file] = [{ stream: personalStream(noa.userId) }, content(8 * MiB)];
    const path = await created(eve, file.length, { stream: personalStream(eve.userId) });
    const second = await create(noa, file.length, own);
    expect([second.status, second.answer.error]).toMatchObject([413, { code: 'too_large', path: 'quota' }]);
    const form = async () => {
      const body = uploadForm(own.stream, file, 'film.bin');
      return (await fetch(`${server.origin}/api/media`, { method: 'POST', headers: { cookie: noa.cookie }, body }))
        .status;
    };
    expect(await form()).toBe(413);
    await tus(eve, 'DELETE', path);
    expect(await form()).toBe(201);
  });

  it('[MD10] errors have the format of all other answers, and nothing is left behind', async () => {
    const before = held().length;
    const wrong: [number, string, Promise<Answer>][] = [
      [400, 'invalid', create(ann, 8, { stream: 'x' })],
      [400, 'invalid', create(ann, 8, { stream, surprise: 'x' })],
      [400, 'invalid', tus(ann, 'POST', '/api/uploads', { 'upload-length': '-1' })],
      [412, 'invalid', tus(ann, 'POST', '/api/uploads', { 'tus-resumable': '0.2.2', 'upload-length': '1' })],
      [501, 'internal', tus(ann, 'POST', '/api/uploads', { 'upload-defer-length': '1' })],
      [413, 'too_large', create(ann, limits.file + 1)],
      [404, 'not_found', tus(ann, 'DELETE', '/api/uploads/x')],
    ];
    for (const [status, code, answer] of wrong) {
      const given = await answer;
      expect([given.status, given.answer.error.code]).toEqual([status, code]);
    }
    expect(held()).toHaveLength(before);
    expect((await fetch(`${server.origin}/api/uploads`, { method: 'POST' })).status).toBe(401);
    const foreign = await tus(ann, 'POST', '/api/uploads', {
      origin: 'https://elsewhere.example',
      'upload-length': '1',
    });
    expect(foreign.status).toBe(403);
    const options = await tus(ann, 'OPTIONS', '/api/uploads');
    expect(options.headers.get('tus-extension')).toBe('creation,creation-with-upload,termination,expiration');
  });

  it('[MD11] an upload expires three days after it started', async () => {
    const { headers } = await create(ann, 8);
    expect(Math.round((Date.parse(headers.get('upload-expires') ?? '') - Date.now()) / HOUR_MS)).toBe(72);
    const path = headers.get('location') ?? '';
    const facts = join(server.dataDir, 'uploads', `${path.split('/').at(-1)}.json`);
    const started = {
      ...(JSON.parse(readFileSync(facts, 'utf8')) as object),
      creation_date: new Date(Date.now() - 73 * HOUR_MS),
    };
    writeFileSync(facts, JSON.stringify(started));
    expect(await offsetOf(ann, path)).toBe(-410);
  });
});
