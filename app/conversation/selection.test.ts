import { expect, test } from 'vitest';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { uuidV7, type OpId, type UserId } from '#protocol/ids.ts';
import { selectedOf } from './selected.ts';
import { isSelectable, toggled } from './selection.ts';
import { timelineItem } from './testing/timeline-item.fixture.ts';

const id = (n: number): OpId => uuidV7(n, new Uint8Array(10));
const [me, ana] = ['me', 'ana'] as [UserId, UserId];
const item = (n: number, more: Partial<TimelineItem> = {}): TimelineItem =>
  timelineItem({
    id: id(n),
    seq: n,
    senderId: me,
    isOwn: true,
    text: `text ${n}`,
    isFirstOfRun: true,
    isLastOfRun: true,
    ...more,
  });

test('selected messages are copied in the order of the chat, without those that were deleted meanwhile', () => {
  const poll = { options: ['tea', 'coffee'], votes: {} };
  const items = [item(1), item(2, { poll }), item(3, { isDeleted: true, text: '' }), item(4, { text: '' })];
  const chosen = new Set([id(4), id(3), id(2), id(1), id(9)]);
  const selected = selectedOf(items, chosen, { userId: me, role: 'member' });
  expect(selected).toEqual({ ids: [id(1), id(2), id(4)], text: 'text 1\ntext 2\ntea\ncoffee', mayDelete: true });
});

test('[OP5] several messages can be deleted by a person who may delete each of them', () => {
  const items = [item(1), item(2, { senderId: ana, isOwn: false })];
  const both = new Set([id(1), id(2)]);
  const may = (role: 'member' | 'admin' | undefined, ids = both) =>
    selectedOf(items, ids, { userId: me, role }).mayDelete;
  expect([may('member'), may('admin'), may(undefined), may('member', new Set([id(1)]))]).toEqual([
    false,
    true,
    false,
    true,
  ]);
});

test('a press selects and unselects; events, deleted and unsent messages cannot be selected; at most a hundred can be selected', () => {
  let ids: ReadonlySet<OpId> = new Set();
  for (let n = 1; n <= 101; n += 1) ids = toggled(ids, id(n));
  expect([ids.size, ids.has(id(101))]).toEqual([100, false]);
  expect(toggled(ids, id(1)).has(id(1))).toBe(false);
  const { seq: _seq, ...unsent } = item(1);
  const event = { kind: 'member.add', by: ana };
  expect([item(1), item(1, { event }), item(1, { isDeleted: true }), unsent].map(isSelectable)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
