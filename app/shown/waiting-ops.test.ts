import { expect, test } from 'vitest';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { localFileId } from '#app/ops/files.ts';
import { markRead, updateMembership } from '#app/ops/own.ts';
import { directStream, groupStream, uuidV7, type ConversationId, type OpId, type UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { waitingOps } from './waiting-ops.ts';

const [me, ana] = ['me', 'ana'] as [UserId, UserId];
const id = (n: number): OpId => uuidV7(n, new Uint8Array(10));
const chat = directStream(me, ana);
const group = groupStream(id(1));
const at = '2026-11-28T10:00:00.000Z';
let made = 10;
const row = (op: Record<string, unknown>, more: Partial<OutboxRow> = {}, stream: ConversationId = chat): OutboxRow => {
  const opId = id((made += 1));
  return {
    id: opId,
    stream,
    order: made,
    op: { stream, ...op, id: opId } as Op,
    queuedAt: at,
    attempts: 0,
    state: 'queued',
    ...more,
  };
};
const send = (text: string, more: Partial<OutboxRow> = {}, fields: object = {}) =>
  row({ kind: 'message.send', text, sentAt: at, ...fields }, more);

test('[ask 16] what waits in all chats is shown with its state, the reason and the possible actions, without ops that the app makes by itself', () => {
  const rows = [
    send('first', { state: 'sending', attempts: 2, error: { code: 'unavailable', message: '' } }),
    row(markRead(chat, 4)),
    row(updateMembership(chat, { draft: 'half' })),
    row(updateMembership(chat, { pinned: true })),
    row({ kind: 'message.edit', messageId: id(3), text: 'edited' }, { attempts: 1 }),
    row({ kind: 'conversation.create', title: 'Crew', memberIds: [] }, {}, group),
    send('gone', { state: 'sent' }),
    send('refused', { state: 'failed', attempts: 1, error: { code: 'forbidden', message: '' } }),
  ];
  const shown = waitingOps(rows, me).map(({ kind, text, state, reason, mayCancel }) => [
    kind,
    text,
    state,
    reason,
    mayCancel,
  ]);
  expect(shown).toEqual([
    ['message.send', 'first', 'sending', 'unavailable', false],
    ['membership.update', '', 'waiting', undefined, true],
    ['message.edit', 'edited', 'waiting', undefined, false],
    ['conversation.create', '', 'waiting', undefined, false],
    ['message.send', 'refused', 'failed', 'forbidden', false],
  ]);
});

test('[CL14] a message that waits for its file says so, and so do the ops that wait behind it', () => {
  const attachments = [{ mediaId: localFileId('1'), name: 'lake.png' }];
  const rows = [
    send('', {}, { attachments }),
    send('behind'),
    row(updateMembership(chat, { pinned: true })),
    row({ kind: 'message.delete', messageId: id(2) }, {}, group),
  ];
  const states = (paused: string[]) => waitingOps(rows, me, new Set(paused.map(localFileId))).map(({ state }) => state);
  expect(waitingOps(rows, me)[0]?.text).toBe('lake.png');
  expect(states([])).toEqual(['file', 'behind', 'waiting', 'waiting']);
  expect(states(['1'])).toEqual(['paused', 'behind', 'waiting', 'waiting']);
});
