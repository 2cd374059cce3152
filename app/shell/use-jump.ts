import { useCallback, useEffect, useState } from 'react';
import { takeKey } from '#app/ui/keys.ts';
import type { ConversationId } from '#protocol/ids.ts';

/**
 * The dialog that finds chats, people and messages. Ctrl+K or Cmd+K opens it, except over another dialog; a chat's bar opens it
 * for only that chat's messages, and the search in the list with the text that was typed there.
 */
export function useJump() {
  const [open, setOpen] = useState<{ stream?: ConversationId; typed?: string }>();
  useEffect(() => {
    const abort = new AbortController();
    const handle = (event: KeyboardEvent) => {
      const isMeant = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isMeant || event.key.toLowerCase() !== 'k') return;
      // Otherwise the browser would search the web.
      event.preventDefault();
      if (document.querySelector('dialog[open]') === null) setOpen({});
    };
    document.addEventListener('keydown', (event) => takeKey(event, handle), { signal: abort.signal });
    return () => abort.abort();
  }, []);
  const searchIn = useCallback((stream: ConversationId) => setOpen({ stream }), []);
  const searchAll = useCallback((typed: string) => setOpen({ typed }), []);
  return { open, searchIn, searchAll, close: () => setOpen(undefined) };
}
