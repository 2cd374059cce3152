import { useCallback, useEffect, useRef } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** Marks are gathered this long, so that scrolling through a hundred messages is one op. */
const GATHERED_MS = 250;

/**
 * Marks as read what was on the screen; forward only, nothing that is marked already, and not where nothing of others
 * waits: one's own messages need no mark. [RD1] [RD4]
 */
export function useReadMark(client: Client, stream: ConversationId, row: ConversationRow | undefined) {
  const marked = useRef(0);
  const seen = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readSeq = row?.membership?.readSeq ?? 0;
  const waits = (row?.unread ?? 0) > 0;
  const isWanted = useRef(waits);
  useEffect(() => {
    marked.current = Math.max(marked.current, readSeq);
  }, [readSeq]);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (!isWanted.current || seen.current <= marked.current) return;
    marked.current = seen.current;
    void client.outbox.markRead(stream, seen.current);
  }, [client, stream]);
  useEffect(() => flush, [flush]);

  const gather = useCallback(() => {
    if (isWanted.current && seen.current > marked.current) timer.current ??= setTimeout(flush, GATHERED_MS);
  }, [flush]);
  // What is seen and what waits come from two queries, in either order.
  useEffect(() => {
    isWanted.current = waits;
    gather();
  }, [waits, gather]);
  return useCallback(
    (seq: number) => {
      seen.current = Math.max(seen.current, seq);
      gather();
    },
    [gather],
  );
}
