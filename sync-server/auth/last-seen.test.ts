import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openDatabase } from '#server/database/connect.ts';
import { ann, bob, eve } from '#server/streams/testing/people.fixture.ts';
import { createLastSeen } from './last-seen.ts';

it('[AC2] nothing of a deleted account is kept, whether it is stored, being written or waiting to be written', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-seen-'));
  const database = await openDatabase({ dataDir });
  const rows = database.connection.collection<{ _id: string; at: number }>('seen');
  await rows.insertOne({ _id: ann, at: 1 });
  const lastSeen = createLastSeen(database.connection);
  expect(await lastSeen.find([ann])).toEqual(new Map([[ann, 1]]));
  lastSeen.note(ann, 2);
  lastSeen.note(bob, 3);
  const bulkWrite = rows.bulkWrite.bind(rows);
  let release = () => undefined as void;
  const released = new Promise<void>((resolve) => (release = resolve));
  vi.spyOn(rows, 'bulkWrite').mockImplementationOnce(async (...given) => {
    await released;
    return bulkWrite(...given);
  });
  const writing = lastSeen.close();
  lastSeen.note(ann, 4);
  lastSeen.note(eve, 5);
  const forgotten = lastSeen.forget(ann);
  // A deletion that did not wait would have ended by then.
  await rows.findOne({});
  release();
  await Promise.all([forgotten, writing]);
  await lastSeen.close();
  expect(await rows.find({}).toArray()).toEqual([
    { _id: bob, at: 3 },
    { _id: eve, at: 5 },
  ]);
  expect(await lastSeen.find([ann, bob, eve])).toEqual(
    new Map([
      [bob, 3],
      [eve, 5],
    ]),
  );
  await database.close();
  await rm(dataDir, { recursive: true });
});
