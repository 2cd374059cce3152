import type { LocalStore } from '#app/local-store/local-store.ts';
import type { NewOp } from '#app/ops/rules.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Person } from '#protocol/http.ts';
import type { HistoryMode } from '#protocol/record.ts';
import type { Moment } from './ephemeral.ts';
import type { SyncStatus } from './status.ts';

/** What a person does, as ops. Every promise resolves when the op is durable on the device; none waits for the network. [CL1] */
export interface Outbox {
  /** Answers the id that the op gets. `people`: those whom it names, so that they have names before the server's records arrive. */
  queue(op: NewOp, people?: readonly Person[]): Promise<OpId>;
  /** Creates the direct chat with this person, unless the device already has it. */
  startDirect(person: Person): Promise<ConversationId>;
  startGroup(group: { title: string; people: readonly Person[]; history?: HistoryMode }): Promise<ConversationId>;
  /** Queues a failed op again. */
  retry(id: OpId): Promise<void>;
  discard(id: OpId): Promise<void>;
}

/** One signed-in person on one device, in one tab. The engine runs in the leading tab only; everything here works in all. */
export interface Client {
  readonly userId: UserId;
  readonly store: LocalStore;
  readonly outbox: Outbox;
  readonly moment: Moment;
  status(): SyncStatus;
  onStatus(listener: (status: SyncStatus) => void): () => void;
  /** Fetches what lies before `historyStart`. Resolves to false when offline or refused; the rows say the rest. */
  loadEarlier(stream: ConversationId): Promise<boolean>;
  /** Connect now instead of at the end of the back-off. */
  reconnect(): void;
  close(): Promise<void>;
}
