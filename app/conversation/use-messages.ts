import { useCallback, useMemo, useRef, useState } from 'react';
import type { ConversationRow, Written } from '#app/local-store/local-store.ts';
import { heldRuns } from '#app/local-store/runs.ts';
import { withWrittenMessages } from '#app/shown/written.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { openingOf, type Opening } from './opening.ts';
import { placesOf } from './places.ts';
import { useLiveRows } from './use-live-rows.ts';

const PAGE = 60;

/** What is before the loaded messages: nothing, more messages, more that are being fetched, or more that could not be fetched. */
export type History = 'whole' | 'more' | 'loading' | 'stuck';

/**
 * The loaded messages: all that are held from a lowest seq on, so that a new one never drops an old one, and loading earlier ones
 * only ever prepends; there may be gaps between them. What is not on the device is fetched through the client. `opening` comes
 * with the messages that it needs, from the same transaction; it is undefined while the device knows too little.
 */
export function useMessages(
  client: Client,
  stream: ConversationId,
  row: ConversationRow | undefined,
  /** The seq of the first message that the person may read. */
  firstSeq: number,
) {
  const { store } = client;
  const [opening, setOpening] = useState<Opening>();
  const [floor, setFloor] = useState<number>();
  const [isLoading, setLoading] = useState(false);
  const [isStuck, setStuck] = useState(false);
  const busy = useRef(false);

  const read = async (): Promise<Page> => {
    if (floor !== undefined) return { messages: await store.messages(stream, { fromSeq: floor }), opening: undefined };
    return store.snapshot(async (reading) => {
      const decided = openingOf(await reading.conversation(stream), placesOf(client).get(stream));
      const range = decided === undefined ? { limit: PAGE } : { fromSeq: decided.floor };
      return { messages: await reading.messages(stream, range), opening: decided };
    });
  };
  const page = useLiveRows(store, stream, read, [client, floor], updated, isBlank);
  // Set in the same render as the first page, so that a message that arrives later does not drop the page's first one.
  if (floor === undefined && page?.opening !== undefined) {
    setOpening(page.opening);
    setFloor(page.opening.floor);
  }

  const { lowest, isHere, before, missing } = aboveOf(row, floor ?? page?.messages[0]?.seq ?? 0, firstSeq);
  const mayFetch = row?.membership?.leftAt === undefined && missing > 0;
  // The row and the messages come from two reads: a row that knows of messages may be newer than an empty page.
  const isBehind = page?.messages.length === 0 && row !== undefined && heldRuns(row).some(([, to]) => to >= firstSeq);
  const isWhole = !isHere && !mayFetch && before === undefined && !isBehind;
  const history: History =
    row === undefined || isWhole ? 'whole' : isLoading || isBehind ? 'loading' : isStuck && !isHere ? 'stuck' : 'more';

  const loadEarlier = useCallback(async () => {
    if (busy.current || lowest <= 0) return;
    busy.current = true;
    setStuck(false);
    try {
      if (!isHere && mayFetch) {
        setLoading(true);
        const fetched = await client.loadHistory(stream, { before: lowest });
        if (fetched === undefined || fetched.length === 0) {
          setStuck(fetched === undefined);
          return;
        }
      }
      const from = isHere || mayFetch ? lowest : (before ?? lowest);
      setFloor((present) => Math.min(present ?? lowest, Math.max(1, from - PAGE)));
    } finally {
      setLoading(false);
      busy.current = false;
    }
  }, [client, stream, lowest, isHere, mayFetch, before]);

  /** Loads everything from `seq` on that is on the device. */
  const showFrom = useCallback((seq: number) => setFloor((present) => Math.min(present ?? seq, seq)), []);

  const messages = page?.messages;
  return useMemo(
    () => ({ messages, opening, history, missing: mayFetch && !isHere ? missing : 0, loadEarlier, showFrom }),
    [messages, opening, history, mayFetch, isHere, missing, loadEarlier, showFrom],
  );
}

interface Page {
  messages: MessageRecord[];
  /** Only with the first page. */
  opening: Opening | undefined;
}

/**
 * What is above the lowest message that is shown: whether the one before it is on this device, else how many are missing between it and
 * the run before, which ends at `before`.
 */
function aboveOf(row: ConversationRow | undefined, floor: number, firstSeq: number) {
  const runs = row === undefined || floor === 0 ? [] : heldRuns(row);
  const at = runs.findIndex(([, to]) => to >= floor);
  const [from, lowest] = [runs[at]?.[0] ?? 0, Math.max(floor, runs[at]?.[0] ?? 0)];
  const before = runs[at - 1]?.[1];
  const isWhole = at < 0 || (row?.isWhole === true && before === undefined);
  return {
    lowest: at < 0 ? 0 : lowest,
    isHere: at >= 0 && lowest > from,
    before,
    missing: isWhole ? 0 : from - 1 - (before ?? firstSeq - 1),
  };
}

function isBlank({ messages }: Page): boolean {
  return messages.length === 0;
}

function updated(page: Page, written: Written, stream: ConversationId): Page {
  const messages = withWrittenMessages(page.messages, stream, written);
  return messages === page.messages ? page : { ...page, messages };
}

export type MessagePage = ReturnType<typeof useMessages>;
