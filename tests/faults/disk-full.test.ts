import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { personalStream } from '#protocol/ids.ts';
import type { OpResult, PullAnswer } from '#protocol/verbs.ts';
import { testFiles, uploadForm } from '#server/media/testing/files.fixture.ts';
import { allMessages, health, open, ownGroup, post, push, requestSignUp, sendOp, signUp } from './person.fixture.ts';
import { startServer, temporaryFolder } from './process.fixture.ts';

const MiB = 1024 * 1024;
/** Programs of the system, where it has them; no package brings them. */
const tools = { mount: 'mount', unmount: 'umount' };

/** Mounts a file system, where the system allows it. */
function smallDisk(folder: string, bytes: number): boolean {
  mkdirSync(folder);
  try {
    execFileSync(tools.mount, ['-t', 'tmpfs', '-o', `size=${bytes}`, 'teamlink-test', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  let place: ReturnType<typeof temporaryFolder>;
  let disk = '';
  let isMounted = false;
  beforeAll(() => {
    place = temporaryFolder();
    disk = join(place.folder, 'disk');
    isMounted = smallDisk(disk, 24 * MiB);
    if (!isMounted) console.log('no file system can be mounted here: the full disk is not tested');
  });
  afterAll(() => {
    if (isMounted) execFileSync(tools.unmount, ['-l', disk]);
    place.remove();
  });

  it('[REL-07] [REL-20] reads are served, writes are `unavailable`, nothing is half written, and freed space ends the fault', async ({
    skip,
  }) => {
    if (!isMounted) skip();
    const server = await startServer(join(disk, 'data'));
    const ann = await signUp(server.origin, 'Ann');
    const bob = await signUp(server.origin, 'Bob');
    const stream = await ownGroup(server.origin, ann, [bob]);
    // Another file leaves one mebibyte, which messages fill.
    const ballast = join(disk, 'ballast');
    const accepted: string[] = [];
    const unaccepted = new Map<string, object>();
    let refused: OpResult | undefined;
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - MiB));
    while (refused === undefined) {
      const ops = Array.from({ length: 10 }, () => sendOp(stream, 'x'.repeat(8_000)));
      const { answer } = await push(server.origin, ann, ...ops);
      for (const [nth, result] of (answer.results ?? []).entries()) {
        if (result.ok) accepted.push(result.id);
        else {
          refused ??= result;
          unaccepted.set(result.id, ops[nth] ?? {});
        }
      }
    }
    expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(accepted.length).toBeGreaterThan(0);

    // A small write may still find room. One that does not is answered as retryable, not as a defect.
    expect([200, 503]).toContain((await requestSignUp(server.origin, 'Late')).status);
    const pulled = await post<PullAnswer>(server.origin, bob, 'pull', { cursors: {} });
    expect(pulled.status).toBe(200);
    expect(pulled.answer.streams.map((page) => page.stream)).toContain(stream);
    const during = await allMessages(server.origin, bob, stream);
    expect(during.map(({ id }) => id)).toEqual(expect.arrayContaining(accepted));
    expect(during.map(({ seq }) => seq)).toEqual(during.map((_, at) => at + 1));
    const socket = open(server.origin, bob);
    await new Promise((resolve) => socket.once('welcome', resolve));
    socket.close();
    expect(await health(server.origin, '/healthz')).toBe(200);
    expect(await health(server.origin, '/readyz')).toBe(503);

    rmSync(ballast);
    const ops = [...unaccepted.values()].map((op) => ({ ...op, retry: true }));
    let results: OpResult[] = [];
    while (!(results.length > 0 && results.every(({ ok }) => ok)))
      results = (await push(server.origin, ann, ...ops)).answer.results ?? [];
    const after = await allMessages(server.origin, bob, stream);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, at) => at + 1));
    expect(new Set(after.map(({ id }) => id))).toEqual(new Set([...accepted, ...unaccepted.keys()]));
    expect(server.child.exitCode).toBeNull();
    while ((await health(server.origin, '/readyz')) !== 200) await setTimeout(100);
    const said = server.output().split('\n').slice(2, -1);
    // lmdb prints this line itself, and it cannot be switched off.
    expect(said.filter((line) => !line.startsWith('mdb_'))).toEqual([
      expect.stringMatching(/^database: the disk .* is full/),
      expect.stringContaining('has room again'),
    ]);
    server.child.kill('SIGTERM');
    expect(await server.gone).toBe(0);
    expect(readdirSync(disk).every((name) => statSync(join(disk, name)).isDirectory())).toBe(true);
  });

  it('[MD9] [MD11] every upload is answered 507 while the files’ disk is full, none of it is kept, texts are accepted, and freed space ends the fault', async ({
    skip,
  }) => {
    if (!isMounted) skip();
    const data = join(place.folder, 'data');
    mkdirSync(data);
    for (const name of ['incoming', 'uploads', 'media']) {
      mkdirSync(join(disk, name));
      symlinkSync(join(disk, name), join(data, name));
    }
    const { origin, child, gone } = await startServer(data);
    const ann = await signUp(origin, 'Ann');
    const stream = await ownGroup(origin, ann);
    const headers = { cookie: ann.cookie, 'tus-resumable': '1.0.0' };
    const type = 'application/offset+octet-stream';
    const ask = async (
      method: string,
      path: string,
      more: Record<string, string> = {},
      body: BodyInit | null = null,
    ) => {
      const answer = await fetch(new URL(path, origin), { method, headers: { ...headers, ...more }, body });
      const text = await answer.text();
      const error = text.startsWith('{') ? (JSON.parse(text) as Partial<Failure>).error : undefined;
      return { status: answer.status, headers: answer.headers, error };
    };
    const file = Buffer.alloc(2 * MiB, 1);
    const form = (to: string, content: Buffer) => ask('POST', '/api/media', {}, uploadForm(to, content, 'x'));
    const create = () =>
      ask('POST', '/api/uploads', {
        'upload-length': String(file.length),
        'upload-metadata': `stream ${Buffer.from(stream).toString('base64')}`,
      });
    const patch = (path: string, offset: number) =>
      ask('PATCH', path, { 'upload-offset': String(offset), 'content-type': type }, file.subarray(offset));
    const path = (await create()).headers.get('location') ?? '';
    const face = await testFiles.png(400, 300);

    const ballast = join(disk, 'ballast');
    const fill = () => {
      const { bavail, bsize } = statfsSync(disk);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize), { flag: 'a' });
    };
    fill();
    const full = { status: 507, error: { code: 'unavailable', path: 'disk', retryAfterMs: 30_000 } };
    expect(await form(stream, file)).toMatchObject(full);
    expect(await form(personalStream(ann.userId), face)).toMatchObject(full);
    expect(await patch(path, 0)).toMatchObject(full);
    // More often than somebody may have open uploads.
    for (let at = 0; at < 25; at += 1) expect(await create()).toMatchObject(full);
    expect(readdirSync(join(disk, 'incoming'))).toEqual([]);
    expect(readdirSync(join(disk, 'uploads'))).toHaveLength(2);
    expect(await push(origin, ann, sendOp(stream, 'A text'))).toMatchObject({ answer: { results: [{ ok: true }] } });

    rmSync(ballast);
    const offset = Number((await ask('HEAD', path)).headers.get('upload-offset'));
    expect((await patch(path, offset)).status).toBe(200);
    expect((await form(personalStream(ann.userId), face)).status).toBe(201);
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
  });
});
