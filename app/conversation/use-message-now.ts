import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo } from 'react';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { shownMessages } from '#app/shown/message.ts';
import { withoutBlocked } from '#app/shown/withheld.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';

/** A message as it is now, for dialogs and bars about it; undefined while it is read, and null if the device does not have it. */
export type MessageNow = (UnplacedMessage & { seq?: number }) | null | undefined;

/** `outbox`: of this conversation. `opened`: messages of blocked people that are shown because somebody opened them. [BL5] */
export function useMessageNow(
  { store, userId }: Client,
  stream: ConversationId,
  id: OpId | undefined,
  outbox: readonly OutboxRow[],
  opened: ReadonlySet<OpId>,
): MessageNow {
  const read = useLiveQuery(async () => {
    if (id === undefined) return undefined;
    const [held, waiting, blocked] = await store.snapshot((reading) =>
      Promise.all([reading.message(stream, id), reading.outbox(stream), reading.blocked()]),
    );
    return {
      id,
      held: withoutBlocked(held === undefined ? [] : [held], stream, blocked, opened),
      sending: waiting.filter((row) => row.id === id),
    };
  }, [store, stream, id, opened]);
  return useMemo(() => {
    // The query still has the result for another message.
    if (read === undefined || read.id !== id) return undefined;
    // A message that was just sent may have left `outbox` before this query finds it among those held.
    const waiting = outbox.some((row) => row.id === id) ? outbox : [...read.sending, ...outbox];
    return shownMessages(read.held, waiting, userId).find(({ record }) => record.id === id)?.record ?? null;
  }, [read, id, outbox, userId]);
}
