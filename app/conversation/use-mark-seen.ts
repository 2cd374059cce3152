import { useCallback, useEffect, useRef } from 'react';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { markRead } from '#app/ops/own.ts';
import { useConversation } from './conversation-context.ts';

/**
 * Returns the function to call with the highest seq that was looked at. It marks messages as read: only forward, only messages
 * that are not marked yet, and only if there are unread messages of other people, because the user's own need no mark. [RD1]
 * [RD4]
 */
export function useMarkSeen(row: ConversationRow | undefined) {
  const { stream, outbox } = useConversation();
  const markedSeq = useRef(0);
  const seenSeq = useRef(0);
  const readSeq = row?.membership?.readSeq ?? 0;
  const hasUnread = (row?.unread ?? 0) > 0;
  const isMarkWanted = useRef(hasUnread);

  const mark = useCallback(() => {
    if (!isMarkWanted.current || seenSeq.current <= markedSeq.current) return;
    markedSeq.current = seenSeq.current;
    // A device that is full cannot store the mark. The next message that is looked at marks this one too.
    outbox.queue(markRead(stream, seenSeq.current)).catch(() => undefined);
  }, [outbox, stream]);
  // The messages on the screen and the unread count come from two queries, in either order.
  useEffect(() => {
    markedSeq.current = Math.max(markedSeq.current, readSeq);
    isMarkWanted.current = hasUnread;
    mark();
  }, [readSeq, hasUnread, mark]);
  return useCallback(
    (seq: number) => {
      seenSeq.current = Math.max(seenSeq.current, seq);
      mark();
    },
    [mark],
  );
}
