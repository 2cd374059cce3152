import { beforeAll, expect, test } from 'vitest';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { activateAllWords } from '#app/i18n/testing/all-words.fixture.ts';
import { directStream, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { peopleInList } from '#app/shown/list-entry.ts';
import { entriesOf, type EntryContext } from './entry.ts';
import { self, ana, bob, withAna, crew, at, message, row, sending, context, own } from './testing/entry.fixture.ts';

beforeAll(() => activateAllWords());

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

test('the list reads the names of all people that it shows', () => {
  const event = { kind: 'member.add', by: bob, userIds: ['zoe' as UserId] };
  const ids = peopleInList([row(withAna), row(crew, { lastMessage: message(crew, bob, { event }) })], self);
  expect(ids.toSorted()).toEqual(['ana', 'bob', 'zoe']);
});

test('[SH8] an invisible name or message, from before those were refused, has a substitute', () => {
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

test('the time of a chat is when its last message was written, and its position follows from when that arrived', () => {
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
