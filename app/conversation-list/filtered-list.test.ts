import { beforeAll, expect, test } from 'vitest';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { directStream, groupStream, type ConversationId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import { callingUnread } from '#app/shown/list-entry.ts';
import { entriesOf, filterEntries, type EntryContext } from './entry.ts';
import { self, withAna, crew, id, at, row, sending, context, own } from './testing/entry.fixture.ts';

beforeAll(() => activateAllWords());

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

test('[BL5] a direct chat that a blocked person has started, and in which nothing is shown, is not listed; a group is', () => {
  const emptied = { lastSeq: 3, historyStart: 1 };
  const streams = (rows: ConversationRow[]) => entriesOf(rows, context()).map((entry) => entry.stream);
  expect(streams([row(withAna, emptied), row(crew, emptied)])).toEqual([crew]);
  expect(streams([row(withAna, { lastSeq: 60, historyStart: 11 })])).toEqual([withAna]);
  const drafts = new Map([[withAna, 'words of my own']]);
  expect(entriesOf([row(withAna, emptied)], context({ drafts }))).toHaveLength(1);
});
