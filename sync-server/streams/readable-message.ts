import type { ConversationId, MessageId, UserId } from '#protocol/ids.ts';
import { mayRead } from '#protocol/policies.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { EntryStore } from './entry-store.ts';
import { readCurrent, readMember } from './stream-state.ts';

/** A message as it is stored now, or why this person may not read it. */
export type ReadableMessage = MessageRecord | 'no such conversation' | 'no such message';

export type ReadMessage = (user: UserId, stream: ConversationId, id: MessageId) => Promise<ReadableMessage>;

/**
 * Reads one message for one person, bypassing every cache, because a stale one would leak what they may no longer read. The
 * membership is read last, so that a removal during the read counts. [RA1] [RA4] [SEC-02]
 */
export function createReadMessage(store: EntryStore): ReadMessage {
  return async (user, stream, id) => {
    const message = await readCurrent(store, stream, 'message', id);
    const reader = await readMember(store, stream, user);
    if (reader === undefined || reader.record.leftAt !== undefined) return 'no such conversation';
    if (message === undefined || !mayRead(reader.hidden.fromSeq ?? 1, message.record.seq)) return 'no such message';
    if (message.record.withheld === true && message.record.senderId !== user) return 'no such message';
    return message.record;
  };
}
