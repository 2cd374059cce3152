import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo } from 'react';
import type { OutboxRow, ViewStore } from '#app/local-store/local-store.ts';
import { shownMessages } from '#app/shown/message.ts';
import { withoutBlocked } from '#app/shown/withheld.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';

/** A message as it is now, for dialogs and bars about it; undefined while it is read, and null if the device does not have it. */
export type MessageNow = (UnplacedMessage & { seq?: number }) | null | undefined;

/** What the device has of a message. */
export interface MessageRead {
  id: OpId;
  held: MessageRecord | undefined;
  sending: readonly OutboxRow[];
  blocked: readonly UserId[];
}

export function readMessage(store: ViewStore, stream: ConversationId, id: OpId): Promise<MessageRead> {
  return store.snapshot(async (reading) => {
    const [held, waiting, blocked] = await Promise.all([
      reading.message(stream, id),
      reading.outbox(stream),
      reading.blocked(),
    ]);
    return { id, held, sending: waiting.filter((row) => row.id === id), blocked };
  });
}

/**
 * `outbox`: of this conversation. `opened`: messages of blocked people that are shown because somebody opened them. [BL5] `first`:
 * what was read of it before.
 */
export function useMessageNow(
  { store, userId }: Client,
  stream: ConversationId,
  id: OpId | undefined,
  outbox: readonly OutboxRow[],
  opened: ReadonlySet<OpId>,
  first?: MessageRead,
): MessageNow {
  const now = useLiveQuery(async () => id && readMessage(store, stream, id), [store, stream, id]);
  // The query still has the result for another message until it has read this one.
  const read = [now, first].find((each) => each?.id === id);
  return useMemo(() => {
    if (read === undefined) return undefined;
    // A message that was just sent may have left `outbox` before this query finds it among those held.
    const waiting = outbox.some((row) => row.id === read.id) ? outbox : [...read.sending, ...outbox];
    const held = withoutBlocked(read.held === undefined ? [] : [read.held], stream, read.blocked, opened);
    return shownMessages(held, waiting, userId).find(({ record }) => record.id === read.id)?.record ?? null;
  }, [read, stream, outbox, opened, userId]);
}
