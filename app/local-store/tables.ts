import { Dexie, type Table } from 'dexie';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Rows, RowTable } from './rows.ts';

type TableOf<T> = T extends RowTable<infer Row, infer Key> ? Table<Row, Key> : never;
type TableName = 'conversations' | 'members' | 'messages' | 'outbox' | 'drafts' | 'cursors' | 'people' | 'facts';

export type Tables = Dexie & { [Name in TableName]: TableOf<Rows[Name]> };

export function databaseName(userId: UserId): string {
  return `teamlink-person-${userId}`;
}

export function declareTables(name: string): Tables {
  // Chromium's own default answers a write before it is on the disk: an op shown as queued could be lost with the power.
  // Strict costs 1.18 of the time of bulk writes, and is Dexie's to set for a whole database only. [CL1]
  const tables = new Dexie(name, { chromeTransactionDurability: 'strict' }) as Tables;
  // Order of leaving is the primary way through the outbox; a message is found by place, and by id for edits of it.
  tables.version(1).stores({
    conversations: 'stream',
    members: '[stream+userId]',
    messages: '[stream+seq], [stream+id]',
    outbox: 'id, order, stream',
    drafts: 'stream',
    cursors: 'stream',
    people: 'id',
    facts: 'key',
  });
  return tables;
}

/** The tables as the rules see them. Nothing here decides anything. */
export function rowsOf(tables: Tables): Rows {
  const { conversations, members, messages, outbox, drafts, cursors, people, facts } = tables;
  const between = (stream: ConversationId, from: number, to: number) =>
    messages.where('[stream+seq]').between([stream, from], [stream, to], true, true);
  const membersOf = (stream: ConversationId) =>
    members.where('[stream+userId]').between([stream, Dexie.minKey], [stream, Dexie.maxKey]);
  return {
    conversations,
    members,
    messages,
    outbox,
    drafts,
    cursors,
    people,
    facts,
    membersOf: (stream) => membersOf(stream).toArray(),
    messagesOf: (stream, from, to, newest) =>
      newest === undefined
        ? between(stream, from, to).toArray()
        : between(stream, from, to)
            .reverse()
            .limit(newest)
            .toArray((found) => found.toReversed()),
    messageById: (stream, id) => messages.where('[stream+id]').equals([stream, id]).first(),
    dropMessages: (stream, below) => between(stream, 0, below - 1).delete(),
    dropMembers: (stream) => membersOf(stream).delete(),
    outboxOf: (stream) =>
      stream === undefined ? outbox.orderBy('order').toArray() : outbox.where('stream').equals(stream).sortBy('order'),
    lastOrder: () =>
      outbox
        .orderBy('order')
        .last()
        .then((row) => row?.order ?? 0),
  };
}
