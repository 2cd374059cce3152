import { useEffect, useState } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { heldRuns } from '#app/local-store/runs.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { missesFirstUnread, type Opening } from './opening.ts';

interface UnreadFetchedOptions {
  client: Client;
  stream: ConversationId;
  opening: Opening | undefined;
  row: ConversationRow | undefined;
  messages: readonly MessageRecord[];
  showFrom: (seq: number) => void;
}

/**
 * Fetches the first unread message and its neighbours, with one request, if it is not on the device. True during the request. [C8] [CL20]
 */
export function useUnreadFetched({ client, stream, opening, row, messages, showFrom }: UnreadFetchedOptions): boolean {
  const [isStuck, setStuck] = useState(false);
  const isWanted = opening?.newFrom !== undefined && opening.place === undefined && !isStuck;
  const isMissing = isWanted && row !== undefined && missesFirstUnread(opening, row);

  useEffect(() => {
    if (!isMissing) return undefined;
    let isStopped = false;
    void (async () => {
      await client.loadHistory(stream, { around: { seq: opening.newFrom } });
      const present = await client.store.conversation(stream);
      // The list then opens at the first unread message that is here; the row above it offers to try again.
      if (!isStopped && present !== undefined && missesFirstUnread(opening, present)) setStuck(true);
    })();
    return () => {
      isStopped = true;
    };
  }, [isMissing, client, stream, opening]);
  useEffect(() => {
    if (opening !== undefined && !isMissing) showFrom(opening.wanted);
  }, [opening, isMissing, showFrom]);

  // The row and the messages come from two queries, so fetched messages may not be among the messages yet.
  const lowest = opening === undefined ? undefined : lowestHeld(row, opening.wanted);
  const isBehind = isWanted && lowest !== undefined && (messages[0]?.seq ?? 0) > lowest;
  return isMissing || isBehind;
}

/** The lowest message on this device from `seq` on. */
function lowestHeld(row: ConversationRow | undefined, seq: number): number | undefined {
  const run = row && heldRuns(row).find(([, to]) => to >= seq);
  return run && Math.max(run[0], seq);
}
