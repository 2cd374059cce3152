import { beforeAll, expect, test } from 'vitest';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { words } from '#app/i18n/words.ts';
import {
  directStream,
  groupStream,
  personalStream,
  uuidV7,
  type ConversationId,
  type MediaId,
  type OpId,
  type UserId,
} from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { MembershipRecord, MessageRecord } from '#protocol/record.ts';
import { callingUnread, peopleInList } from '#app/shown/list-entry.ts';
import { entriesOf, filterEntries, type EntryContext } from './entry.ts';

beforeAll(() => activateAllWords());

const self = 'me' as UserId;
const ana = 'ana' as UserId;
const bob = 'bob' as UserId;
const withAna = directStream(self, ana);
const crew = groupStream('01890000-0000-7000-8000-000000000001');
const id = (n: number): OpId => uuidV7(n, new Uint8Array(10));
const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString();

function message(stream: ConversationId, senderId: UserId, more: Partial<MessageRecord> = {}): MessageRecord {
  return {
    type: 'message',
    stream,
    id: id(1),
    rev: 3,
    seq: 1,
    senderId,
    sentAt: at(1),
    createdAt: at(1),
    text: 'hello',
    attachments: [],
    mentions: [],
    reactions: {},
    ...more,
  };
}

function row(stream: ConversationId, more: Partial<ConversationRow> = {}): ConversationRow {
  return { stream, lastSeq: 0, historyStart: 0, isWhole: true, unread: 0, activityAt: at(1), ...more };
}

function sending(stream: ConversationId, state: OutboxRow['state'], minute: number): OutboxRow {
  const op = { id: id(9), stream, kind: 'message.send', text: 'on the\n\ntrain', sentAt: at(minute) } as const;
  return { id: op.id, stream, order: 1, op, queuedAt: at(minute), attempts: 0, state };
}

const context = (more: Partial<EntryContext> = {}): EntryContext => ({
  self,
  people: new Map([
    [ana, { name: 'Ána María' }],
    [bob, { name: 'Bob' }],
  ]),
  drafts: new Map(),
  outbox: [],
  blocked: [],
  words,
  now: new Date(at(30)),
  ...more,
});

const line = (given: ConversationRow, more: Partial<EntryContext> = {}) => entriesOf([given], context(more))[0]?.line;

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

test('an entry is named after the other person, by its title, or by its kind', () => {
  const names = entriesOf(
    [
      row(withAna, { activityAt: at(5) }),
      row(crew, { activityAt: at(4), creation: { title: 'Crew', memberIds: [ana] } }),
      row(directStream(self, self), { activityAt: at(3) }),
      row(directStream(self, 'zoe' as UserId), { activityAt: at(2) }),
    ],
    context(),
  ).map((entry) => entry.name);
  expect(names).toEqual(['Ána María', 'Crew', 'Notes to myself', 'Someone']);
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

test('pinned chats come first, then the chats with the latest activity, pending messages included', () => {
  const membership = {
    type: 'membership',
    id: 'x',
    stream: 'u:me',
    rev: 1,
    role: 'member',
    joinedAt: at(0),
    readSeq: 0,
  } as const;
  const notes = directStream(self, self);
  const entries = entriesOf(
    [
      row(withAna, { activityAt: at(8) }),
      row(crew, { activityAt: at(2) }),
      row(notes, { activityAt: at(1), membership: { ...membership, conversation: notes, pinnedAt: at(1) } as never }),
    ],
    context({ outbox: [sending(crew, 'queued', 9)] }),
  );
  expect(entries.map((entry) => entry.stream)).toEqual([notes, crew, withAna]);
});

test('a search matches the starts of words, ignoring case and accents', () => {
  const entries = entriesOf(
    [row(withAna, { unread: 2 }), row(crew, { creation: { title: 'Lighthouse crew', memberIds: [] } })],
    context(),
  );
  const found = (typed: string) => filterEntries(entries, 'all', typed).map((entry) => entry.name);
  expect(found('mar an')).toEqual(['Ána María']);
  expect(found(' CREW ')).toEqual(['Lighthouse crew']);
  expect(found('house')).toEqual([]);
  expect(filterEntries(entries, 'unread', '').map((entry) => entry.stream)).toEqual([withAna]);
  expect(filterEntries(entries, 'groups', '').map((entry) => entry.stream)).toEqual([crew]);
});

test('the list reads the names of all people that it shows', () => {
  const event = { kind: 'member.add', by: bob, userIds: ['zoe' as UserId] };
  const ids = peopleInList([row(withAna), row(crew, { lastMessage: message(crew, bob, { event }) })], self);
  expect(ids.toSorted()).toEqual(['ana', 'bob', 'zoe']);
});

function own(stream: ConversationId, more: Partial<MembershipRecord> = {}): MembershipRecord {
  const mine = personalStream(self);
  const id = `${mine}/${stream}`;
  return {
    type: 'membership',
    id,
    stream: mine,
    rev: 1,
    conversation: stream,
    role: 'member',
    joinedAt: at(0),
    readSeq: 0,
    ...more,
  };
}

test('[OP16] an archived chat is listed under its own filter only, and a search finds it too', () => {
  const rows = [row(withAna, { membership: own(withAna) }), row(crew, { membership: own(crew) })];
  const archive = { id: id(8), stream: withAna, kind: 'membership.update', archived: true } as const;
  const pending: OutboxRow = { ...sending(withAna, 'queued', 2), id: archive.id, op: archive };
  const entries = entriesOf(rows, context({ outbox: [pending] }));
  const streams = (...given: [Parameters<typeof filterEntries>[1], string]) =>
    filterEntries(entries, ...given).map((entry) => entry.stream);
  expect([streams('all', ''), streams('archived', ''), streams('all', 'ana')]).toEqual([[crew], [withAna], [withAna]]);
});

test('[OP16] a chat that was marked as unread is among the unread ones until it is opened', () => {
  const rows = [row(withAna, { membership: own(withAna, { unreadAt: at(1) }) }), row(crew, { membership: own(crew) })];
  const queued = (stream: ConversationId, unread: boolean, last: number): OutboxRow => {
    const op: Op = { id: id(last), stream, kind: 'membership.update', unread };
    return { ...sending(stream, 'queued', 2), id: op.id, op };
  };
  const unread = (...outbox: OutboxRow[]) =>
    filterEntries(entriesOf(rows, context({ outbox })), 'unread', '').map((entry) => entry.stream);
  expect(unread()).toEqual([withAna]);
  expect(unread(queued(withAna, false, 8), queued(crew, true, 7))).toEqual([crew]);
});

test('[OP13] [OP16] pending ops change the list at once: a pinned chat moves up, and a chat that the user leaves disappears', () => {
  const rows = [
    row(withAna, { membership: own(withAna), activityAt: at(1) }),
    row(crew, { membership: own(crew), activityAt: at(5) }),
  ];
  const queued = (op: Op, state: OutboxRow['state'] = 'queued') => ({ ...sending(op.stream, state, 2), id: op.id, op });
  const pin: Op = { id: id(8), stream: withAna, kind: 'membership.update', pinned: true };
  const leave: Op = { id: id(9), stream: crew, kind: 'member.remove', userId: self };
  const streams = (...outbox: OutboxRow[]) => entriesOf(rows, context({ outbox })).map((entry) => entry.stream);
  expect(streams(queued(pin))).toEqual([withAna, crew]);
  expect(streams(queued(pin), queued(leave))).toEqual([withAna]);
  expect(streams(queued(leave, 'failed'))).toEqual([crew, withAna]);
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

test('[OP17] an archived chat comes back with a later message, unless it is muted, and is archived again with another seq', () => {
  const archived = { archivedAt: at(2), archivedSeq: 4 };
  const isArchived = (lastSeq: number, membership: Partial<MembershipRecord>, ...ops: OutboxRow[]) =>
    entriesOf([row(crew, { lastSeq, membership: own(crew, membership) })], context({ outbox: ops }))[0]?.isArchived;
  const again: Op = { id: id(9), stream: crew, kind: 'membership.update', archived: true, archivedSeq: 5 };
  const { archivedSeq: _earlier, ...before } = archived;
  expect([
    isArchived(4, archived),
    isArchived(5, archived),
    isArchived(5, { ...archived, mutedUntil: at(59) }),
    isArchived(5, before),
    isArchived(5, archived, { ...sending(crew, 'queued', 2), id: again.id, op: again }),
  ]).toEqual([true, false, true, true, true]);
});

test('[A18] the number in the title is the sum of what the list highlights: nothing muted, archived or left', () => {
  const notes = directStream(self, self);
  const [loud, old] = [2, 3].map((n) => groupStream(id(n))) as [ConversationId, ConversationId];
  const rows = [
    row(loud, { unread: 5, membership: own(loud) }),
    row(withAna, { unread: 3, membership: own(withAna, { mutedUntil: at(40) }) }),
    row(crew, { unread: 2, membership: own(crew, { archivedAt: at(2) }) }),
    row(old, { unread: 7, membership: own(old, { leftAt: at(2) }) }),
    row(notes, { membership: own(notes) }),
  ];
  const highlighted = (more: Partial<EntryContext>) =>
    entriesOf(rows, context(more))
      .filter((entry) => entry.calls)
      .reduce((sum, entry) => sum + entry.unread, 0);
  const numbers = (more: Partial<EntryContext> = {}) => [callingUnread(rows, context(more)), highlighted(more)];
  expect(numbers()).toEqual([5, 5]);
  // The mute has ended.
  expect(numbers({ now: new Date(at(41)) })).toEqual([8, 8]);
  const leave: Op = { id: id(9), stream: loud, kind: 'member.remove', userId: self };
  expect(numbers({ outbox: [{ ...sending(loud, 'queued', 2), id: leave.id, op: leave }] })).toEqual([0, 0]);
});

test('[HT3] a chat is found by typing its name with the signs in it, in any order', () => {
  const titles = ['Jean-Luc Marchand', 'Moira O\u2019Shea', 'K.D. Lindqvist', 'R&B Crew', '🎉', 'Łucja'];
  const entries = entriesOf(
    titles.map((title, at) => ({ ...row(groupStream(id(at + 10))), knownAs: title })),
    context({}),
  );
  for (const [typed, name] of [
    ['jean-luc', 'Jean-Luc Marchand'],
    ['marchand, jean', 'Jean-Luc Marchand'],
    ["o'shea", 'Moira O\u2019Shea'],
    ['k.d.', 'K.D. Lindqvist'],
    ['r&b', 'R&B Crew'],
    ['🎉', '🎉'],
    ['lucja', 'Łucja'],
  ] as const)
    expect([typed, filterEntries(entries, 'all', typed).map((entry) => entry.name)]).toEqual([typed, [name]]);
});

test('[SH8] a name or a message that shows nothing, from before they were refused, has a stand-in', () => {
  const unseen = (kind: ConversationId, lastMessage?: MessageRecord) =>
    entriesOf([row(kind, { knownAs: '\u2063', ...(lastMessage === undefined ? {} : { lastMessage }) })], {
      ...context({}),
      people: new Map([[ana, { name: '\u2800' }]]),
    })[0];
  expect(unseen(withAna)?.name).toBe('Someone');
  expect(unseen(crew, message(crew, ana, { text: '\u2063' }))).toMatchObject({
    name: 'Group',
    line: { kind: 'other', who: 'Someone', text: 'Empty message' },
  });
});

test('the time of a chat is that at which its last message was written, and its place that at which it arrived', () => {
  const last = { ...message(withAna, self), sentAt: at(8), createdAt: at(10) };
  const [shown] = entriesOf(
    [row(withAna, { membership: own(withAna), lastMessage: last, activityAt: at(10) })],
    context(),
  );
  expect([shown?.at, shown?.shownAt.toISOString()]).toEqual([at(10), at(8)]);
});

test('[ask 12] an entry stays the same object until something that it shows has changed', () => {
  const rows = [
    row(withAna, { lastMessage: message(withAna, ana) }),
    row(crew, {
      record: { ...message(crew, bob), type: 'conversation', title: 'Crew' } as never,
      lastMessage: message(crew, bob),
    }),
  ];
  const entries = (more: Partial<EntryContext> = {}, of = rows) =>
    new Map(entriesOf(of, context(more)).map((entry) => [entry.stream, entry]));
  const changed = (more: Partial<EntryContext>, of = rows) => {
    const [before, after] = [entries(), entries(more, of)];
    return [withAna, crew].filter((stream) => before.get(stream) !== after.get(stream));
  };
  expect(changed({ now: new Date(at(31)) })).toEqual([]);
  expect(changed({}, [rows[0] as ConversationRow, { ...(rows[1] as ConversationRow), unread: 1 }])).toEqual([crew]);
  expect(changed({ drafts: new Map([[withAna, 'Well']]) })).toEqual([withAna]);
  expect(changed({ outbox: [sending(crew, 'queued', 5)] })).toEqual([crew]);
  const people = (anas: string, bobs: string) => ({
    people: new Map([
      [ana, { name: anas }],
      [bob, { name: bobs }],
    ]),
  });
  expect(changed(people('Ana', 'Bob'))).toEqual([withAna]);
  expect(changed(people('Ána María', 'Robert'))).toEqual([crew]);
});

test('[BL5] a direct chat in which nothing is shown, because somebody who is blocked has begun it, is not listed; a group is', () => {
  const emptied = { lastSeq: 3, historyStart: 1 };
  const streams = (rows: ConversationRow[]) => entriesOf(rows, context()).map((entry) => entry.stream);
  expect(streams([row(withAna, emptied), row(crew, emptied)])).toEqual([crew]);
  expect(streams([row(withAna, { lastSeq: 60, historyStart: 11 })])).toEqual([withAna]);
  const drafts = new Map([[withAna, 'words of my own']]);
  expect(entriesOf([row(withAna, emptied)], context({ drafts }))).toHaveLength(1);
});

test('[BL5] the last line of a group hides the words of somebody who is blocked, also afterwards, and a direct chat keeps what came before', () => {
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
