import { useCallback, useEffect, useRef } from 'react';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { TYPING_MS } from '#protocol/limits.ts';

/**
 * Call `notice` with the field's text after each change. It tells the other members that the user is typing, renews the notice
 * well before it would expire, and ends it as soon as the field is empty or left. Call `sent` when the text is sent: the server
 * ends the notice when it has the message, so that nothing delays the message. [LV7]
 */
export function useTypingNotice({ presence }: Client, stream: ConversationId) {
  const sentAt = useRef<number>(undefined);
  const stop = useCallback(() => {
    if (sentAt.current === undefined) return;
    sentAt.current = undefined;
    presence.typing(stream, false);
  }, [presence, stream]);
  useEffect(() => stop, [stop]);
  const notice = useCallback(
    (text: string): void => {
      if (text.trim() === '') return stop();
      const now = Date.now();
      if (sentAt.current !== undefined && now - sentAt.current < TYPING_MS / 2) return undefined;
      sentAt.current = now;
      presence.typing(stream, true);
      return undefined;
    },
    [presence, stream, stop],
  );
  const sent = useCallback(() => {
    sentAt.current = undefined;
  }, []);
  return { notice, sent };
}
