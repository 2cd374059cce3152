import { useCallback, useEffect, useRef } from 'react';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { TYPING_MS } from '#protocol/limits.ts';

/**
 * Returns the function to call with the field's text after each change. It tells the other members that the user is typing,
 * renews the notice well before it would expire, and ends it as soon as the field is empty or left. [LV7]
 */
export function useTypingNotice({ presence }: Client, stream: ConversationId): (text: string) => void {
  const sentAt = useRef<number>(undefined);
  const stop = useCallback(() => {
    if (sentAt.current === undefined) return;
    sentAt.current = undefined;
    presence.typing(stream, false);
  }, [presence, stream]);
  useEffect(() => stop, [stop]);
  return useCallback(
    (text) => {
      if (text.trim() === '') return stop();
      const now = Date.now();
      if (sentAt.current !== undefined && now - sentAt.current < TYPING_MS / 2) return undefined;
      sentAt.current = now;
      presence.typing(stream, true);
      return undefined;
    },
    [presence, stream, stop],
  );
}
