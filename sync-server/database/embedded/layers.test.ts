import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, open } from 'lmdb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '#server/streams/testing/world.fixture.ts';
import { createLayers } from './layers.ts';

let folder: string;
let db: Database<Buffer, Buffer>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'teamlink-'));
  db = open<Buffer, Buffer>({ path: join(folder, 'file'), keyEncoding: 'binary', encoding: 'binary' });
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

const key = (n: number) => Buffer.from([5, n]);
const isInFile = (n: number) => db.doesExist(key(n));

it('writes what is flushed into the file by itself, again and again', async () => {
  const layers = createLayers({ db, log: undefined, drained: 0 });
  for (const n of [1, 2, 3]) {
    await layers.change(() => layers.put(key(n), Buffer.from('text')));
    expect(isInFile(n)).toBe(false);
    await until(() => isInFile(n));
    // Nothing is being written any more when the next change comes.
    await layers.drain();
  }
  await layers.close();
});

it('[REL-07] after the disk was full, writes into the file by itself what was flushed, which is read until then', async () => {
  let tries = 0;
  const fullTwice = Object.assign(Object.create(db) as typeof db, {
    childTransaction<T>(work: () => T): Promise<T> {
      tries += 1;
      return tries <= 2 ? Promise.reject(new Error('MDB_MAP_FULL')) : db.childTransaction(work);
    },
  });
  const layers = createLayers({ db: fullTwice, log: undefined, drained: 0 });
  await layers.change(() => layers.put(key(1), Buffer.from('text')));
  await until(() => tries === 1);
  expect(layers.get(key(1))?.toString()).toBe('text');
  await layers.change(() => layers.put(key(2), Buffer.from('text')));
  await until(() => isInFile(1) && isInFile(2));
  expect(tries).toBe(4);
  await layers.close();
});

it('[REL-07] a large batch is refused while the file does not take what was flushed before it', async () => {
  let isFull = true;
  const full = Object.assign(Object.create(db) as typeof db, {
    childTransaction: <T>(work: () => T): Promise<T> => db.childTransaction(work),
    putSync(at: Buffer, value: Buffer): void {
      if (isFull && value.toString() === 'before') throw new Error('MDB_MAP_FULL');
      db.putSync(at, value);
    },
  });
  const layers = createLayers({ db: full, log: undefined, drained: 0, limits: { many: 2 } });
  await layers.change(() => layers.put(key(1), Buffer.from('before')));
  await layers.drain();
  const large = () =>
    layers.change(() => {
      layers.put(key(1), Buffer.from('after'));
      layers.put(key(2), Buffer.from('after'));
    });
  await expect(large()).rejects.toMatchObject({ codeName: 'OutOfDiskSpace' });
  expect([layers.get(key(1))?.toString(), layers.get(key(2))]).toEqual(['before', undefined]);
  isFull = false;
  await large();
  await layers.drain();
  expect([db.getBinary(key(1))?.toString(), db.getBinary(key(2))?.toString()]).toEqual(['after', 'after']);
  await layers.close();
});
