import { useEffect, useRef } from 'react';
import { takeKey } from './keys.ts';

/** Up and Down move the focus among the parts of an element that match `selector`, in the order of the page. */
export function useArrowKeys<T extends HTMLElement>(selector: string) {
  const within = useRef<T>(null);
  useEffect(() => {
    const abort = new AbortController();
    const handle = (event: KeyboardEvent) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      const parts = [...(within.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
      const at = parts.findIndex((part) => part === document.activeElement);
      const next = parts[at + step];
      if (step === 0 || at < 0 || next === undefined) return;
      event.preventDefault();
      next.focus();
    };
    within.current?.addEventListener('keydown', (event) => takeKey(event, handle), { signal: abort.signal });
    return () => abort.abort();
  }, [selector]);
  return within;
}
