import { expect, it } from 'vitest';
import type { OutboxRow, Written } from '#app/local-store/local-store.ts';
import { message, newGroup, send } from '#app/local-store/testing/records.fixture.ts';
import { withWrittenMessages, withWrittenOps } from './written.ts';

const [stream, other] = [newGroup(), newGroup()];
const row = (order: number, more: Partial<OutboxRow> = {}): OutboxRow => {
  const op = send(stream);
  return { id: op.id, stream, order, op, queuedAt: '', attempts: 0, state: 'queued', ...more };
};
const written = ({
  messages = [],
  ops = [],
}: {
  messages?: ReturnType<typeof message>[];
  ops?: OutboxRow[];
}): Written => ({
  messages: new Map(messages.map((each) => [each.id, each])),
  ops: new Map(ops.map((each) => [each.id, each])),
});

it('ops that were written are added in the order of sending, changed, or removed', () => {
  const [first, second, third] = [row(1), row(2), row(3)];
  const added = withWrittenOps([first, third], stream, written({ ops: [second] }));
  expect(added).toEqual([first, second, third]);
  expect(withWrittenOps(added, stream, written({ ops: [{ ...second, state: 'sending' }] }))[1]?.state).toBe('sending');
  expect(withWrittenOps(added, stream, { messages: new Map(), ops: new Map([[second.id, undefined]]) })).toEqual([
    first,
    third,
  ]);
  // A write changes nothing if its content is there already.
  expect(withWrittenOps(added, stream, written({ ops: [second] }))).toEqual(added);
});

it('writes that concern only other chats leave the same object', () => {
  const [ops, messages] = [[row(1)], [message(stream, 1)]];
  const elsewhere = written({ ops: [row(2, { stream: other })], messages: [message(other, 2)] });
  expect(withWrittenOps(ops, stream, elsewhere)).toBe(ops);
  expect(withWrittenMessages(messages, stream, elsewhere)).toBe(messages);
});

it('messages that were written are appended without a gap, and replace older versions only', () => {
  const held = [message(stream, 4), message(stream, 5)];
  const [next, later, far] = [message(stream, 6), message(stream, 7), message(stream, 9)];
  expect(withWrittenMessages(held, stream, written({ messages: [later, next, far] }))).toEqual([...held, next, later]);
  const edited = { ...message(stream, 4, { rev: 90 }), text: 'edited' };
  expect(withWrittenMessages(held, stream, written({ messages: [edited] }))).toEqual([edited, held[1]]);
  expect(withWrittenMessages([edited], stream, written({ messages: [message(stream, 4)] }))).toEqual([edited]);
  // A write in progress may have been overtaken, so only a newer version replaces a message.
  const ours = { ...message(stream, 5), text: 'edited here, not yet by the server' };
  const again = { ...written({ messages: [message(stream, 5), later, next] }), isExpected: true as const };
  expect(withWrittenMessages([ours], stream, again)).toEqual([ours, next, later]);
  const shown = [ours, next, later];
  expect(withWrittenMessages(shown, stream, again)).toBe(shown);
  expect(withWrittenMessages(shown, stream, written({ messages: [next, later] }))).toBe(shown);
  // It is older than what is shown, so the live query decides whether it is held without a gap.
  expect(withWrittenMessages(held, stream, written({ messages: [message(stream, 2)] }))).toEqual(held);
  expect(withWrittenMessages([], stream, written({ messages: [next] }))).toEqual([]);
});
