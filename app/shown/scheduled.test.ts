import { expect, it } from 'vitest';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { scheduleMessage } from '#app/ops/scheduled.ts';
import { cancelScheduled, updateScheduled } from '#app/ops/scheduled-overlay.ts';
import type { NewOp } from '#app/ops/rules.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { shownScheduled } from './scheduled.ts';

const stream = 'd:ann.bob' as ConversationId;
const at = (minute: number) => `2026-11-24T10:0${minute}:00.000Z`;
const held = (id: string, dueAt: string, more: object = {}): ScheduledMessage => ({
  id: id as OpId,
  conversation: stream,
  dueAt,
  createdAt: at(0),
  text: id,
  attachments: [],
  mentions: [],
  ...more,
});
const queued = (id: string, op: NewOp, state = 'queued') =>
  ({ id, stream, op: { ...op, id } as Op, state, queuedAt: at(1), attempts: 0, order: 0 }) as OutboxRow;

it('[SM1] [SM2] scheduled messages are shown with their queued changes, the next one first, and without a refused change', () => {
  const messages = [
    held('two', at(4)),
    held('one', at(3)),
    held('gone', at(2)),
    held('leaving', at(1), { isLeaving: true }),
  ];
  const outbox = [
    queued('three', scheduleMessage(stream, { text: 'three' }, new Date(at(2)))),
    queued('a', updateScheduled(stream, 'one' as OpId, { text: 'changed', dueAt: at(9) })),
    queued('b', cancelScheduled(stream, 'gone' as OpId)),
    queued('c', cancelScheduled(stream, 'leaving' as OpId)),
    queued('d', updateScheduled(stream, 'two' as OpId, { text: 'refused' }), 'failed'),
  ];
  expect(shownScheduled(messages, outbox).map(({ message, isWaiting }) => [message.text, isWaiting])).toEqual([
    ['leaving', true],
    ['three', true],
    ['two', false],
    ['changed', true],
  ]);
  const now = queued('e', updateScheduled(stream, 'failed' as OpId, { dueAt: null }));
  const [again] = shownScheduled([held('failed', at(0), { failure: { code: 'not_found' } })], [now]);
  expect(again?.message).toEqual(held('failed', at(1)));
});
