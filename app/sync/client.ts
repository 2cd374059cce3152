import type { LocalStore } from '#app/local-store/local-store.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { Person } from '#protocol/http.ts';
import type { HistoryMode, Role } from '#protocol/record.ts';
import type { Moment } from './ephemeral.ts';
import type { SyncStatus } from './status.ts';

/** What a person does, as ops. Each resolves when it is durable on the device; none waits for the network. [CL1] */
export interface Outbox {
  send(stream: ConversationId, message: { text: string; replyTo?: OpId; mentions?: UserId[] }): Promise<OpId>;
  edit(stream: ConversationId, messageId: OpId, text: string): Promise<void>;
  remove(stream: ConversationId, messageId: OpId): Promise<void>;
  /** Begins a direct chat, or names the one that stands. */
  createDirect(person: Person): Promise<ConversationId>;
  createGroup(group: { title: string; people: Person[]; history?: HistoryMode }): Promise<ConversationId>;
  markRead(stream: ConversationId, readSeq: number): Promise<void>;
  updateMembership(
    stream: ConversationId,
    change: { mutedUntil?: string | null; pinned?: boolean; archived?: boolean; draft?: string | null },
  ): Promise<void>;
  pin(stream: ConversationId, messageId: OpId, on: boolean): Promise<void>;
  react(stream: ConversationId, messageId: OpId, emoji: string, on: boolean): Promise<void>;
  updateGroup(
    stream: ConversationId,
    change: { title?: string; about?: string | null; history?: HistoryMode },
  ): Promise<void>;
  addMembers(stream: ConversationId, people: readonly Person[]): Promise<void>;
  /** Oneself too: that is leaving. */
  removeMember(stream: ConversationId, userId: UserId): Promise<void>;
  setRole(stream: ConversationId, userId: UserId, role: Role): Promise<void>;
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
