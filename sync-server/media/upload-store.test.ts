import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Upload } from '@tus/server';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UploadStore } from './upload-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teamlink-uploads-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const uploadOf = (owner: string) => new Upload({ id: `${crypto.randomUUID()}.${owner}`, size: 8, offset: 0 });
const isFinished = () => Promise.resolve(false);
const release = () => undefined;

it('[MD10] an offset is confirmed only once the bytes are on the disk', async () => {
  const store = new UploadStore(folder, 1_000, { isFinished, release, admit: () => Promise.resolve() });
  const { id } = await store.create(uploadOf('ann'));
  const flushes: (() => void)[] = [];
  vi.spyOn(fs, 'fsync').mockImplementation((_file, done) => void flushes.push(() => done(null)));
  let offset: number | undefined;
  const written = store.write(Readable.from([Buffer.from('half')]), id, 0).then((value) => (offset = value));
  await expect.poll(() => flushes).toHaveLength(1);
  expect(offset).toBeUndefined();
  flushes[0]?.();
  expect(await written).toBe(4);
});

it('[MD11] uploads of one person are admitted one after the other, and others do not wait for them', async () => {
  const entered: string[] = [];
  const admissions: ((error?: Error) => void)[] = [];
  const store = new UploadStore(folder, 1_000, {
    isFinished,
    release,
    admit({ id }) {
      entered.push(id.split('.')[1] ?? '');
      return new Promise((resolve, reject) => {
        admissions.push((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  });
  const refused = store.create(uploadOf('ann'));
  const [second, other] = [store.create(uploadOf('ann')), store.create(uploadOf('bob'))];
  await expect.poll(() => entered).toEqual(['ann', 'bob']);
  admissions[1]?.();
  await other;
  expect(entered).toEqual(['ann', 'bob']);
  admissions[0]?.(new Error('too many'));
  await expect(refused).rejects.toThrow('too many');
  await expect.poll(() => entered).toEqual(['ann', 'bob', 'ann']);
  admissions[2]?.();
  await second;
});
