import { useLiveQuery } from 'dexie-react-hooks';
import { useMemo } from 'react';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { shownMessages } from '#app/shown/message.ts';
import type { UnplacedMessage } from '#app/ops/rules.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';

/** A message as it is now, for whatever is open about it: undefined while it is read, and null if the device does not have it. */
export type MessageNow = (UnplacedMessage & { seq?: number }) | null | undefined;

/** `outbox`: of this conversation. */
export function useMessageNow(
  { store, userId }: Client,
  stream: ConversationId,
  id: OpId | undefined,
  outbox: readonly OutboxRow[],
): MessageNow {
  const read = useLiveQuery(
    async () => (id === undefined ? undefined : { id, held: await store.message(stream, id) }),
    [store, stream, id],
  );
  return useMemo(() => {
    // The query still has the result for another message.
    if (read === undefined || read.id !== id) return undefined;
    const held = read.held === undefined ? [] : [read.held];
    return shownMessages(held, outbox, userId).find(({ record }) => record.id === id)?.record ?? null;
  }, [read, id, outbox, userId]);
}
