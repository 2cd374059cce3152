import type { Person } from '#protocol/http.ts';
import type { ConversationId, OpId, StreamId, UserId } from '#protocol/ids.ts';
import type { MemberRecord, MessageRecord, ScheduledRecord } from '#protocol/record.ts';
import type { Changed, ConversationRow, Draft, EditUnderWay, OutboxRow, Sending } from './local-store.ts';

/** A row as stored: it also has what the rules need and views do not read. */
export interface StoredConversation extends ConversationRow {
  /**
   * The read mark made on this device, until the server's membership contains it. `untilRev` is the rev of the membership that
   * does, known once the op has been accepted; from then on the server's mark counts, even if it is lower.
   */
  ownRead?: { seq: number; untilRev?: number };
  /** Unread messages among those from `historyStart` on. `unread` is this number, or its bound. [RD4] */
  counted: number;
}

export interface DraftRow extends Draft {
  stream: ConversationId;
  /** The draft that the other devices have, as far as this device knows or has queued it. */
  shared: string;
  /** What this device has shared since it last agreed with the server; the records of it that still arrive bring nothing new. */
  unconfirmed: string[];
}

export interface CursorRow {
  stream: StreamId;
  rev: number;
  /** How many rows the stream's records made besides messages: members, or memberships. See held-rows.ts. */
  records?: number;
  /** Its last page announced further pages, so rows may be missing. */
  isPartial?: boolean;
}

type Fact = 'epoch' | 'repairs' | 'blocked';

/** The part of a Dexie table's interface that the rules use, so that the implementation in memory stays small. */
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

/** All rows of one person, within one transaction. The rules work on this interface, for Dexie and for memory alike. */
export interface Rows {
  conversations: RowTable<StoredConversation, ConversationId>;
  members: RowTable<MemberRecord, [ConversationId, UserId]>;
  /** By seq. A gap may contain single messages that have changed; they are shown once history reaches them. */
  messages: RowTable<MessageRecord, [ConversationId, number]>;
  outbox: RowTable<OutboxRow, OpId>;
  drafts: RowTable<DraftRow, ConversationId>;
  edits: RowTable<EditUnderWay, OpId>;
  /** Places for messages that wait for their time. */
  scheduled: RowTable<ScheduledRecord, string>;
  sendings: RowTable<Sending, OpId>;
  cursors: RowTable<CursorRow, StreamId>;
  people: RowTable<Person, UserId>;
  facts: RowTable<{ key: Fact; value: string }, Fact>;

  conversationKeys(): PromiseLike<ConversationId[]>;
  /** In the order of their keys. */
  conversationsAfter(stream: ConversationId | undefined, limit: number): PromiseLike<StoredConversation[]>;
  membersOf(stream: ConversationId): PromiseLike<MemberRecord[]>;
  countMembers(stream: ConversationId): PromiseLike<number>;
  /** Messages with from ≤ seq ≤ to, ascending; with `newest`, only that many of the last ones. */
  messagesOf(stream: ConversationId, from: number, to: number, newest?: number): PromiseLike<MessageRecord[]>;
  /** Messages whose rev is higher than this one, in the order of their revs. */
  messagesAfter(stream: ConversationId, rev: number): PromiseLike<MessageRecord[]>;
  countMessages(stream: ConversationId, from: number, to: number): PromiseLike<number>;
  messageById(stream: ConversationId, id: OpId): PromiseLike<MessageRecord | undefined>;
  /** Removes messages with seq < below. */
  dropMessages(stream: ConversationId, below: number): PromiseLike<unknown>;
  dropMembers(stream: ConversationId): PromiseLike<unknown>;
  /** In the order in which they are sent; of one stream or of all. */
  outboxOf(stream?: ConversationId): PromiseLike<OutboxRow[]>;
  lastOrder(): PromiseLike<number>;
}

type RowOf<T> = T extends RowTable<infer Row, infer _Key> ? Row : never;
type KeyOf<T> = T extends RowTable<infer _Row, infer Key> ? Key : never;
export type TableName = {
  [Name in keyof Rows]: Rows[Name] extends RowTable<infer _Row, infer _Key> ? Name : never;
}[keyof Rows];
/** A function from a row to its key, for each table. */
export type KeyFunctions = { [Name in TableName]: (row: RowOf<Rows[Name]>) => KeyOf<Rows[Name]> };
export type ChangedKeys<Name extends TableName> = { [Each in Name]?: Changed<KeyOf<Rows[Each]>> };

/** Where rows are stored. A write is one transaction with exclusive access: complete and durable when it resolves, or without effect. */
export interface Backing {
  read<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  write<T>(body: (rows: Rows) => Promise<T>): Promise<T>;
  observe<T>(query: () => Promise<T>, onValue: (value: T) => void, onError: (error: unknown) => void): () => void;
  /**
   * Calls the listener after each write, by any tab, to one of the tables, with the keys of the changed rows. Returns a
   * function that removes it.
   */
  onChange<Name extends TableName>(tables: readonly Name[], listener: (changed: ChangedKeys<Name>) => void): () => void;
  close(): void;
}

export function emptyConversation(stream: ConversationId, activityAt: string): StoredConversation {
  return { stream, lastSeq: 0, historyStart: 0, isWhole: false, unread: 0, counted: 0, activityAt };
}
