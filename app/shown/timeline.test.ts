import { expect, test } from 'vitest';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { directStream, uuidV7, type OpId, type UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { conversationFailures } from './failures.ts';
import { createTimeline, timelineOf } from './timeline.ts';

const self = 'me' as UserId;
const ana = 'ana' as UserId;
const stream = directStream(self, ana);
const id = (n: number): OpId => uuidV7(n, new Uint8Array(10));
/** Local minutes of one day, so that the test passes in every time zone. */
const at = (minute: number, day = 24) => new Date(2026, 10, day, 12, minute).toISOString();

function message(seq: number, senderId: UserId, createdAt: string, more: Partial<MessageRecord> = {}): MessageRecord {
  const base = { type: 'message', stream, id: id(seq), rev: seq, seq, senderId, sentAt: createdAt, createdAt } as const;
  return { ...base, text: `text ${seq}`, attachments: [], mentions: [], reactions: {}, ...more };
}

function queued(op: Op, state: OutboxRow['state'] = 'queued'): OutboxRow {
  return { id: op.id, stream, order: 1, op, queuedAt: at(1), attempts: 0, state };
}

const send = (n: number, sentAt = at(30)): Op => ({
  id: id(n),
  stream,
  kind: 'message.send',
  text: `text ${n}`,
  sentAt,
});
const parts = { self, messages: [], outbox: [], members: [], pins: [], newFrom: undefined, hidden: [] };

test('a run ends at another sender, after five minutes, at a new day and at the line of new messages', () => {
  const messages = [
    message(1, ana, at(0, 23)),
    message(2, ana, at(0)),
    message(3, ana, at(5)),
    message(4, ana, at(11)),
    message(5, self, at(11)),
    message(6, self, at(12)),
    message(7, ana, at(12)),
    message(8, ana, at(13)),
  ];
  const items = timelineOf({ ...parts, messages, newFrom: 8 });
  expect(
    items.map((item) => `${item.isFirstOfRun ? '(' : '-'}${item.seq}${item.isLastOfRun ? ')' : '-'}`).join(''),
  ).toBe('(1)(2--3)(4)(5--6)(7)(8)');
  expect(items.filter((item) => item.startsDay).map((item) => item.seq)).toEqual([1, 2]);
  expect(items.filter((item) => item.startsNew).map((item) => item.seq)).toEqual([8]);
});

test('messages that are on the device and not shown are not a gap', () => {
  const messages = [message(1, ana, at(0)), message(3, ana, at(1)), message(6, ana, at(2))];
  const gaps = (hidden: number[]) => timelineOf({ ...parts, messages, hidden }).map(({ gap }) => gap);
  expect([gaps([]), gaps([2, 4, 5]), gaps([5])]).toEqual([
    [0, 1, 2],
    [0, 0, 0],
    [0, 1, 1],
  ]);
});

test('[ask 10] queued messages come last, whatever their time, and do not start an earlier day again', () => {
  const messages = [message(1, ana, at(0)), message(2, self, at(10))];
  const items = timelineOf({ ...parts, messages, outbox: [queued(send(8, at(0, 20))), queued(send(9, at(0, 20)))] });
  expect(items.map((item) => [item.text, item.status, item.startsDay])).toEqual([
    ['text 1', undefined, true],
    ['text 2', 'sent', false],
    ['text 8', 'waiting', false],
    ['text 9', 'waiting', false],
  ]);
});

test('a message that the server accepted is shown as sent until its record arrives', () => {
  const items = timelineOf({ ...parts, messages: [], outbox: [queued(send(8), 'sent')] });
  expect(items.map((item) => item.status)).toEqual(['sent']);
});

test('a message that has a record is not shown a second time from the outbox', () => {
  const items = timelineOf({ ...parts, messages: [message(8, self, at(0))], outbox: [queued(send(8), 'sending')] });
  expect(items.map((item) => item.status)).toEqual(['sent']);
});

test('waiting, sending and failed come from the outbox, the other states from the marks', () => {
  const failed = queued(send(3), 'failed');
  const member = {
    type: 'member',
    id: 'x',
    stream,
    rev: 1,
    userId: ana,
    name: 'Ana',
    role: 'member',
    joinedAt: at(0),
    readSeq: 1,
    deliveredSeq: 2,
  } as const;
  const items = timelineOf({
    ...parts,
    messages: [message(1, self, at(0)), message(2, self, at(1))],
    outbox: [queued(send(4), 'sending'), failed],
    members: [member],
  });
  expect(items.map((item) => item.status)).toEqual(['read', 'delivered', 'sending', 'failed']);
  expect(items[3]?.failed).toEqual({ id: failed.id, sentence: 'failed.sentence', reason: 'internal', text: 'text 3' });
});

test('[ask 23] a queued edit or deletion is shown at once and marked as waiting', () => {
  const edit: Op = { id: id(20), stream, kind: 'message.edit', messageId: id(1), text: 'better' };
  const remove: Op = { id: id(21), stream, kind: 'message.delete', messageId: id(2) };
  const refused: Op = { id: id(22), stream, kind: 'message.edit', messageId: id(3), text: 'too late' };
  const items = timelineOf({
    ...parts,
    messages: [message(1, self, at(0)), message(2, self, at(0)), message(3, self, at(0))],
    outbox: [queued(edit), queued(remove), queued(refused, 'failed')],
  });
  expect(items.map((item) => [item.text, item.isDeleted, item.waits, item.failed?.id])).toEqual([
    ['better', false, 'edit', undefined],
    ['', true, 'delete', undefined],
    ['text 3', false, undefined, id(22)],
  ]);
});

test('[RD4] the line of new messages is never above own, system or deleted ones', () => {
  const messages = [
    message(1, ana, at(0)),
    message(2, self, at(1)),
    message(3, ana, at(1), { event: { kind: 'member.add', by: ana } }),
    message(4, ana, at(1), { deletedAt: at(2) }),
    message(5, ana, at(3)),
  ];
  expect(
    timelineOf({ ...parts, messages, newFrom: 2 })
      .filter((item) => item.startsNew)
      .map((item) => item.seq),
  ).toEqual([5]);
});

test('a sender’s clock that is ahead does not show a time in the future', () => {
  const [item] = timelineOf({ ...parts, messages: [message(1, ana, at(0), { sentAt: at(50) })] });
  expect(item?.at.toISOString()).toBe(at(0));
});

test('a refused creation is shown in the conversation; a refused mark is not shown at all', () => {
  const create: Op = { id: id(30), stream, kind: 'conversation.create', memberIds: [ana] };
  const mark: Op = { id: id(31), stream, kind: 'receipt.mark', readSeq: 3 };
  const rows = [
    queued(create, 'failed'),
    queued(mark, 'failed'),
    queued(send(1), 'failed'),
    queued({ ...create, id: id(32) }),
  ];
  expect(conversationFailures(rows, self).map((row) => row.id)).toEqual([id(30)]);
});

test('[OP8] a queued reaction or its removal counts at once, until it is refused', () => {
  const react = (n: number, emoji: string, on: boolean): Op => ({
    id: id(n),
    stream,
    kind: 'reaction.set',
    messageId: id(1),
    emoji,
    on,
  });
  const held = message(1, ana, at(0), { reactions: { '👍': [ana], '🎉': [self] } });
  const reactions = (outbox: OutboxRow[]) => timelineOf({ ...parts, messages: [held], outbox })[0]?.reactions;
  expect(
    reactions([queued(react(40, '👍', true)), queued(react(41, '🎉', false)), queued(react(42, '👀', true))]),
  ).toEqual([
    { emoji: '👍', count: 2, isOwn: true },
    { emoji: '👀', count: 1, isOwn: true },
  ]);
  const refused = queued(react(43, '👀', true), 'failed');
  expect(reactions([refused])).toEqual([
    { emoji: '👍', count: 1, isOwn: false },
    { emoji: '🎉', count: 1, isOwn: true },
  ]);
  const [item] = timelineOf({ ...parts, messages: [held], outbox: [refused] });
  expect([item?.failed, conversationFailures([refused], self)]).toEqual([
    { id: refused.id, sentence: 'failed.reaction', reason: 'internal' },
    [],
  ]);
});

test('[OP6] an edit or a reaction that a deletion has made impossible says so, and the text of the edit is kept', () => {
  const gone = { code: 'conflict' as const, message: '', path: 'messageId' };
  const held = [message(1, self, at(0), { text: '', deletedAt: at(2) }), message(2, ana, at(1), { deletedAt: at(2) })];
  const edit: Op = { id: id(60), stream, kind: 'message.edit', messageId: id(1), text: 'my version' };
  const reaction: Op = { id: id(61), stream, kind: 'reaction.set', messageId: id(2), emoji: '👍', on: true };
  const outbox = [edit, reaction].map((op): OutboxRow => ({ ...queued(op, 'failed'), error: gone }));
  expect(timelineOf({ ...parts, messages: held, outbox }).map(({ failed }) => failed)).toEqual([
    { id: id(60), sentence: 'failed.edit', reason: 'deleted', text: 'my version' },
    { id: id(61), sentence: 'failed.reaction', reason: 'deleted' },
  ]);
});

test('[OP8] [RC2] pins and quotes are shown at their messages, but not at deleted ones', () => {
  const remove: Op = { id: id(50), stream, kind: 'message.delete', messageId: id(2) };
  const messages = [1, 2].map((seq) => message(seq, ana, at(0), { replyTo: id(9), reactions: { '👍': [ana] } }));
  const items = timelineOf({ ...parts, messages, outbox: [queued(remove)], pins: [id(1), id(2)] });
  expect(items.map((item) => [item.isPinned, item.replyTo, item.reactions.length])).toEqual([
    [true, id(9), 1],
    [false, undefined, 0],
  ]);
});

test('a timeline keeps the objects of the items that have not changed', () => {
  const timeline = createTimeline();
  const read = () => [message(1, ana, at(0)), message(2, ana, at(30)), message(3, ana, at(59))];
  const before = timeline({ ...parts, messages: read() });
  const same = timeline({ ...parts, messages: read() });
  expect(same.map((item, index) => item === before[index])).toEqual([true, true, true]);
  const [first, ...rest] = read();
  const edited = timeline({ ...parts, messages: [{ ...(first as MessageRecord), text: 'edited' }, ...rest] });
  expect(edited.map((item, index) => item === before[index])).toEqual([false, true, true]);
  const reacted = timeline({
    ...parts,
    messages: [{ ...(first as MessageRecord), text: 'edited', reactions: { '👍': [ana] } }, ...rest],
  });
  expect(reacted.map((item, index) => item === edited[index])).toEqual([false, true, true]);
});

test('[RD2] an item whose record is the same object follows marks, pins, queued changes and the messages around it', () => {
  const timeline = createTimeline();
  const messages = [message(1, ana, at(0)), message(2, self, at(1)), message(3, self, at(2))];
  const marks = (readSeq: number) =>
    [
      { userId: ana, readSeq },
      { userId: self, readSeq: 3 },
    ] as unknown as Parameters<typeof timeline>[0]['members'];
  const edit: Op = { id: id(9), stream, kind: 'message.edit', messageId: id(3), text: 'changed' };
  const states: Partial<Parameters<typeof timeline>[0]>[] = [
    { messages, members: marks(0) },
    { messages, members: marks(2) },
    { messages, members: marks(2), pins: [id(1)] },
    { messages, members: marks(2), outbox: [queued(edit)] },
    { messages, members: marks(2) },
    { messages: [...messages, message(4, self, at(3))], members: marks(3), newFrom: 1 },
    { messages: messages.slice(1), members: marks(3) },
  ];
  for (const state of states) expect(timeline({ ...parts, ...state })).toEqual(timelineOf({ ...parts, ...state }));
});

test('[OP3] a forward names who wrote the message first, and shows what it copies while it waits', () => {
  const source = { stream, messageId: id(1) };
  const op: Op = { id: id(9), stream, kind: 'message.send', sentAt: at(30), forward: source };
  const copied = { text: 'the ferry', attachments: [], forwardedFrom: { senderName: 'Ana' } };
  const waiting = { ...queued(op), copied };
  const [item] = timelineOf({ ...parts, outbox: [waiting] });
  expect(item).toMatchObject({ text: 'the ferry', forwardedFrom: 'Ana', status: 'waiting', isOwn: true });
  const [arrived] = timelineOf({ ...parts, messages: [message(1, self, at(30), copied)], outbox: [] });
  expect(arrived).toMatchObject({ text: 'the ferry', forwardedFrom: 'Ana' });
});

test('[CL20] a gap between two messages is a number above the second one, and ends the run; there is none above messages that wait', () => {
  const messages = [message(1, ana, at(0)), message(2, ana, at(0)), message(9, ana, at(1)), message(10, ana, at(1))];
  const items = timelineOf({ ...parts, messages, outbox: [queued(send(40))] });
  expect(items.map(({ gap }) => gap)).toEqual([0, 0, 6, 0, 0]);
  expect(items.map(({ isFirstOfRun }) => isFirstOfRun)).toEqual([true, false, true, false, true]);
});
