import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MessageId } from '#protocol/ids.ts';
import type { Database } from '#server/database/connect.ts';
import { newGroup, nextId } from '#server/streams/testing/op.fixture.ts';
import { openDatabase } from '#server/database/connect.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSearchIndex, partsUpTo } from './search-index.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-search-'));
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ dataDir, durability: 'none' });
});
afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('[SR3] a message that is put again after a crash, together with new ones, is stored once with its latest words', async () => {
  const index = createSearchIndex(database);
  const stream = newGroup();
  const message = (id: MessageId, seq: number, key: string) => ({ id, stream, seq, at: seq, keys: [key], isNew: true });
  const again = nextId();
  const seqsWith = async (key: string) =>
    (await index.find(partsUpTo(stream, 200), [key])).map(({ seq }) => seq).toSorted((a, b) => a - b);
  await index.put([message(again, 7, 'ebb')]);
  const others = Array.from({ length: 120 }, (_, at) => message(nextId(), 10 + at, 'flood'));
  await index.put([...others.slice(0, 60), message(again, 7, 'flood'), ...others.slice(60)]);
  expect(await seqsWith('flood')).toEqual([7, ...others.map(({ seq }) => seq)]);
  expect(await seqsWith('ebb')).toEqual([]);
});
