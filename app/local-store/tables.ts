import { Dexie, type EntityTable, type Table } from 'dexie';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';
import type { ConversationRow, OutboxRow } from './local-store.ts';

/** A row as it lies in the table: with the mark that this device has made and the server may not have answered yet. */
export interface StoredConversation extends ConversationRow {
  ownReadSeq?: number;
}

export interface Tables extends Dexie {
  conversations: EntityTable<StoredConversation, 'stream'>;
  members: Table<MemberRecord, [ConversationId, UserId]>;
  messages: Table<MessageRecord, [ConversationId, number]>;
  outbox: EntityTable<OutboxRow, 'id'>;
  drafts: EntityTable<{ stream: ConversationId; text: string }, 'stream'>;
  cursors: EntityTable<{ stream: StreamId; rev: number }, 'stream'>;
  people: EntityTable<Person, 'id'>;
  facts: EntityTable<{ key: 'epoch'; value: string }, 'key'>;
}

export function databaseName(userId: UserId): string {
  return `teamlink-person-${userId}`;
}

export function declareTables(name: string): Tables {
  const tables = new Dexie(name) as Tables;
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

/** All messages of a conversation with from ≤ seq ≤ to. */
export function messagesBetween(tables: Tables, stream: ConversationId, from: number, to: number) {
  return tables.messages.where('[stream+seq]').between([stream, from], [stream, to], true, true);
}
