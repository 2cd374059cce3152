import { useCallback, useEffect, useRef } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';

/** Marks are gathered this long, so that scrolling through a hundred messages is one op. */
const GATHERED_MS = 250;

/** Marks as read what was on the screen; forward only, and nothing that is marked already. [RD1] */
export function useReadMark(client: Client, stream: ConversationId, row: ConversationRow | undefined) {
  const marked = useRef(0);
  const seen = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const readSeq = row?.membership?.readSeq ?? 0;
  useEffect(() => {
    marked.current = Math.max(marked.current, readSeq);
  }, [readSeq]);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (seen.current <= marked.current) return;
    marked.current = seen.current;
    void client.outbox.markRead(stream, seen.current);
  }, [client, stream]);
  useEffect(() => flush, [flush]);

  return useCallback(
    (seq: number) => {
      seen.current = Math.max(seen.current, seq);
      if (seen.current > marked.current) timer.current ??= setTimeout(flush, GATHERED_MS);
    },
    [flush],
  );
}
