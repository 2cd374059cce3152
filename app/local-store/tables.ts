import { Dexie, type Table } from 'dexie';
import { isPersonal, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { messagesIn, packMessages, PACK_KEYS, type Packs } from './message-packs.ts';
import type { CursorRow, Rows, RowTable, TableName } from './rows.ts';

type TableOf<T> = T extends RowTable<infer Row, infer Key> ? Table<Row, Key> : never;
/** Messages have no table of their own: they are in packs. */
export type Tables = Dexie & { [Name in Exclude<TableName, 'messages'>]: TableOf<Rows[Name]> } & { packs: Packs };

export function databaseName(userId: UserId): string {
  return `teamlink-person-${userId}`;
}

/** Files have a database of their own. */
export function filesDatabaseName(userId: UserId): string {
  return `teamlink-files-${userId}`;
}

/** Whole files that were seen. They are written and removed separately from those that wait to be sent, which may also be large. */
export function keptFilesDatabaseName(userId: UserId): string {
  return `teamlink-kept-files-${userId}`;
}

/** The search index of this device can be rebuilt, so it is separate from what can't. */
export function searchDatabaseName(userId: UserId): string {
  return `teamlink-search-${userId}`;
}

export function declareTables(name: string): Tables {
  // By default Chromium reports a write as complete before it is on the disk, so a power failure could lose an op that is shown as
  // queued. `strict` makes bulk writes 18 % slower; Dexie can set it only for a whole database. [CL1]
  const tables = new Dexie(name, { chromeTransactionDurability: 'strict' }) as Tables;
  // Only versions that change rows are declared, because each of them takes time in every start. The tables and indexes of the others
  // are declared with the next one: Dexie adds what a database of any earlier version lacks. `creation` was called `begun`.
  tables
    .version(2)
    .stores({
      conversations: 'stream',
      members: '[stream+userId]',
      messages: '[stream+seq], [stream+id]',
      outbox: 'id, order, stream',
      drafts: 'stream',
      cursors: 'stream',
      people: 'id',
      facts: 'key',
    })
    .upgrade((transaction) =>
      transaction
        .table<{ begun?: unknown; creation?: unknown }>('conversations')
        .filter(({ begun }) => begun !== undefined)
        .modify((row) => {
          row.creation = row.begun;
          delete row.begun;
        }),
    );
  // `edits`: unfinished edits. An app that doesn't know the records of scheduled messages has skipped them, so the person's own stream is
  // read again.
  tables
    .version(6)
    .stores({ edits: 'id', scheduled: 'id' })
    .upgrade((transaction) =>
      transaction
        .table<CursorRow>('cursors')
        .filter(({ stream }) => isPersonal(stream))
        .delete(),
    );
  // `sendings`: how messages were sent after an attempt had failed.
  tables
    .version(8)
    .stores({ sendings: 'id', packs: PACK_KEYS, messages: null })
    .upgrade((transaction) =>
      packMessages(
        transaction.table<MessageRecord, [ConversationId, number]>('messages'),
        transaction.table('packs') as Packs,
      ),
    );
  return tables;
}

/** The tables in the form that the rules use. This file contains no rules. */
export function rowsOf(tables: Tables): Rows {
  const { conversations, members, packs, outbox, drafts, edits, scheduled, sendings, cursors, people, facts } = tables;
  const membersOf = (stream: ConversationId) =>
    members.where('[stream+userId]').between([stream, Dexie.minKey], [stream, Dexie.maxKey]);
  return {
    conversations,
    members,
    ...messagesIn(packs),
    outbox,
    drafts,
    edits,
    scheduled,
    sendings,
    cursors,
    people,
    facts,
    conversationKeys: () => conversations.toCollection().primaryKeys(),
    conversationsAfter: (stream, limit) =>
      (stream === undefined ? conversations.toCollection() : conversations.where('stream').above(stream))
        .limit(limit)
        .toArray(),
    membersOf: (stream) => membersOf(stream).toArray(),
    countMembers: (stream) => membersOf(stream).count(),
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
