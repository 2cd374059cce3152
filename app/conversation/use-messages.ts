import { useLiveQuery } from 'dexie-react-hooks';
import { useCallback, useRef, useState } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';

const PAGE = 60;

/** What is before the loaded messages: nothing, more, more that is being fetched, or more that could not be fetched. */
export type History = 'whole' | 'more' | 'loading' | 'stuck';

/**
 * The loaded messages: all from a lowest seq on, so that a new one never drops an old one, and loading earlier ones only ever
 * prepends. What is not on the device is fetched through the client.
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
  // The first page sets the floor in the same render: a message that arrives later must not drop the page's first one.
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

  /** Loads everything from `seq` on that is on the device. */
  const showFrom = useCallback((seq: number) => setFloor((present) => Math.min(present ?? seq, seq)), []);

  return { messages, history, loadEarlier, showFrom };
}

export type MessagePage = ReturnType<typeof useMessages>;
