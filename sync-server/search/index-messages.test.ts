import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { MessageId } from '#protocol/ids.ts';
import { openDatabase } from '#server/database/connect.ts';
import type { Entry } from '#server/streams/entry.ts';
import { newGroup, nextId } from '#server/streams/testing/op.fixture.ts';
import { createIndexMessages } from './index-messages.ts';
import { type Indexed, createSearchIndex, partsUpTo } from './search-index.ts';

const stream = newGroup();

function version(id: MessageId, rev: number, more: { text: string; isFirst?: true; deletedAt?: string }): Entry {
  const { text, deletedAt, ...hidden } = more;
  const record = {
    type: 'message',
    id,
    stream,
    rev,
    seq: 1,
    senderId: 'ann',
    createdAt: '2026-01-01T00:00:00.000Z',
    text,
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
  return {
    _id: `${id}/${rev}`,
    stream,
    rev,
    type: 'message',
    id,
    body: JSON.stringify(record),
    ...hidden,
  } as unknown as Entry;
}

it('[SR3] a new message is marked as not stored yet, and an edit as possibly stored', async () => {
  const put: Indexed[] = [];
  const { handle } = createIndexMessages({
    put: async (messages) => void put.push(...messages),
    remove: async () => undefined,
  });
  const [sent, edited] = [nextId(), nextId()];
  const { signal } = new AbortController();
  await handle(
    stream,
    [
      version(sent, 1, { text: 'ebb', isFirst: true }),
      version(sent, 2, { text: 'flood' }),
      version(edited, 3, { text: 'tide' }),
    ],
    signal,
  );
  expect(put.map(({ id, keys, isNew }) => ({ id, keys, isNew }))).toEqual([
    { id: sent, keys: ['flood'], isNew: true },
    { id: edited, keys: ['tide'], isNew: false },
  ]);
});

it('[SR3] [SEC-08] the index holds nothing of a deleted message, and no words that an edit has removed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-search-'));
  const database = await openDatabase({ dataDir, durability: 'none' });
  const index = createSearchIndex(database);
  const { handle } = createIndexMessages(index);
  const [deleted, edited] = [nextId(), nextId()];
  const found = async (...words: string[]) => {
    const places = await Promise.all(words.map((word) => index.find(partsUpTo(stream, 1), [word])));
    return places.map(({ length }) => length);
  };
  const { signal } = new AbortController();
  const sent = [
    version(deleted, 1, { text: 'ebb', isFirst: true }),
    version(edited, 2, { text: 'tide', isFirst: true }),
  ];
  await handle(stream, sent, signal);
  expect(await found('ebb', 'tide')).toEqual([1, 1]);
  const deletedAt = '2026-01-02T00:00:00.000Z';
  await handle(stream, [version(deleted, 3, { text: '', deletedAt }), version(edited, 4, { text: 'flood' })], signal);
  expect(await found('ebb', 'tide', 'flood')).toEqual([0, 0, 1]);
  await database.close();
  await rm(dataDir, { recursive: true });
});
