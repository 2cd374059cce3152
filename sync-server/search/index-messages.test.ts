import { expect, it } from 'vitest';
import type { MessageId } from '#protocol/ids.ts';
import type { Entry } from '#server/streams/entry.ts';
import { newGroup, nextId } from '#server/streams/testing/op.fixture.ts';
import { createIndexMessages } from './index-messages.ts';
import type { Indexed } from './search-index.ts';

const stream = newGroup();

function version(id: MessageId, rev: number, more: { text: string; isFirst?: true }): Entry {
  const { text, ...hidden } = more;
  const record = {
    type: 'message',
    id,
    stream,
    rev,
    seq: 1,
    senderId: 'ann',
    createdAt: '2026-01-01T00:00:00.000Z',
    text,
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

it('[SR3] says of a message whether nothing can be stored for it, and of an edit that something can', async () => {
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
