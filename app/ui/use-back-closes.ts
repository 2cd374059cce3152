import { useEffect, useEffectEvent } from 'react';
import { addLayer } from './history-layers.ts';

/** The browser's Back closes what is open above the page, the topmost first. */
export function useBackCloses(onClose: () => void): void {
  const close = useEffectEvent(onClose);
  useEffect(() => addLayer({ close: () => close() }), []);
}
