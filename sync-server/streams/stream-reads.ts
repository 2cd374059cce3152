import {
  type ConversationId,
  type MediaId,
  type MessageId,
  type StreamId,
  type UserId,
  personalStream,
} from '#protocol/ids.ts';
import type { MessageRecord, ScheduledMessage } from '#protocol/record.ts';
import type { EntryStore, Moved } from './entry-store.ts';
import { type ConversationsOf, type MembershipsOf, createMembershipsOf } from './memberships-of.ts';
import { type ReadMessage, createReadMessage } from './readable-message.ts';
import { type ReadersOf, createReadersOf } from './readers-of.ts';
import { newestScheduled, readCurrent } from './stream-state.ts';
import { ANSWER_MS, withDeadline } from './with-deadline.ts';

/**
 * What fan-out and the files read from the store. It does not need the append, so it is created before the streams, which
 * announce to the fan-out.
 */
export interface StreamReads {
  /** Who may read a stream now, and the rev of its last membership change. */
  readersOf: ReadersOf;
  /** The conversations that a person is a member of now. */
  conversationsOf: ConversationsOf;
  /** The same, and those that they have left. */
  membershipsOf: MembershipsOf;
  /** One message, for one person. */
  readMessage: ReadMessage;
  /** One message as stored now, regardless of who may read it. */
  storedMessage(stream: ConversationId, id: MessageId): Promise<MessageRecord | undefined>;
  /** The messages of a person that wait for their time, as stored now. */
  scheduledOf(userId: UserId): Promise<ScheduledMessage[]>;
  /** The picture of a group now. */
  pictureOf(stream: ConversationId): Promise<MediaId | undefined>;
  /** The highest rev of a stream, 0 if it is empty. */
  headOf(stream: StreamId): Promise<number>;
  /** Streams that any server has written to, with upper bounds of their heads: see EntryStore. */
  movedSince(since?: number): Promise<Moved>;
}

/** Every read rejects with StoreUnavailable when the store does not answer in time. */
export function createStreamReads(unbounded: EntryStore, deadlineMs = ANSWER_MS): StreamReads {
  const store = withDeadline(unbounded, deadlineMs);
  const membershipsOf = createMembershipsOf(store);
  return {
    readersOf: createReadersOf(store),
    conversationsOf: async (userId) => (await membershipsOf(userId)).present,
    membershipsOf,
    readMessage: createReadMessage(store),
    storedMessage: async (stream, id) => (await readCurrent(store, stream, 'message', id))?.record,
    scheduledOf: async (userId) =>
      [...newestScheduled(await store.current(personalStream(userId), ['scheduled'])).values()].flatMap(
        ({ record }) => record.message ?? [],
      ),
    pictureOf: async (stream) => (await readCurrent(store, stream, 'conversation', stream))?.record.avatar,
    headOf: async (stream) => (await store.tail(stream))?.rev ?? 0,
    movedSince: (since) => store.movedSince(since),
  };
}
