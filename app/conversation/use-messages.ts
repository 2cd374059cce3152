import { useLiveQuery } from 'dexie-react-hooks';
import { useCallback, useRef, useState } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';

const PAGE = 60;

export type History = 'whole' | 'more' | 'loading' | 'stuck';

/**
 * The messages on the screen: from a floor upwards, so that new ones never push old ones out of the window, and going up only
 * ever adds above. What the device lacks is fetched through the client.
 */
export function useMessages(client: Client, stream: ConversationId, row: ConversationRow | undefined) {
  const { store } = client;
  const [floor, setFloor] = useState<number>();
  const [isLoading, setLoading] = useState(false);
  const [isStuck, setStuck] = useState(false);
  const busy = useRef(false);

  const messages = useLiveQuery(
    () => store.messages(stream, floor === undefined ? { limit: PAGE } : { fromSeq: floor }),
    [store, stream, floor],
  );
  const firstSeq = messages?.[0]?.seq;
  // The newest page sets the floor, before it is drawn: what comes later must not push its first message out.
  if (floor === undefined && firstSeq !== undefined) setFloor(firstSeq);

  const start = row?.historyStart ?? 0;
  const lowest = floor ?? firstSeq ?? start;
  const history: History =
    lowest > start && start > 0
      ? 'more'
      : row === undefined || row.isWhole || start <= 1
        ? 'whole'
        : isLoading
          ? 'loading'
          : isStuck
            ? 'stuck'
            : 'more';

  const loadEarlier = useCallback(async () => {
    if (busy.current || lowest <= 0) return;
    busy.current = true;
    setStuck(false);
    try {
      if (lowest <= start) {
        setLoading(true);
        if (!(await client.loadEarlier(stream))) {
          setStuck(true);
          return;
        }
      }
      setFloor(Math.max(1, lowest - PAGE));
    } finally {
      setLoading(false);
      busy.current = false;
    }
  }, [client, stream, lowest, start]);

  /** Shows everything from `seq` on, as far as it is held. */
  const showFrom = useCallback((seq: number) => setFloor((present) => Math.min(present ?? seq, seq)), []);

  return { messages, history, loadEarlier, showFrom };
}
