import { useCallback, useEffect, useState, type Dispatch, type SetStateAction } from 'react';
import { takeKey } from '#app/ui/keys.ts';
import type { ConversationId } from '#protocol/ids.ts';

interface Jump {
  stream?: ConversationId;
  typed?: string;
}

/**
 * The dialog that finds chats, people and messages. Ctrl+K or Cmd+K opens it, except over another dialog; a chat's bar opens it
 * for only that chat's messages, and the search in the list with the text that was typed there.
 */
export function useJump() {
  const [open, setOpen] = useState<Jump>();
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
  const isOpen = open !== undefined;
  useEffect(() => (isOpen ? typeAhead(setOpen) : undefined), [isOpen]);
  const searchIn = useCallback((stream: ConversationId) => setOpen({ stream }), []);
  const searchAll = useCallback((typed: string) => setOpen({ typed }), []);
  return { open, searchIn, searchAll, close: () => setOpen(undefined) };
}

/**
 * Keeps what is typed before the dialog's code is here for its field. Otherwise it would go to the field that had the focus, and
 * Enter would send it. Escape or a press with the pointer ends the wait.
 */
function typeAhead(setOpen: Dispatch<SetStateAction<Jump | undefined>>): () => void {
  const abort = new AbortController();
  const options = { capture: true, signal: abort.signal };
  const isOver = () => {
    if (document.querySelector('dialog[open]') !== null) abort.abort();
    return abort.signal.aborted;
  };
  const collect = (event: KeyboardEvent) => {
    const { key } = event;
    if (isOver() || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (key === 'Escape') setOpen(undefined);
    if (key.length === 1) setOpen((before) => before && { ...before, typed: `${before.typed ?? ''}${key}` });
  };
  document.addEventListener('keydown', (event) => takeKey(event, collect), options);
  document.addEventListener('pointerdown', () => isOver() || setOpen(undefined), options);
  return () => abort.abort();
}
