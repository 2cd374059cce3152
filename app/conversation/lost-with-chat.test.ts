import { expect, test } from 'vitest';
import type { ConversationRow, EditUnderWay, OutboxRow } from '#app/local-store/local-store.ts';
import { sendMessage } from '#app/ops/messages.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { lostWithChat } from './lost-with-chat.ts';

const stream = 'g:0' as ConversationId;
const ann = 'ann' as UserId;
const row: ConversationRow = { stream, lastSeq: 0, historyStart: 0, isWhole: false, unread: 0, activityAt: '' };
const nothing = { row, outbox: [], draft: { text: ' ', version: 1 }, edits: [], scheduled: [] };
const chat = { rows: nothing, poll: undefined, hasFiles: false, name: 'Pier' };
const message = (id: string, state: OutboxRow['state']) =>
  ({ id, stream, op: { ...sendMessage(stream, { text: id }, new Date(0)), id } as Op, state }) as OutboxRow;

test('a chat without messages and without anything unsent loses nothing', () => {
  expect(lostWithChat(chat, ann)).toBeUndefined();
  expect(lostWithChat({ ...chat, rows: { ...nothing, row: undefined } }, ann)).toBeUndefined();
});

test('[CL4] messages that are held, files, and every unsent text are lost', () => {
  expect(lostWithChat({ ...chat, rows: { ...nothing, row: { ...row, historyStart: 7, lastSeq: 9 } } }, ann)).toEqual({
    texts: [],
    hasFiles: false,
    hasMessages: true,
  });
  expect(lostWithChat({ ...chat, hasFiles: true }, ann)).toMatchObject({ hasFiles: true, hasMessages: false });
  const rows = {
    row,
    outbox: [message('refused', 'failed'), message('accepted', 'sent')],
    draft: { text: 'begun', version: 2 },
    edits: [{ id: 'm' as OpId, stream, text: 'better', from: 'good' } satisfies EditUnderWay],
    scheduled: [{ id: 's' as OpId, text: 'tomorrow' } as ScheduledMessage],
  };
  expect(lostWithChat({ ...chat, rows, poll: 'When?' }, ann)?.texts).toEqual([
    { kind: 'message', text: 'refused', chat: 'Pier' },
    { kind: 'draft', text: 'begun', chat: 'Pier' },
    { kind: 'edit', text: 'better', chat: 'Pier' },
    { kind: 'poll', text: 'When?', chat: 'Pier' },
    { kind: 'scheduled', text: 'tomorrow', chat: 'Pier' },
  ]);
});
