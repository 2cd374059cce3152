import { useCallback, useEffect, useMemo, useState } from 'react';
import { takeKey } from '#app/ui/keys.ts';
import type { OpId } from '#protocol/ids.ts';
import { toggled } from './selection.ts';

/** The messages that are being selected; undefined while none are. Escape ends it before anything else. */
export function useSelection() {
  const [ids, setIds] = useState<ReadonlySet<OpId>>();
  const select = useCallback((id: OpId) => setIds(new Set([id])), []);
  const onToggle = useCallback((id: OpId) => setIds((before) => before && toggled(before, id)), []);
  const end = useCallback(() => {
    setIds(undefined);
    // The bar's button is gone, and without a new place the focus would leave the chat. [A4]
    if (document.activeElement?.closest('[role="toolbar"]') !== null)
      document.querySelector<HTMLElement>('[data-message][tabindex="0"]')?.focus({ preventScroll: true });
  }, []);
  const isSelecting = ids !== undefined;
  useEffect(() => {
    if (!isSelecting) return undefined;
    const abort = new AbortController();
    const handle = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      event.stopPropagation();
      end();
    };
    document.addEventListener('keydown', (event) => takeKey(event, handle), { capture: true, signal: abort.signal });
    return () => abort.abort();
  }, [isSelecting, end]);
  const selection = useMemo(() => (ids === undefined ? undefined : { ids, onToggle }), [ids, onToggle]);
  return { selection, select, end };
}
