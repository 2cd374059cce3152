import type { Person } from '#protocol/http.ts';
import type { ConversationId, OpId, StreamId, UserId } from '#protocol/ids.ts';
import type { MemberRecord, MessageRecord } from '#protocol/record.ts';
import type { ConversationRow, OutboxRow } from './local-store.ts';

/** A row as it is kept: with what the rules need beside what is shown. */
export interface StoredConversation extends ConversationRow {
  /**
   * The mark made on this device while the server's membership does not hold it yet; `untilRev` is the membership's rev
   * that does, known once the op was accepted. It ends there: a mark of the server's is never overruled for good.
   */
  ownRead?: { seq: number; untilRev?: number };
  /** Unread messages among those held from `historyStart` on. `unread` is this number, or its bound. [RD4] */
  counted: number;
}

/** The part of a Dexie table that the rules use: so a table is one, and the one in memory is short. */
export interface RowTable<T, K> {
  get(key: K): PromiseLike<T | undefined>;
  bulkGet(keys: K[]): PromiseLike<(T | undefined)[]>;
  put(row: T): PromiseLike<unknown>;
  bulkPut(rows: readonly T[]): PromiseLike<unknown>;
  delete(key: K): PromiseLike<unknown>;
  bulkDelete(keys: K[]): PromiseLike<unknown>;
  clear(): PromiseLike<unknown>;
  toArray(): PromiseLike<T[]>;
}

/** Every row of one person, within one transaction. All rules are written over this, once for Dexie and memory. */
export interface Rows {
  conversations: RowTable<StoredConversation, ConversationId>;
  members: RowTable<MemberRecord, [ConversationId, UserId]>;
  /** By seq. Below `historyStart` there may be single ones, changed since: they wait there for history to reach them. */
  messages: RowTable<MessageRecord, [ConversationId, number]>;
  outbox: RowTable<OutboxRow, OpId>;
  drafts: RowTable<{ stream: ConversationId; text: string }, ConversationId>;
  cursors: RowTable<{ stream: StreamId; rev: number }, StreamId>;
  people: RowTable<Person, UserId>;
  facts: RowTable<{ key: 'epoch'; value: string }, 'epoch'>;

  membersOf(stream: ConversationId): PromiseLike<MemberRecord[]>;
  /** Held messages with from ≤ seq ≤ to, ascending; with `newest` at most that many, the last of them. */
  messagesOf(stream: ConversationId, from: number, to: number, newest?: number): PromiseLike<MessageRecord[]>;
  messageById(stream: ConversationId, id: OpId): PromiseLike<MessageRecord | undefined>;
  /** Removes messages with seq < below. */
  dropMessages(stream: ConversationId, below: number): PromiseLike<unknown>;
  dropMembers(stream: ConversationId): PromiseLike<unknown>;
  /** In leaving order; of one stream, or all. */
  outboxOf(stream?: ConversationId): PromiseLike<OutboxRow[]>;
  lastOrder(): PromiseLike<number>;
}

/** Where rows live. A write is one transaction, alone on all rows: whole and durable when it resolves, else nothing. */
export interface Backing {
  read<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  write<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  observe<T>(query: () => Promise<T>, onValue: (value: T) => void, onError: (error: unknown) => void): () => void;
  close(): void;
}

export function emptyConversation(stream: ConversationId, activityAt: string): StoredConversation {
  return { stream, lastSeq: 0, historyStart: 0, isWhole: false, unread: 0, counted: 0, activityAt };
}
