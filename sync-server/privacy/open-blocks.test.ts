import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { openBlocks } from './open-blocks.ts';

let database: Database;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'teamlink-blocks-'));
  database = await openDatabase({ dataDir });
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true });
});

const opened = (isShared: boolean) =>
  openBlocks({
    connection: database.connection,
    isShared,
    everyMs: 1,
    // The last poll may be interrupted by the end of the test.
    onDefect: () => undefined,
  });

it('[BL1] a block is enforced by other servers over the same database and after a restart, and ends with either account', async () => {
  const [here, there] = [await opened(false), await opened(true)];
  const changed: string[] = [];
  there.follow((by) => changed.push(by));
  await here.change(ann, bob, true);
  await here.change(bob, eve, true);
  await expect.poll(() => there.has(ann, bob)).toBe(true);
  expect([there.has(bob, ann), there.has(ann, eve)]).toEqual([false, false]);
  await expect.poll(() => changed).toContain(ann);
  await here.change(ann, bob, false);
  await expect.poll(() => there.has(ann, bob)).toBe(false);
  await here.change(ann, bob, true);
  await here.personDeleted(bob);
  const restarted = await opened(false);
  expect([restarted.has(ann, bob), restarted.has(bob, eve)]).toEqual([false, false]);
  for (const each of [here, there, restarted]) each.close();
});
