import { useEffect, useRef } from 'react';
import { takeKey } from '#app/ui/keys.ts';

/**
 * Calls `close` for an Escape that nothing inside the page has used: popovers and menus, the reply banner and dialogs come first.
 * Undefined if there is nothing to close.
 */
export function useEscape(close: (() => void) | undefined): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  const isActive = close !== undefined;
  useEffect(() => {
    if (!isActive) return undefined;
    const abort = new AbortController();
    const handle = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      latest.current?.();
    };
    document.addEventListener('keydown', (event) => takeKey(event, handle), { signal: abort.signal });
    return () => abort.abort();
  }, [isActive]);
}
