import type { ViewStore } from '#app/local-store/local-store.ts';
import type { NewOp } from '#app/ops/rules.ts';
import type { SyncError } from '#protocol/errors.ts';
import type { ConversationId, DeviceId, MediaId, OpId, UserId } from '#protocol/ids.ts';
import type { Person } from '#protocol/http.ts';
import type { Attachment, HistoryMode } from '#protocol/record.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { HistoryReach, LoadHistory } from './load-history.ts';
import type { SyncStatus } from './status.ts';

/** What a person does, as ops. Every promise resolves when the op is durable on the device; none waits for the network. [CL1] */
export interface Outbox {
  /** An id to queue an op with, for callers that must know it before the op is stored. */
  newId(): OpId;
  /**
   * Resolves to the op's id: the given one, otherwise a new one. `people`: those to whom the op refers, so that they have names
   * before the server's records arrive.
   */
  queue(op: NewOp, people?: readonly Person[], id?: OpId): Promise<OpId>;
  /** The direct chat with this person, whose name is stored. The chat is created with its first message. */
  startDirect(person: Person): Promise<ConversationId>;
  startGroup(group: { title: string; people: readonly Person[]; history?: HistoryMode }): Promise<ConversationId>;
  /** Queues ops that are shown at once, and sent by `release`: until then they can be undone by `takeBack`. [CL17] */
  hold(ops: readonly NewOp[]): Promise<OpId[]>;
  release(ids: readonly OpId[]): Promise<void>;
  /** False if one of the ops may have left this device; then all of them stay. */
  takeBack(ids: readonly OpId[]): Promise<boolean>;
  /** Queues a failed op again. */
  retry(id: OpId): Promise<void>;
  discard(id: OpId): Promise<void>;
  /** A file is on the server now, so the message that waits for it can be sent; or the person has picked it again. [CL14] */
  replaceFile(local: MediaId, by: Attachment): Promise<void>;
  /** The server refused a file for good, which also fails the message that waits for it. */
  fileRefused(id: OpId, error: SyncError): Promise<void>;
  /** Changes a message's text: in the queue if it has never left this device. [CL11] */
  /** Without `mentions`, whom the message mentions stays as it is. */
  editText(stream: ConversationId, messageId: OpId, text: string, mentions?: UserId[]): Promise<void>;
  /** Takes back a message that has not left this device. Resolves to the function that undoes it; otherwise it is deleted. [CL11] */
  cancel(stream: ConversationId, messageId: OpId): Promise<(() => Promise<void>) | undefined>;
}

/** Typing and presence are ephemeral: without a connection nothing is sent, and nothing is sent later. [LV7] [LV8] */
export interface LivePresence {
  typing(stream: ConversationId, on: boolean): void;
  /** The people whose presence this tab shows; replaces the previous list. */
  watch(userIds: readonly UserId[]): void;
  /** Returns a function that removes the listener. */
  onEvent(listener: (event: Ephemeral) => void): () => void;
}

/** One signed-in person on one device, in one tab. The engine runs in the leading tab only; the client works in every tab. */
export interface Client {
  readonly userId: UserId;
  /** The id by which the server knows this device. */
  readonly deviceId: DeviceId;
  readonly store: ViewStore;
  readonly outbox: Outbox;
  readonly presence: LivePresence;
  status(): SyncStatus;
  /** Returns a function that removes the listener. */
  onStatus(listener: (status: SyncStatus) => void): () => void;
  /** Fetches the messages before `historyStart` into the store; with `far`, more of them at once. False when offline or refused. */
  loadEarlier(stream: ConversationId, reach?: HistoryReach): Promise<boolean>;
  /** Fetches one answer of messages into the store, wherever in the conversation; undefined when offline or refused. [CL20] */
  readonly loadHistory: LoadHistory;
  /** The chat that this tab shows, which comes first when the device catches up; undefined if none. */
  prefer(stream: ConversationId | undefined): void;
  /** Connects now instead of at the end of the backoff. */
  reconnect(): void;
  close(): Promise<void>;
}
