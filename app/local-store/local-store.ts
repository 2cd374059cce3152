import type { SyncError } from '#protocol/errors.ts';
import type { ConversationId, OpId, StreamId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { ConversationRecord, MemberRecord, MembershipRecord, MessageRecord } from '#protocol/record.ts';
import type { Changes } from '#protocol/live.ts';
import type { Person } from '#protocol/http.ts';
import type { HistoryAnswer, OpResult, PullAnswer } from '#protocol/verbs.ts';

/** A conversation as the list shows it: its records and what is derived from its messages, kept in the write that changes them. */
export interface ConversationRow {
  stream: ConversationId;
  /** Absent until the server's record came: a chat begun on this device, say. */
  record?: ConversationRecord;
  membership?: MembershipRecord;
  /** What the op that creates it says, while the server's record is not here. */
  begun?: { title?: string; memberIds: UserId[] };
  /** A group's title when its records were dropped: what waits in it, or was refused, still has a name. */
  knownAs?: string;
  /** The newest message held, deleted ones and system messages too. */
  lastMessage?: MessageRecord;
  lastSeq: number;
  /** From this seq on messages are held without a hole; lower ones come by history. 0 where none are held. */
  historyStart: number;
  /** True when the server has said that nothing lies before `historyStart`. */
  isWhole: boolean;
  /** Names the bootstrap that this row began with; absent before it. History asked for in another one is out of date. */
  window?: string;
  unread: number;
  /** ISO instant that orders the list: newest message, or creation. */
  activityAt: string;
}

/**
 * An op that waits, is under way, is accepted, or failed for good. Rows leave by an answer, by their message's record, or by
 * the person's discard.
 */
export interface OutboxRow {
  id: OpId;
  stream: ConversationId;
  /** Rises with every enqueue on this device: the order of leaving. */
  order: number;
  op: Op;
  queuedAt: string;
  /** Attempts begun; written before the first packet leaves, so that after a crash a resend says `retry: true`. */
  attempts: number;
  /** `sent`: accepted, never sent again; a message whose record is still to come is seen here until it does. */
  state: 'queued' | 'sending' | 'sent' | 'failed';
  /** The place of one that is `sent`, and the rev that its record has at least. */
  seq?: number;
  rev?: number;
  /** How often the answer was `internal`. */
  internals?: number;
  /** The last answer that was not `ok`; with `failed` it is final. */
  error?: SyncError;
}

/** What a history answer was asked with: its bound, and the row's `window` at that moment. In another one it is ignored. */
export interface HistoryAsked {
  before?: number | undefined;
  window: string | undefined;
}

/** What a pull was asked with. */
export interface PullAsked {
  epoch?: string | undefined;
  cursors: Readonly<Record<StreamId, number>>;
}

export type Applied = 'applied' | 'ignored' | 'behind';

/** What can be read. Within `useLiveQuery` (or `observe`) it is live. */
export interface Reading {
  conversations(): Promise<ConversationRow[]>;
  conversation(stream: ConversationId): Promise<ConversationRow | undefined>;
  members(stream: ConversationId): Promise<MemberRecord[]>;
  /** Names and pictures met so far: in member records, in the directory. */
  people(ids: readonly UserId[]): Promise<Map<UserId, Person>>;
  /** Everybody met so far but oneself, by name: whom one may write to without a network. */
  knownPeople(): Promise<Person[]>;
  /** Messages held with fromSeq ≤ seq, not below `historyStart`, ascending; at most the newest `limit` of them. */
  messages(stream: ConversationId, range: { fromSeq?: number; limit?: number }): Promise<MessageRecord[]>;
  message(stream: ConversationId, id: OpId): Promise<MessageRecord | undefined>;
  /** In leaving order; of one stream, or all. */
  outbox(stream?: ConversationId): Promise<OutboxRow[]>;
  draft(stream: ConversationId): Promise<string>;
  /** The drafts that hold text, for the list. */
  drafts(): Promise<Map<ConversationId, string>>;
}

/** What views get of the store: reading, and what a person leaves on this device alone. Ops go through the outbox. */
export interface ViewStore extends Reading {
  readonly userId: UserId;
  /** Several reads in one transaction: they see the same state, and cost one transaction instead of one each. */
  snapshot<T>(reads: (reading: Reading) => Promise<T>): Promise<T>;
  saveDraft(stream: ConversationId, text: string): Promise<void>;
  rememberPeople(people: readonly Person[]): Promise<void>;
}

/**
 * Everything replicated or queued on this device for one person. Every method is one transaction; its promise resolves
 * when it is durable, and rejects with `StoreRefused` where the device does not take it. Two implementations keep one
 * contract: Dexie in browsers, memory with crash semantics in the simulation.
 */
export interface LocalStore extends ViewStore {
  observe<T>(query: () => Promise<T>, onValue: (value: T) => void, onError: (error: unknown) => void): () => void;

  // Writing by the person.
  /** Queues ops, in one write with what they show at once. [CL1] */
  enqueue(ops: readonly Op[], queuedAt: string): Promise<void>;
  /** A failed op again under a new id, in its old place; in a chat that was never made, with the op that makes it. */
  retry(id: OpId, newId: OpId): Promise<void>;
  discard(id: OpId): Promise<void>;

  // Writing by the engine.
  epoch(): Promise<string | undefined>;
  cursors(): Promise<Record<StreamId, number>>;
  /**
   * Records and cursors of a page in one write; another epoch or a reset drops the stream's rows first. [CL3] [CL4] With
   * `asked`, what no longer follows from what is held is passed over: another leader, since, has begun something anew.
   */
  applyPage(answer: PullAnswer, asked?: PullAsked): Promise<void>;
  applyChanges(changes: Changes): Promise<Applied>;
  applyHistory(asked: HistoryAsked, answer: HistoryAnswer): Promise<void>;
  /** Marks ops as under way, durably. Answers which of them had been attempted before: those say `retry: true`. */
  beginAttempt(ids: readonly OpId[]): Promise<Set<OpId>>;
  /** Takes answers in: an accepted op leaves (a message stays visible under its seq), a final refusal becomes `failed`. */
  settle(results: readonly OpResult[]): Promise<void>;
  /**
   * A push whose answer never came, or, without `ids`, a new connection or leader: what was under way waits again. So does
   * what is `sent` although its record should have come.
   */
  requeue(ids?: readonly OpId[]): Promise<void>;

  close(): void;
}
