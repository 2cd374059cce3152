import { useCallback, useEffect, useRef } from 'react';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { TYPING_MS } from '#protocol/limits.ts';

/** Says that one writes, renewed well before it would end by itself; and at once when the field is empty or left. [LV7] */
export function useTyping({ moment }: Client, stream: ConversationId): (text: string) => void {
  const saidAt = useRef<number>(undefined);
  const stop = useCallback(() => {
    if (saidAt.current === undefined) return;
    saidAt.current = undefined;
    moment.typing(stream, false);
  }, [moment, stream]);
  useEffect(() => stop, [stop]);
  return useCallback(
    (text) => {
      if (text.trim() === '') return stop();
      const now = Date.now();
      if (saidAt.current !== undefined && now - saidAt.current < TYPING_MS / 2) return undefined;
      saidAt.current = now;
      moment.typing(stream, true);
      return undefined;
    },
    [moment, stream, stop],
  );
}
