import { beforeAll, expect, test } from 'vitest';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { directStream, personalStream, type ConversationId, type MediaId, type UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import { entriesOf } from './entry.ts';
import {
  self,
  ana,
  bob,
  withAna,
  crew,
  id,
  at,
  message,
  row,
  sending,
  context,
  line,
  own,
} from './testing/entry.fixture.ts';

beforeAll(() => activateAllWords());

test('nothing is claimed about a chat whose records have not arrived: neither a name nor that it has no messages', () => {
  const membership: MembershipRecord = {
    type: 'membership',
    id: 'm',
    stream: personalStream(self),
    rev: 1,
    conversation: crew,
    role: 'member',
    joinedAt: at(1),
    readSeq: 0,
  };
  const record = {
    type: 'conversation',
    id: crew,
    stream: crew,
    rev: 1,
    kind: 'group',
    createdAt: at(1),
    title: 'Crew',
    pins: [],
  } as unknown as NonNullable<ConversationRow['record']>;
  const empty = { lastSeq: 0, historyStart: 0, isWhole: false, membership };
  const shown = (more: Partial<ConversationRow>, stream: ConversationId = crew) => {
    const [entry] = entriesOf([row(stream, { ...empty, ...more })], context());
    return [entry?.name, entry?.isNameLoading, entry?.line.kind];
  };
  expect(shown({})).toEqual(['Not loaded yet', true, 'loading']);
  expect(shown({}, directStream(self, 'zoe' as UserId))).toEqual(['Not loaded yet', true, 'loading']);
  // Somebody who is known from another chat has a name here too.
  expect(shown({}, withAna)).toEqual(['Ána María', false, 'loading']);
  expect(shown({ record })).toEqual(['Crew', false, 'loading']);
  expect(shown({ record, isWhole: true })).toEqual(['Crew', false, 'quiet']);
});

test('a group without messages says so, and a direct chat, whose first message follows its creation, says nothing', () => {
  expect(line(row(crew))).toEqual({ kind: 'quiet', text: 'No messages yet' });
  expect(line(row(withAna))).toEqual({ kind: 'quiet', text: '' });
});

test('the last line names the sender in groups only, and shows drafts, deletions and pending messages', () => {
  expect(line(row(withAna, { lastMessage: message(withAna, ana) }))).toEqual({ kind: 'other', text: 'hello' });
  expect(line(row(crew, { lastMessage: message(crew, bob) }))).toEqual({ kind: 'other', who: 'Bob', text: 'hello' });
  const own = message(withAna, self);
  expect(line(row(withAna, { lastMessage: own }))).toEqual({ kind: 'own', text: 'hello', message: own });
  expect(line(row(withAna, { lastMessage: message(withAna, ana, { deletedAt: at(2), text: '' }) }))).toEqual({
    kind: 'quiet',
    text: 'Message deleted',
  });
  const event = { kind: 'member.add', by: ana, userIds: [self] };
  expect(line(row(crew, { lastMessage: message(crew, ana, { event }) }))).toEqual({
    kind: 'quiet',
    text: 'Ána María added you',
  });
  expect(line(row(crew), { outbox: [sending(crew, 'queued', 9)] })).toEqual({ kind: 'waiting', text: 'on the train' });
  expect(line(row(crew), { outbox: [sending(crew, 'sent', 9)] })).toEqual({ kind: 'sent', text: 'on the train' });
  const file = { mediaId: 'm' as MediaId, kind: 'image' as const, name: 'x.png' };
  const picture = sending(crew, 'queued', 9);
  const carrying: OutboxRow = { ...picture, op: { ...picture.op, text: '', attachments: [file] } as OutboxRow['op'] };
  expect(line(row(crew), { outbox: [carrying] })).toEqual({ kind: 'waiting', text: 'Picture' });
  expect(line(row(crew), { outbox: [sending(crew, 'failed', 9)] })).toEqual({ kind: 'failed', text: 'on the train' });
  expect(line(row(crew), { drafts: new Map([[crew, 'half a']]), outbox: [sending(crew, 'queued', 9)] })).toEqual({
    kind: 'draft',
    text: 'half a',
  });
});

test('[RC4] a draft of another device is shown if nothing was typed here', () => {
  const given = row(withAna, { membership: own(withAna, { draft: 'from the phone' }) });
  expect(line(given)).toEqual({ kind: 'draft', text: 'from the phone' });
  expect(line(given, { drafts: new Map([[withAna, 'typed here']]) })).toEqual({ kind: 'draft', text: 'typed here' });
});

test('[ask 23] a queued edit or deletion of the last message is shown in the list at once', () => {
  const last = message(withAna, self);
  const given = row(withAna, { lastMessage: last });
  const queued = (op: Op) => ({ outbox: [{ ...sending(withAna, 'queued', 2), id: op.id, op }] });
  const edit: Op = { id: id(8), stream: withAna, kind: 'message.edit', messageId: last.id, text: 'better' };
  const remove: Op = { id: id(8), stream: withAna, kind: 'message.delete', messageId: last.id };
  expect(line(given, queued(edit))).toMatchObject({ kind: 'own', text: 'better' });
  expect(line(given, queued(remove))).toEqual({ kind: 'quiet', text: 'Message deleted' });
});

test('[BL5] the last line of a group hides the text of a blocked person, even later, and a direct chat keeps its line from before the block', () => {
  const [inGroup, direct] = [
    row(crew, { lastMessage: message(crew, ana, { text: 'an insult' }) }),
    row(withAna, { lastMessage: message(withAna, ana) }),
  ];
  const others = { kind: 'other', who: 'Ána María', text: 'an insult' };
  expect(line(inGroup)).toEqual(others);
  const hidden = 'Hidden: you blocked Ána María';
  expect(line(inGroup, { blocked: [ana] })).toEqual({ kind: 'quiet', text: hidden });
  expect(line(direct, { blocked: [ana] })).toEqual({ kind: 'other', text: 'hello' });
  expect(line(inGroup, { blocked: [bob] })).toEqual(others);
});
