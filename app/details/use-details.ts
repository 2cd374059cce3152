import type { ViewStore } from '#app/local-store/local-store.ts';
import { readDetails } from '#app/shown/read.ts';
import { useRestedRead } from '#app/ui/use-rested-read.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** Nobody follows the details while messages come; until then the chat itself needs the database. */
const SETTLE_MS = 50;

/** A conversation with its people and pins; undefined while they are read. */
export function useDetails(store: ViewStore, stream: ConversationId) {
  return useRestedRead(
    {
      read: () => store.snapshot((reading) => readDetails(reading, stream, store.userId)),
      onChange: (listener) => store.onChatChange(listener),
      settleMs: SETTLE_MS,
    },
    [store, stream],
  );
}
