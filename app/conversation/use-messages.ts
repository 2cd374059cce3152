import { useCallback, useMemo, useRef, useState } from 'react';
import type { ConversationRow, Written } from '#app/local-store/local-store.ts';
import { withWrittenMessages } from '#app/shown/written.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { openingOf, type Opening } from './opening.ts';
import { placesOf } from './places.ts';
import { useLiveRows } from './use-live-rows.ts';

const PAGE = 60;

/** What is before the loaded messages: nothing, more, more that is being fetched, or more that could not be fetched. */
export type History = 'whole' | 'more' | 'loading' | 'stuck';

/**
 * The loaded messages: all from a lowest seq on, so that a new one never drops an old one, and loading earlier ones only ever
 * prepends. What is not on the device is fetched through the client. `opening` comes with the messages that it needs, from one
 * transaction; it is undefined while the device knows too little.
 */
export function useMessages(client: Client, stream: ConversationId, row: ConversationRow | undefined) {
  const { store } = client;
  const [opening, setOpening] = useState<Opening>();
  const [floor, setFloor] = useState<number>();
  const [isLoading, setLoading] = useState(false);
  const [isStuck, setStuck] = useState(false);
  const busy = useRef(false);

  const read = async (): Promise<Page> => {
    if (floor !== undefined)
      return { messages: await store.messages(stream, { fromSeq: floor }), opening: undefined, start: 0 };
    return store.snapshot(async (reading) => {
      const present = await reading.conversation(stream);
      const decided = openingOf(present, placesOf(client).get(stream));
      const range = decided === undefined ? { limit: PAGE } : { fromSeq: decided.floor };
      const start = present?.historyStart ?? 0;
      return { messages: await reading.messages(stream, range), opening: decided, start };
    });
  };
  const page = useLiveRows(store, stream, read, [client, floor], updated);
  // Set in the same render as the first page: a message that arrives later must not drop the page's first one.
  if (floor === undefined && page?.opening !== undefined) {
    setOpening(page.opening);
    // What has to be fetched first is shown once all of it is here.
    setFloor(Math.max(page.opening.floor, page.start));
  }

  const start = row?.historyStart ?? 0;
  /** The lowest seq that is shown. */
  const lowest = Math.max(floor ?? page?.messages[0]?.seq ?? 0, start);
  const history: History =
    lowest > start && start > 0
      ? 'more'
      : row === undefined || row.isWhole || row.membership?.leftAt !== undefined || start <= 1
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
      setFloor((present) => Math.min(present ?? lowest, Math.max(1, lowest - PAGE)));
    } finally {
      setLoading(false);
      busy.current = false;
    }
  }, [client, stream, lowest, start]);

  /** Loads everything from `seq` on that is on the device. */
  const showFrom = useCallback((seq: number) => setFloor((present) => Math.min(present ?? seq, seq)), []);

  const messages = page?.messages;
  return useMemo(
    () => ({ messages, opening, history, loadEarlier, showFrom }),
    [messages, opening, history, loadEarlier, showFrom],
  );
}

interface Page {
  messages: MessageRecord[];
  /** With the first page only, and the `historyStart` at that time. */
  opening: Opening | undefined;
  start: number;
}

function updated(page: Page, written: Written, stream: ConversationId): Page {
  const messages = withWrittenMessages(page.messages, stream, written);
  return messages === page.messages ? page : { ...page, messages };
}

export type MessagePage = ReturnType<typeof useMessages>;
