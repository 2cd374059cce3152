import { expect, test } from 'vitest';
import {
  directStream,
  groupStream,
  memberRecordId,
  personalStream,
  uuidV7,
  type OpId,
  type UserId,
} from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { ConversationRecord, MemberRecord, MembershipRecord, Role } from '#protocol/record.ts';
import { shownConversation, type Queued } from './conversation.ts';
import { shownMembers } from './members.ts';

const [self, ana, bo] = ['me', 'ana', 'bo'] as [UserId, UserId, UserId];
const id = (n: number): OpId => uuidV7(n, new Uint8Array(10));
const stream = groupStream(id(1));
const then = '2026-11-20T10:00:00.000Z';
const now = '2026-11-26T10:00:00.000Z';

const record: ConversationRecord = {
  type: 'conversation',
  id: stream,
  stream,
  rev: 1,
  kind: 'group',
  title: 'Crew',
  about: 'Keys hang in the office',
  createdBy: self,
  createdAt: then,
  history: 'all',
  pins: [id(7)],
};
const membership: MembershipRecord = {
  type: 'membership',
  id: `${personalStream(self)}/${stream}`,
  stream: personalStream(self),
  rev: 1,
  conversation: stream,
  role: 'owner',
  joinedAt: then,
  readSeq: 3,
  mutedUntil: '2026-12-01T10:00:00.000Z',
};
const row = { stream, record, membership, activityAt: then };

/** An op without its id and stream. */
type Said = Op extends infer O ? (O extends Op ? Omit<O, 'id' | 'stream'> : never) : never;

function queued(said: Said, state: Queued['state'] = 'queued'): Queued {
  return { op: { id: id(99), stream, ...said }, state, queuedAt: now };
}

function member(userId: UserId, role: Role, joinedAt = then, more: Partial<MemberRecord> = {}): MemberRecord {
  return {
    type: 'member',
    id: memberRecordId(stream, userId),
    stream,
    rev: 1,
    userId,
    name: userId,
    role,
    joinedAt,
    ...more,
  };
}

test('[OP11] [OP16] queued changes are shown over the records: title, pins, mute and pin; null clears a field', () => {
  const shown = shownConversation(
    row,
    [
      queued({ kind: 'conversation.update', title: 'New crew', about: null }),
      queued({ kind: 'message.pin', messageId: id(8), on: true }),
      queued({ kind: 'message.pin', messageId: id(7), on: false }),
      queued({ kind: 'membership.update', mutedUntil: null, pinned: true, draft: 'half a', notify: 'nothing' }),
    ],
    self,
  );
  const { about: _about, ...others } = record;
  const { mutedUntil: _muted, ...own } = membership;
  expect(shown).toEqual({
    ...row,
    record: { ...others, title: 'New crew', pins: [id(8)] },
    membership: { ...own, pinnedAt: now, draft: 'half a', notify: 'nothing' },
  });
});

test('[ER2] failed ops and ops of other conversations change nothing that is shown', () => {
  const elsewhere = queued({ kind: 'membership.update', pinned: true });
  elsewhere.op = { ...elsewhere.op, stream: directStream(self, ana) };
  expect(
    shownConversation(row, [queued({ kind: 'conversation.update', title: 'X' }, 'failed'), elsewhere], self),
  ).toEqual(row);
});

test('[OP13] leaving is shown at once, and taken back if it is refused', () => {
  const leaving = queued({ kind: 'member.remove', userId: self });
  expect(shownConversation(row, [leaving], self).membership.leftAt).toBe(now);
  expect(shownConversation(row, [{ ...leaving, state: 'failed' }], self).membership.leftAt).toBeUndefined();
});

test('[OP10] the creator of a group is shown as its owner before the server knows the group', () => {
  const created = { stream, creation: { title: 'Crew', memberIds: [ana] }, activityAt: then };
  const renamed = shownConversation(created, [queued({ kind: 'conversation.update', title: 'Band' })], self);
  expect(renamed).toMatchObject({ record: { title: 'Band', rev: 0 }, membership: { role: 'owner' } });
  expect(shownMembers(created, [], [], self)).toEqual([
    { userId: self, role: 'owner' },
    { userId: ana, role: 'member' },
  ]);
});

test('[OP12] [OP14] members are shown with queued additions, removals and roles, the owner first', () => {
  const members = [member(ana, 'member'), member(self, 'owner'), member(bo, 'member', then, { leftAt: now })];
  expect(shownMembers(row, members, [queued({ kind: 'member.add', userIds: [bo, ana] })], self)).toEqual([
    { userId: self, name: 'me', role: 'owner', joinedAt: then },
    { userId: ana, name: 'ana', role: 'member', joinedAt: then },
    { userId: bo, name: 'bo', role: 'member', waits: 'add' },
  ]);
  expect(shownMembers(row, members, [queued({ kind: 'member.remove', userId: ana })], self)).toHaveLength(1);
  expect(shownMembers(row, members, [queued({ kind: 'member.role', userId: ana, role: 'owner' })], self)).toEqual([
    { userId: ana, name: 'ana', role: 'owner', joinedAt: then, waits: 'role' },
    { userId: self, name: 'me', role: 'admin', joinedAt: then },
  ]);
});
