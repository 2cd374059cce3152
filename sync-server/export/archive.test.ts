import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import type { MediaRow } from '#server/media/media-row.ts';
import { type ArchiveParts, archiveOf } from './archive.ts';

const SIZE = 1_000;

const parts = {
  streams: { conversationsOf: () => Promise.resolve([]), scheduledOf: () => Promise.resolve([]) },
  account: () => Promise.resolve({}),
  async *reportsOf() {},
  async *ownFiles() {
    for (const name of ['one', 'two', 'three']) yield { _id: `id-${name}`, name } as MediaRow;
  },
  store: { sizeOf: () => Promise.resolve(SIZE), read: () => Promise.resolve(Readable.from([Buffer.alloc(SIZE)])) },
} as unknown as ArchiveParts;

it.each([
  ['bytes', { bytes: 2 * SIZE + 500, entries: 100 }],
  ['entries', { bytes: 100 * SIZE, entries: 3 }],
])('[AC3] files for which a zip file has too few %s are left out and named', async (_what, room) => {
  const made = await buffer(Readable.from(archiveOf('ann' as UserId, parts, room)));
  const files = unzipSync(made);
  expect(Object.keys(files)).toEqual(['account.json', 'files/id-one-one', 'files/id-two-two', 'left-out.txt']);
  expect(strFromU8(files['left-out.txt'] ?? new Uint8Array())).toMatch(/no room.*\n\nid-three-three\n$/s);
});

it('[AC3] an archive with all files lists none as left out', async () => {
  const made = await buffer(Readable.from(archiveOf('ann' as UserId, parts)));
  expect(Object.keys(unzipSync(made))).toHaveLength(4);
});
