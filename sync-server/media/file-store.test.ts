import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createDiskStore } from './disk-store.ts';
import { createS3Store } from './s3-store.ts';
import { fileStoreContract } from './testing/file-store.contract.ts';
import { startS3Server } from './testing/s3-server.fixture.ts';

fileStoreContract('files on a disk', async (folder) => ({
  store: await createDiskStore(join(folder, 'media')),
  close: () => Promise.resolve(),
}));

fileStoreContract('files in a bucket', async () => {
  const { settings, close } = await startS3Server();
  return { store: createS3Store(settings), close };
});

it('[REL-16] a file on a disk counts as stored once its content is flushed, and then the folders that name it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'teamlink-flushed-'));
  const store = await createDiskStore(join(folder, 'media'));
  const from = join(folder, 'received');
  await writeFile(from, 'a picture');
  const name = crypto.randomUUID();
  const subfolder = join(folder, 'media', name.slice(0, 2));
  const file = await open(from);
  const handles = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const { sync } = handles;
  const flushed: [number, 'before' | 'after'][] = [];
  vi.spyOn(handles, 'sync').mockImplementation(async function flush(this: FileHandle) {
    flushed.push([(await this.stat()).ino, existsSync(join(subfolder, name)) ? 'after' : 'before']);
    await sync.call(this);
  });
  const { ino } = await stat(from);
  await store.put(name, from);
  vi.restoreAllMocks();
  expect(flushed).toEqual([
    [ino, 'before'],
    [(await stat(subfolder)).ino, 'after'],
    [(await stat(join(folder, 'media'))).ino, 'after'],
  ]);
  await rm(folder, { recursive: true });
});

it('a refusal of the bucket is an error and not a missing file', async () => {
  const { settings, close } = await startS3Server();
  const store = createS3Store({ ...settings, secretAccessKey: 'another' });
  await expect(store.sizeOf('one')).rejects.toThrow('403');
  await expect(store.read('one')).rejects.toThrow('403');
  await close();
  await expect(store.sizeOf('one')).rejects.toThrow(/ECONNREFUSED|socket/);
});

it('other objects in the same bucket are left alone', async () => {
  const { settings, close } = await startS3Server();
  const page = ['a/b', 'backup.tar', 'backup']
    .map((key) => `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`)
    .join('');
  const server = createServer((_request, response) => response.end(page)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const found = [];
  for await (const file of createS3Store({ ...settings, prefix: '', endpoint }).list()) found.push(file);
  expect(found).toEqual([]);
  server.close();
  await close();
});
