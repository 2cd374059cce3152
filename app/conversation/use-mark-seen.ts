import { useCallback, useEffect, useRef } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { markRead } from '#app/ops/own.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** Read marks are coalesced for this long, so that scrolling through a hundred messages makes one op. */
const COALESCED_MS = 250;

/**
 * Returns the function to call with the highest seq on the screen. It marks messages as read: forward only, none that is marked
 * already, and only if there are unread messages of other people, because the user's own need no mark. [RD1] [RD4]
 */
export function useMarkSeen(client: Client, stream: ConversationId, row: ConversationRow | undefined) {
  const markedSeq = useRef(0);
  const seenSeq = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readSeq = row?.membership?.readSeq ?? 0;
  const hasUnread = (row?.unread ?? 0) > 0;
  const isMarkWanted = useRef(hasUnread);
  useEffect(() => {
    markedSeq.current = Math.max(markedSeq.current, readSeq);
  }, [readSeq]);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (!isMarkWanted.current || seenSeq.current <= markedSeq.current) return;
    markedSeq.current = seenSeq.current;
    void client.outbox.queue(markRead(stream, seenSeq.current));
  }, [client, stream]);
  useEffect(() => flush, [flush]);

  const schedule = useCallback(() => {
    if (isMarkWanted.current && seenSeq.current > markedSeq.current) timer.current ??= setTimeout(flush, COALESCED_MS);
  }, [flush]);
  // The messages on the screen and the unread count come from two queries, in either order.
  useEffect(() => {
    isMarkWanted.current = hasUnread;
    schedule();
  }, [hasUnread, schedule]);
  return useCallback(
    (seq: number) => {
      seenSeq.current = Math.max(seenSeq.current, seq);
      schedule();
    },
    [schedule],
  );
}
