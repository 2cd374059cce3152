import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';

const SAVED_AFTER_MS = 300;

/**
 * Saves the draft on the device: shortly after the last change, and at once when the page may be closed. Returns the function
 * that saves a text immediately. [C2]
 */
export function useSaveDraft(client: Client, stream: ConversationId, text: string, initial: string) {
  const latest = useRef(initial);
  const saved = useRef(initial);
  useLayoutEffect(() => {
    latest.current = text;
  }, [text]);
  const save = useCallback(
    async (typed = latest.current) => {
      const before = saved.current;
      if (typed === before) return;
      saved.current = typed;
      const draft = typed.trim() === '' ? '' : typed.slice(0, limits.text).toWellFormed();
      try {
        await client.store.saveDraft(stream, draft);
      } catch {
        // The disk is full or the database is gone: the text is still in the field, and the next change tries again.
        if (saved.current === typed) saved.current = before;
      }
    },
    [client, stream],
  );
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => void save(), SAVED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, save]);
  useEffect(() => {
    const flush = () => void save();
    addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
      flush();
    };
  }, [save]);
  return save;
}
