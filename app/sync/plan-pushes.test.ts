import { expect, test } from 'vitest';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { localFileId } from '#app/ops/files.ts';
import { scheduleMessage } from '#app/ops/scheduled.ts';
import { cancelScheduled, updateScheduled } from '#app/ops/scheduled-overlay.ts';
import type { ConversationId, MediaId } from '#protocol/ids.ts';
import { PUSH_SPLIT_BYTES } from '#protocol/limits.ts';
import { planPushes, readyToSend, type PushLimits } from './plan-pushes.ts';
import { AT } from './testing/fake-clock.fixture.ts';
import { nextId, send } from './testing/scripted-server.fixture.ts';

const [a, b, c] = ['d:a.me', 'd:b.me', 'd:c.me'] as [ConversationId, ConversationId, ConversationId];
const free: PushLimits = { isHeldBack: false, isIsolated: false, maxOps: 100 };

function rowsOf(...of: (readonly [ConversationId, string])[]): OutboxRow[] {
  return of.map(([stream, text], order) => {
    const op = send(stream, text);
    return { id: op.id, stream, order, op, queuedAt: AT, attempts: 0, state: 'queued' };
  });
}
const shown = (rows: OutboxRow[], limitsOf: (stream: ConversationId) => PushLimits = () => free) =>
  planPushes(rows, limitsOf).map((batch) =>
    batch.rows.map(({ op }) => (op.kind === 'message.send' ? (op.text ?? '').slice(0, 4) : op.kind)).join(' '),
  );

test('[CL2] [ST5] streams share a push, and each keeps its order', () => {
  const rows = rowsOf([a, 'a1'], [b, 'b1'], [a, 'a2'], [b, 'b2']);
  expect(shown(rows)).toEqual(['a1 b1 a2 b2']);
});

test('[CL2] a stream that is held back is left out, and the others are sent', () => {
  const rows = rowsOf([a, 'a1'], [b, 'b1'], [a, 'a2']);
  expect(shown(rows, (stream) => ({ ...free, isHeldBack: stream === a }))).toEqual(['b1']);
});

test('[ST5] a chat created offline is created before its first message is sent', () => {
  const stream = 'g:019ab697-e808-7804-8201-080402010804' as ConversationId;
  const create: OutboxRow = {
    id: nextId(),
    stream,
    order: 0,
    op: { id: nextId(), stream, kind: 'conversation.create', memberIds: [] },
    queuedAt: AT,
    attempts: 0,
    state: 'queued',
  };
  expect(shown([create, ...rowsOf([stream, 'hi'])])).toEqual(['conversation.create hi']);
});

test('[SH2] a push holds at most 100 ops; the rest of a stream that does not fit waits for its next push', () => {
  const rows = rowsOf(...Array.from({ length: 130 }, (_, n) => [a, `${n}`] as const), [b, 'b1']);
  const batches = planPushes(rows, () => free);
  expect(batches.map((batch) => batch.rows.length)).toEqual([100, 1]);
  expect(batches[1]?.rows[0]?.stream).toBe(b);
});

test('[SH2] a push is split before its bytes exceed the packet limit, counted in UTF-8', () => {
  // 20,400 bytes each: ten fit into 200 KiB, eleven do not.
  const long = '€'.repeat(6_800);
  const rows = rowsOf(...Array.from({ length: 12 }, () => [a, long] as const));
  const [batch, ...others] = planPushes(rows, () => free);
  expect(others).toEqual([]);
  expect(batch?.rows.length).toBeLessThan(11);
  expect(batch?.rows.length).toBeGreaterThan(8);
  const bytes = (count: number) =>
    new TextEncoder().encode(JSON.stringify(rows.slice(0, count).map(({ op }) => op))).length;
  const count = batch?.rows.length ?? 0;
  expect([bytes(count) < PUSH_SPLIT_BYTES + 200, bytes(count + 1) > PUSH_SPLIT_BYTES]).toEqual([true, true]);
});

test('[ST5] a small op never overtakes a large one of its own stream, but one of another stream may', () => {
  const long = 'x'.repeat(PUSH_SPLIT_BYTES - 200);
  const rows = rowsOf([a, 'a1'], [a, long], [a, 'a3'], [b, 'b1']);
  expect(shown(rows)).toEqual(['a1 b1']);
});

test('an op larger than a push is sent alone', () => {
  const rows = rowsOf([a, 'x'.repeat(PUSH_SPLIT_BYTES + 1)], [a, 'a2']);
  expect(shown(rows)).toEqual(['xxxx']);
});

test('a stream that may have made a push fail is sent alone, with at most the allowed number of ops', () => {
  const rows = rowsOf([a, 'a1'], [b, 'b1'], [a, 'a2'], [a, 'a3'], [c, 'c1']);
  const limitsOf = (stream: ConversationId) =>
    stream === a ? { isHeldBack: false, isIsolated: true, maxOps: 2 } : free;
  expect(shown(rows, limitsOf)).toEqual(['a1 a2', 'b1 c1']);
});

test('[CL14] [ST5] a message waits until its files are uploaded, and so do the ops after it in its chat, but not marks and other chats', () => {
  const [before, withFile, after, other] = rowsOf([a, 'before'], [a, 'file'], [a, 'after'], [b, 'other']);
  const mark: OutboxRow = {
    ...(after as OutboxRow),
    id: nextId(),
    op: { id: nextId(), stream: a, kind: 'receipt.mark', readSeq: 1 },
  };
  const attachments = (mediaId: string) => [{ mediaId: mediaId as MediaId }];
  const carrying = (row: OutboxRow | undefined, mediaId: string) =>
    ({ ...row, op: { ...row?.op, attachments: attachments(mediaId) } }) as OutboxRow;
  const ready = (mediaId: string) =>
    readyToSend([before, carrying(withFile, mediaId), after, mark, other] as OutboxRow[]).map(({ op }) =>
      op.kind === 'message.send' ? op.text : op.kind,
    );
  expect(ready(localFileId('x'))).toEqual(['before', 'receipt.mark', 'other']);
  expect(ready('uploaded')).toEqual(['before', 'file', 'after', 'receipt.mark', 'other']);
});

test('[CL14] a direct chat waits for its first message and the files of that, and a group for neither', () => {
  const [first, second] = rowsOf([a, 'first'], [a, 'second']) as [OutboxRow, OutboxRow];
  const creation = (stream: ConversationId): OutboxRow => ({
    ...first,
    stream,
    op: { id: nextId(), stream, kind: 'conversation.create', memberIds: [] },
  });
  const carrying = (row: OutboxRow, mediaId: string) =>
    ({ ...row, op: { ...row.op, attachments: [{ mediaId: mediaId as MediaId }] } }) as OutboxRow;
  const ready = (...rows: OutboxRow[]) => readyToSend(rows).map(({ op }) => op.kind);
  const direct = creation(a);
  const local = localFileId('x');
  expect(ready(direct, carrying(first, local), second)).toEqual([]);
  expect(ready(direct, carrying(first, 'uploaded'), carrying(second, local))).toEqual([
    'conversation.create',
    'message.send',
  ]);
  // Its file was lost: the next message creates the chat.
  const failed: OutboxRow = { ...carrying(first, local), state: 'failed' };
  expect(ready(direct, failed)).toEqual([]);
  expect(ready(direct, failed, second)).toEqual(['conversation.create', 'message.send']);
  expect(ready(creation('g:1' as ConversationId))).toEqual(['conversation.create']);
});

test('[CL14] [SM1] a scheduled message and its changes wait for its files too, and nothing else waits for them', () => {
  const [first, second, third, after] = rowsOf([a, '1'], [a, '2'], [a, '3'], [a, 'after']) as [
    OutboxRow,
    OutboxRow,
    OutboxRow,
    OutboxRow,
  ];
  const ready = (mediaId: string) => {
    const attachments = [{ mediaId: mediaId as MediaId }];
    const scheduled = {
      ...first,
      op: { id: first.id, ...scheduleMessage(a, { text: '' }, new Date(AT)), attachments },
    };
    const change = { ...second, op: { id: second.id, ...updateScheduled(a, first.id, { dueAt: null }) } };
    const other = { ...third, op: { id: third.id, ...cancelScheduled(a, nextId()) } };
    return readyToSend([scheduled, change, other, after]).map(({ op }) => op.kind);
  };
  expect(ready(localFileId('x'))).toEqual(['scheduled.cancel', 'message.send']);
  expect(ready('uploaded')).toEqual(['message.schedule', 'scheduled.update', 'scheduled.cancel', 'message.send']);
});
