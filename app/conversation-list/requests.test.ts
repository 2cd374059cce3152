import { beforeAll, expect, test } from 'vitest';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { callingUnread } from '#app/shown/list-entry.ts';
import type { Op } from '#protocol/op.ts';
import { entriesOf, filterEntries } from './entry.ts';
import { at, bob, context, crew, id, message, own, row, sending, withAna } from './testing/entry.fixture.ts';

beforeAll(() => activateAllWords());

const lastMessage = message(withAna, bob, { seq: 3 });
const request = row(withAna, {
  lastSeq: 3,
  unread: 3,
  mentioned: [3],
  lastMessage,
  membership: own(withAna, { isRequest: true }),
});
const rows = [request, row(crew, { membership: own(crew), unread: 1 })];
const queued = (op: Op, state: OutboxRow['state'] = 'queued'): OutboxRow => ({
  ...sending(op.stream, state, 2),
  id: op.id,
  op,
});
const update = { id: id(8), stream: withAna, kind: 'membership.update' } as const;
const shown = (filter: Parameters<typeof filterEntries>[1], typed: string, ...outbox: OutboxRow[]) =>
  filterEntries(entriesOf(rows, context({ outbox })), filter, typed).map((entry) => entry.stream);

test('[RQ4] a request is listed under its own filter only, a search finds it, and it counts nowhere as unread', () => {
  expect([shown('all', ''), shown('unread', ''), shown('requests', '')]).toEqual([[crew], [crew], [withAna]]);
  expect([shown('all', 'ana'), shown('requests', 'ana'), shown('requests', 'crew')]).toEqual([
    [withAna],
    [withAna],
    [],
  ]);
  const [entry] = entriesOf([request], context());
  expect(entry).toMatchObject({ isRequest: true, unread: 0, mentioned: 0, calls: false });
  expect(callingUnread(rows, context())).toBe(1);
});

test('[RQ3] accepting or declining a request is shown at once, and undone if the server refuses it', () => {
  const accept: Op = { ...update, request: false };
  const answer: Op = { id: id(9), stream: withAna, kind: 'message.send', text: 'who is it?', sentAt: at(2) };
  const block: Op = { ...update, blocked: true };
  for (const op of [accept, answer]) expect(shown('all', '', queued(op))).toContain(withAna);
  expect(callingUnread(rows, context({ outbox: [queued(accept)] }))).toBe(4);
  expect([shown('all', '', queued(block)), shown('requests', '', queued(block))]).toEqual([[crew], []]);
  expect(shown('requests', '', queued(accept, 'failed'))).toEqual([withAna]);
});
