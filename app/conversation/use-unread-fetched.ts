import { useEffect, useState } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { missesUnread, type Opening } from './opening.ts';

interface UnreadFetchedOptions {
  client: Client;
  stream: ConversationId;
  opening: Opening | undefined;
  row: ConversationRow | undefined;
  messages: readonly MessageRecord[];
  showFrom: (seq: number) => void;
}

/**
 * Fetches the unread messages that are not on the device, back to the first one, and has all of them shown at once, because every
 * page on its own would be drawn again with all the later ones. True while it does. [C8]
 */
export function useUnreadFetched({ client, stream, opening, row, messages, showFrom }: UnreadFetchedOptions): boolean {
  const [isStuck, setStuck] = useState(false);
  const isWanted = opening?.newFrom !== undefined && opening.place === undefined && !isStuck;
  const isMissing = isWanted && row !== undefined && missesUnread(opening, row);

  useEffect(() => {
    if (!isMissing) return undefined;
    let isStopped = false;
    void (async () => {
      for (;;) {
        const present = await client.store.conversation(stream);
        if (isStopped || present === undefined || !missesUnread(opening, present)) return;
        // The list then opens at the first unread message that is here; the row above it offers to try again.
        if (!(await client.loadEarlier(stream, 'far'))) return setStuck(true);
      }
    })();
    return () => {
      isStopped = true;
    };
  }, [isMissing, client, stream, opening]);
  useEffect(() => {
    if (opening !== undefined && !isMissing) showFrom(opening.floor);
  }, [opening, isMissing, showFrom]);

  // The row and the messages come from two queries: what was fetched may not be among the messages yet.
  const isBehind = isWanted && (messages[0]?.seq ?? 0) > Math.max(opening.floor, row?.historyStart ?? 0);
  return isMissing || isBehind;
}
