import { useSyncExternalStore } from 'react';
import type { MediaId } from '#protocol/ids.ts';

/** How much of each file this tab has sent, from 0 to 1. It may be lost with the tab, so nothing stores it. */
const shares = new Map<MediaId, number>();
const listeners = new Set<() => void>();

/** Undefined: the file is not being sent. */
export function noteProgress(id: MediaId, share: number | undefined): void {
  if (share === undefined) shares.delete(id);
  else shares.set(id, share);
  for (const listener of listeners) listener();
}

/** Undefined while this tab does not send the file: it waits, or another tab sends it. */
export function useProgress(id: MediaId): number | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shares.get(id),
  );
}
