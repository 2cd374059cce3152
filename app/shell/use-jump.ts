import { useCallback, useEffect, useState } from 'react';
import { takeKey } from '#app/ui/keys.ts';

/** The dialog that goes to a chat or person: Ctrl+K or Cmd+K opens it, except over another dialog, and so does a chat's bar. */
export function useJump() {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const handle = (event: KeyboardEvent) => {
      const isMeant = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isMeant || event.key.toLowerCase() !== 'k') return;
      // The browser would search the web.
      event.preventDefault();
      if (document.querySelector('dialog[open]') === null) setOpen(true);
    };
    document.addEventListener('keydown', (event) => takeKey(event, handle), { signal: abort.signal });
    return () => abort.abort();
  }, []);
  const open = useCallback(() => setOpen(true), []);
  return { isOpen, open, close: () => setOpen(false) };
}
