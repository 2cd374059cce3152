import type { ErrorCode, SyncError } from '#protocol/errors.ts';
import type { ConversationId, MediaId, OpId, StreamId, UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type {
  Attachment,
  ConversationRecord,
  MemberRecord,
  MembershipRecord,
  MessageRecord,
  ScheduledMessage,
} from '#protocol/record.ts';
import type { Changes } from '#protocol/live.ts';
import type { Person } from '#protocol/http.ts';
import type { HistoryAnswer, HistoryPlace, OpResult, PullAnswer } from '#protocol/verbs.ts';

/** A conversation's records, and what is derived from its messages in the same write that changes them. */
export interface ConversationRow {
  stream: ConversationId;
  /** Absent until the server's record has arrived, for example in a conversation that was created on this device. */
  record?: ConversationRecord;
  membership?: MembershipRecord;
  /** The content of the op that creates the conversation, until the server's record arrives. */
  creation?: { title?: string; memberIds: UserId[] };
  /** A group's title at the time its records were dropped, so that its queued and failed ops are still shown under a name. */
  knownAs?: string;
  /** The newest message held, including deleted and system messages, without those of people who are blocked. */
  lastMessage?: MessageRecord;
  lastSeq: number;
  /** From this seq on, messages are held without a gap; lower ones are fetched as history. 0 if none are held. */
  historyStart: number;
  /**
   * The runs that are held below `historyStart`, each without a gap: pairs of the first and the last seq, ascending, separate
   * from each other and from the window. Absent if there are none.
   */
  older?: readonly number[];
  /** True if the server has no messages before `historyStart`. */
  isWhole: boolean;
  /** Identifies the bootstrap that the messages started from; absent before it. A history answer from another one is stale. */
  window?: string;
  unread: number;
  /** The seqs of the unread messages that mention the person, ascending; absent if there are none. [RD5] */
  mentioned?: readonly number[];
  /** ISO instant that orders the list: that of the newest message, or of the creation. */
  activityAt: string;
}

/**
 * An op that is queued, in flight, accepted or permanently failed. A row is removed by its answer, by its message's record, or by
 * the person who discards it.
 */
/** An attempt to send an op. */
export interface Attempt {
  /** When it started, by this device's clock. */
  at: string;
  /** Why it failed; absent while it is in progress, and if the server has accepted the op. */
  error?: ErrorCode | 'no_answer';
}

/** How a message was sent in the end; kept for the newest messages of which an attempt had failed. */
export interface Sending {
  id: OpId;
  queuedAt: string;
  /** How many attempts there were. */
  attempts: number;
  /** The last of the attempts. */
  tries: Attempt[];
}

export interface OutboxRow {
  id: OpId;
  stream: ConversationId;
  /** Increases with every op queued on this device; ops are sent in this order. */
  order: number;
  op: Op;
  queuedAt: string;
  /** The number of attempts started. Written before the first packet is sent, so that a resend after a crash says `retry: true`. */
  attempts: number;
  /** The last of the attempts. */
  tries?: Attempt[];
  /** `sent`: accepted and never sent again; the message is shown from this row until its record arrives. */
  state: 'queued' | 'sending' | 'sent' | 'failed';
  /** For a `sent` message: its seq, and the lowest rev that its record can have. */
  seq?: number;
  rev?: number;
  /** For a forward: the content that the message had when it was forwarded, shown until the server's copy arrives. */
  copied?: Pick<MessageRecord, 'text' | 'attachments' | 'forwardedFrom' | 'poll'>;
  /** The person may still undo it, so it isn't sent before `release` or a later connection. */
  isHeld?: true;
  /** The number of `internal` answers. */
  internals?: number;
  /** The last error; final if the state is `failed`. */
  error?: SyncError;
}

/** The text of an edit that has been neither saved nor discarded. */
export interface EditUnderWay {
  /** The message's. */
  id: OpId;
  stream: ConversationId;
  text: string;
  /** The message's text when the edit started. */
  from: string;
}

/** A history request: its bounds, and the row's `window` at that time. In another window the answer is ignored. */
export interface HistoryAsked {
  before?: number | undefined;
  after?: number | undefined;
  around?: HistoryPlace | undefined;
  window: string | undefined;
}

/** A pull request's epoch and cursors. After a digest the pages themselves say where they continue. [DG3] */
export interface PullAsked {
  epoch?: string | undefined;
  cursors?: Readonly<Record<StreamId, number>>;
}

export interface MessageChange {
  stream: ConversationId;
  messageId: OpId;
  opId: OpId;
  /** ISO instant. */
  at: string;
  /** Whom an edit mentions; if absent, the mentions stay as they are. */
  mentions?: UserId[];
}

/** The text that a person has typed in a chat and not sent, with a number that is higher after each change. */
export interface Draft {
  text: string;
  version: number;
}

export type Applied = 'applied' | 'ignored' | 'behind';

/** The keys of the rows that a write has changed; `all` if they are not known. */
export type Changed<Key> = 'all' | readonly Key[];

/** Which of the list's rows a write has changed; absent tables have not changed. */
export interface ListChange {
  conversations?: Changed<ConversationId>;
  people?: Changed<UserId>;
  outbox?: Changed<OpId>;
  drafts?: Changed<ConversationId>;
}

/** Everything that can be read. Inside `useLiveQuery` or `observe` the results are live. */
export interface Reading {
  conversations(): Promise<ConversationRow[]>;
  conversation(stream: ConversationId): Promise<ConversationRow | undefined>;
  /** Those of these that the device has. */
  conversationsOf(streams: readonly ConversationId[]): Promise<ConversationRow[]>;
  /** At most so many, in the order of their keys, after this one: in pieces, so that a long list is not read in one task. */
  conversationsAfter(stream: ConversationId | undefined, limit: number): Promise<ConversationRow[]>;
  members(stream: ConversationId): Promise<MemberRecord[]>;
  /** Those of these members that are held, by chat and person, in no order. */
  membersAt(keys: readonly [ConversationId, UserId][]): Promise<MemberRecord[]>;
  /** Names and pictures known from member records and from the directory. */
  people(ids: readonly UserId[]): Promise<Map<UserId, Person>>;
  /** Everybody known on this device except its person, by name: the people to offer while offline. */
  knownPeople(): Promise<Person[]>;
  /** Messages held with fromSeq ≤ seq ≤ toSeq, ascending, over all gaps; at most the newest `limit` of them. */
  messages(
    stream: ConversationId,
    range: { fromSeq?: number; toSeq?: number; limit?: number },
  ): Promise<MessageRecord[]>;
  /** Those of these messages that are held, by chat and seq, in no order. */
  messagesAt(keys: readonly [ConversationId, number][]): Promise<MessageRecord[]>;
  /** Messages held whose rev is higher than this one. */
  messagesAfter(stream: ConversationId, rev: number): Promise<MessageRecord[]>;
  /** The server's epoch as of the last page. Revs of another epoch mean nothing. */
  epoch(): Promise<string | undefined>;
  /** The rev up to which each stream is held. */
  cursors(): Promise<Record<StreamId, number>>;
  message(stream: ConversationId, id: OpId): Promise<MessageRecord | undefined>;
  /** In the order in which they are sent; of one stream or of all. */
  outbox(stream?: ConversationId): Promise<OutboxRow[]>;
  /** How a message of this device was sent, if an attempt had failed and its record is still kept. */
  sending(id: OpId): Promise<Sending | undefined>;
  draft(stream: ConversationId): Promise<Draft>;
  /** The unfinished edits of one conversation's messages or of all. */
  edits(stream?: ConversationId): Promise<EditUnderWay[]>;
  /** The drafts of this device. If a chat has none here, its membership has the draft that the other devices share. */
  drafts(): Promise<Map<ConversationId, string>>;
  /** The messages of a conversation that wait for their time, as the server holds them. */
  scheduled(stream: ConversationId): Promise<ScheduledMessage[]>;
  /** The people whom the person has blocked, even if the server does not know it yet. [BL1] */
  blocked(): Promise<UserId[]>;
}

/** The messages and ops that one write of this tab has stored; an op that it has removed is undefined. */
export interface Written {
  messages: Map<OpId, MessageRecord>;
  ops: Map<OpId, OutboxRow | undefined>;
  /** The messages have arrived and are being written; an older version of a message does not replace the one that is shown. */
  isExpected?: true;
}

/**
 * The writes of this tab, so that a view shows what is durable without waiting for its live query, and shows messages of others
 * even before they are durable.
 */
export interface RecentWrites {
  /** The number of writes so far. A read that starts now contains all of them. */
  count(): number;
  /**
   * The writes after the first `count` ones, as far as they are kept, followed by those in progress. Applying one to rows that contain it
   * changes nothing.
   */
  since(count: number): readonly Written[];
  /** A number that changes with each write that concerns the chat. Removals may concern any chat. */
  lastOf(stream: ConversationId): number;
  /** Returns a function that removes the listener. */
  listen(listener: () => void): () => void;
}

/** The part of the store that views get: reading, drafts, and names. Ops are written through the outbox. */
export interface ViewStore extends Reading {
  readonly userId: UserId;
  readonly recentWrites: RecentWrites;
  /** Several reads in one transaction: they see the same state, and cost one transaction instead of one each. */
  snapshot<T>(reads: (reading: Reading) => Promise<T>): Promise<T>;
  /**
   * Calls the listener after each write, by any tab, to the rows that the list of chats is made of. Returns a function that
   * removes it. A live query would start again with every write, and read every chat; while pages arrive faster than a long list
   * is read, it would never finish.
   */
  onListChange(listener: (change: ListChange) => void): () => void;
  /** The same for the rows that a chat and its details are made of. */
  onChatChange(listener: () => void): () => void;
  /**
   * Stores what was typed in a field that started from the draft `base`. If another tab has changed that draft, both changes are
   * merged; resolves to what is stored.
   */
  saveDraft(stream: ConversationId, typed: string, base: string): Promise<Draft>;
  /**
   * Removes what is held of a conversation that the person has left, including unsent text and unfinished edits, but not what they
   * may still send there. What `files.ts` keeps of it is removed by `forgetUnsent`.
   */
  forgetLeft(stream: ConversationId): Promise<void>;
  /** Keeps an edit until `editText` saves it, or `dropEdit` discards it. */
  keepEdit(edit: EditUnderWay): Promise<void>;
  dropEdit(messageId: OpId): Promise<void>;
  rememberPeople(people: readonly Person[]): Promise<void>;
}

/** What the engine needs of the store. */
export interface EngineStore {
  /** Streams with a cursor and without a row. */
  withoutRows(): Promise<StreamId[]>;
  /** Gives up the cursors of those streams that lack rows, so that the next pull repairs them, and returns them. [DG4] */
  check(streams: readonly StreamId[]): Promise<StreamId[]>;
  /** How many damaged streams were found on this device. */
  repairs(): Promise<number>;
  /**
   * Applies a page's records and cursors in one transaction; another epoch or a reset drops the stream's rows first. [CL3] [CL4]
   * Pages that arrive while one is being written are then written together. With `asked`, pages that no longer connect to what is
   * held are ignored: another leader has reset the stream meanwhile.
   */
  applyPage(answer: PullAnswer, asked?: PullAsked): Promise<boolean>;
  applyChanges(changes: Changes): Promise<Applied>;
  applyHistory(asked: HistoryAsked, answer: HistoryAnswer): Promise<void>;
  /**
   * Durably marks ops as in flight. Returns them as they must be sent: without those that were taken back meanwhile, and with
   * `retry: true` in those that had been attempted before. `at`: when, by the clock of this device; absent: now.
   */
  beginAttempt(ids: readonly OpId[], at?: string): Promise<Op[]>;
  /** Applies answers: an accepted op is removed (a message stays visible at its seq), a final refusal makes it `failed`. */
  settle(results: readonly OpResult[]): Promise<void>;
  /**
   * Queues ops in flight again: those of a push that was not answered or, without `ids`, all of them, on a new connection or by a
   * new leader. In the second case it also queues `sent` ones whose records should have arrived by now. `error`: how their attempt ended.
   */
  requeue(ids?: readonly OpId[], error?: Attempt['error']): Promise<void>;
}

/**
 * Everything replicated or queued on this device for one person. Every method is one transaction; its promise resolves when that
 * is durable, and rejects with `StoreRefused` if the device cannot store it. Two implementations keep one contract: Dexie in
 * browsers, and one in memory, with crash semantics, for the simulation.
 */
export interface LocalStore extends ViewStore, EngineStore {
  observe<T>(query: () => Promise<T>, onValue: (value: T) => void, onError: (error: unknown) => void): () => void;
  /** The drafts that the person's other devices don't have yet. [RC4] */
  unsharedDrafts(): Promise<Map<ConversationId, string>>;

  /**
   * Queues ops, in one transaction with what they show at once. [CL1] With `isAttempt`, an op that no earlier one of its stream
   * precedes is durably marked as in flight in the same transaction, and so is the first message of a direct chat. Resolves to the new
   * rows.
   */
  enqueue(ops: readonly Op[], queuedAt: string, isAttempt?: boolean): Promise<OutboxRow[]>;
  /** Queues ops that are shown at once and wait for `release`. No other op waits for them. [CL17] */
  hold(ops: readonly Op[], queuedAt: string): Promise<void>;
  /** Sends held ops after everything that is queued. */
  release(ids: readonly OpId[]): Promise<void>;
  /** Removes ops that have never left this device. False, without effect, if one of them may have left. */
  takeBack(ids: readonly OpId[]): Promise<boolean>;
  /** Queues a failed op again, under a new id and in its old place. If its conversation could not be created, that op too. */
  retry(id: OpId, newId: OpId): Promise<void>;
  discard(id: OpId): Promise<void>;
  /** Changes a message's text: in the queue if it has never left this device, otherwise by an op with the id `opId`. [CL11] */
  editText(text: string, change: MessageChange): Promise<void>;
  /**
   * Takes back a message. Resolves to what `restore` needs to undo that; to nothing if the message may have left this device, and an
   * op with the id `opId` deletes it.
   */
  cancel(change: MessageChange): Promise<OutboxRow[]>;
  restore(removed: readonly OutboxRow[]): Promise<void>;
  /** A file is on the server now, and its message can be sent unless it waits for others; or the person has picked it again. [CL14] */
  replaceFile(local: MediaId, by: Attachment): Promise<void>;

  close(): void;
}
