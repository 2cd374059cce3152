import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type MediaId, type UserId, personalStream, scheduledRecordId } from '#protocol/ids.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { op } from '#server/streams/testing/op.fixture.ts';
import { ann, bob } from '#server/streams/testing/people.fixture.ts';
import { type World, createWorld, withDirect } from '#server/streams/testing/world.fixture.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { createStreamReads } from '#server/streams/stream-reads.ts';
import { type Media, openMedia } from './open-media.ts';
import { testFiles } from './testing/files.fixture.ts';

const DAY_MS = 24 * 3_600_000;
const clock = { ms: Date.now() };
const pictures = new Map<string, MediaId>();
let dataDir: string;
let database: Database;
let media: Media;
let world: World;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'teamlink-media-'));
  database = await openDatabase({ dataDir: join(dataDir, 'database'), durability: 'none' });
  const store = createMemoryEntryStore();
  media = await openMedia({
    ...createStreamReads(store),
    connection: database.connection,
    dataDir,
    quota: { person: 1_000, server: Infinity },
    isMember: () => Promise.resolve(true),
    isPicture: (of, id) => Promise.resolve(pictures.get(of) === id),
    now: () => clock.ms,
    onDefect: (error) => {
      throw error;
    },
  });
  world = await createWorld({ store, files: media.files });
});
afterAll(async () => {
  await media.close();
  await world.streams.close();
  await database.close();
  await rm(dataDir, { recursive: true });
});

async function taken(stream: string, text = 'content'): Promise<MediaId> {
  const path = media.incoming.newPath();
  await writeFile(path, text);
  const answer = await media.takeFile.take(ann, { stream: stream as never, name: 'x.txt' }, path);
  if ('error' in answer) throw new Error(answer.error.code);
  return answer.attachment.mediaId;
}

async function takenPicture(stream: string): Promise<MediaId> {
  const path = media.incoming.newPath();
  await writeFile(path, testFiles.whitePng(10, 10));
  const answer = await media.takeFile.take(ann, { stream: stream as never, name: 'me.png' }, path);
  if ('error' in answer) throw new Error(answer.error.code);
  return answer.attachment.mediaId;
}

const isStored = async (id: MediaId) => (await media.store.sizeOf(id)) !== undefined;
const withFile = (mediaId: MediaId) => ({ attachments: [{ mediaId }] });

it('[MD7] [REL-16] a file that was never sent is deleted a day after the upload, and one that a message carries stays', async () => {
  const stream = await withDirect(world);
  const [unsent, sent] = [await taken(stream), await taken(stream)];
  await world.ok(ann, op.send(stream, '', withFile(sent)));
  clock.ms += DAY_MS - 1_000;
  await media.sweep();
  expect([await isStored(unsent), await isStored(sent)]).toEqual([true, true]);
  clock.ms += 2_000;
  await media.sweep();
  expect([await isStored(unsent), await isStored(sent)]).toEqual([false, true]);
  expect(await world.refusal(ann, op.send(stream, '', withFile(unsent)))).toBe('not_found attachments.0.mediaId');
  clock.ms += 30 * DAY_MS;
  await media.sweep();
  expect(await isStored(sent)).toBe(true);
});

it('[MD7] deleting the last message that carries a file deletes the file within minutes, and frees its part of the quota', async () => {
  const stream = await withDirect(world);
  const id = await taken(stream, 'x'.repeat(900));
  const { id: first } = await world.ok(ann, op.send(stream, '', withFile(id)));
  const { id: second } = await world.ok(bob, op.forward(stream, stream, first as never));
  expect(await media.takeFile.admit(ann, { stream }, 200, 'too much')).toMatchObject({
    code: 'too_large',
    path: 'quota',
  });
  await world.ok(ann, op.delete(stream, first as never));
  clock.ms += 120_000;
  await media.sweep('due');
  expect(await isStored(id)).toBe(true);
  await world.ok(bob, op.delete(stream, second as never));
  expect(await media.find(ann, id)).toBeUndefined();
  clock.ms += 120_000;
  await media.sweep('due');
  expect(await isStored(id)).toBe(false);
  expect(await media.takeFile.admit(ann, { stream }, 200, 'enough')).toBeUndefined();
  media.takeFile.release('enough');
});

it('[SM1] [MD6] [MD7] the file of a scheduled message stays, readable only for its author, and is deleted if that is cancelled', async () => {
  const stream = await withDirect(world);
  const [kept, dropped] = [await taken(stream), await taken(stream)];
  const dueAt = new Date(world.clock.ms + 1_000).toISOString();
  await world.ok(ann, op.schedule(stream, '', dueAt, withFile(kept)));
  const cancelled = op.schedule(stream, '', dueAt, withFile(dropped));
  await world.ok(ann, cancelled);
  clock.ms += 30 * DAY_MS;
  await media.sweep();
  expect([await isStored(kept), await isStored(dropped)]).toEqual([true, true]);
  expect([await media.find(ann, kept), await media.find(bob, kept)]).toMatchObject([{ _id: kept }, undefined]);
  await world.ok(ann, op.unschedule(stream, cancelled.id));
  clock.ms += 2 * DAY_MS;
  await media.sweep();
  expect([await isStored(kept), await isStored(dropped)]).toEqual([true, false]);
  world.clock.ms += 2_000;
  expect(await world.streams.sendScheduled(ann, scheduledRecordId(ann, 0))).toBe('over');
  clock.ms += 30 * DAY_MS;
  await media.sweep();
  expect(await media.find(bob, kept)).toMatchObject({ _id: kept });
});

it('[MD7] a claim whose message never became durable ends after a day, and one made meanwhile is never swept away', async () => {
  const stream = await withDirect(world);
  const id = await taken(stream);
  const carrier = { stream, messageId: op.send(stream, '').id };
  expect(await media.files.attach([id], carrier, ann)).toMatchObject([{ mediaId: id }]);
  await media.files.release([id]);
  clock.ms += 3_600_000;
  await media.sweep();
  expect(await isStored(id)).toBe(true);
  clock.ms += 2 * DAY_MS;
  await media.sweep();
  expect(await isStored(id)).toBe(false);
});

it('[MD12] a picture stays while it is in use, and is deleted soon after it was replaced', async () => {
  const own = personalStream(ann);
  const [first, second] = [await takenPicture(own), await takenPicture(own)];
  expect(await media.files.picture(first, own, bob)).toBe(false);
  for (const id of [first, second]) {
    expect(await media.files.picture(id, own, ann)).toBe(true);
    pictures.set(own, id);
  }
  clock.ms += 2 * DAY_MS;
  await media.profileChanged(ann);
  clock.ms += 120_000;
  await media.sweep('due');
  expect([await isStored(first), await isStored(second)]).toEqual([false, true]);
  clock.ms += 30 * DAY_MS;
  await media.sweep();
  expect(await isStored(second)).toBe(true);
  expect(await media.find(bob, second)).toMatchObject({ _id: second });
});

it('[SEC-62] [MD11] files that a crash left behind, half received or stored without a row, are removed by age', async () => {
  const old = new Date(clock.ms - 2 * DAY_MS);
  const [halfway, stray] = [
    join(dataDir, 'incoming', 'halfway'),
    join(dataDir, 'media', 'aa', `aa${crypto.randomUUID().slice(2)}`),
  ];
  await mkdir(join(dataDir, 'media', 'aa'), { recursive: true });
  for (const path of [halfway, stray]) {
    await writeFile(path, 'x');
    await utimes(path, old, old);
  }
  // Devices can continue their uploads for three days.
  for (const [name, days] of [
    ['recent', 2],
    ['expired', 4],
  ] as const) {
    const path = join(dataDir, 'uploads', name);
    await writeFile(path, 'x');
    await utimes(path, new Date(clock.ms - days * DAY_MS), new Date(clock.ms - days * DAY_MS));
  }
  await media.sweep();
  expect(await readdir(join(dataDir, 'incoming'))).toEqual([]);
  expect(await readdir(join(dataDir, 'media', 'aa'))).toEqual([]);
  expect(await readdir(join(dataDir, 'uploads'))).toEqual(['recent']);
});

it('[AC2] nothing is left of a deleted account’s unfinished uploads, and those of others continue', async () => {
  const begin = (user: UserId) =>
    media.resumable.handle(user, {
      method: 'POST',
      path: '/api/uploads',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '8',
        'upload-metadata': `stream ${Buffer.from(personalStream(user)).toString('base64')}`,
      },
    });
  for (const user of [ann, ann, bob]) expect((await begin(user)).status).toBe(201);
  const uploadsOf = async (user: UserId) =>
    (await readdir(join(dataDir, 'uploads'))).filter((name) => name.includes(user)).length;
  expect(await uploadsOf(ann)).toBe(4);
  await media.personDeleted(ann);
  expect([await uploadsOf(ann), await uploadsOf(bob)]).toEqual([0, 2]);
});
