import { useSyncExternalStore } from 'react';

/*
 * Whether anything has been played in this tab; the code that plays it, and shows it elsewhere, is loaded only then. Separate
 * from the player, because the first screens need only this.
 */

let hasPlayed = false;
const listeners = new Set<() => void>();

export function announcePlayed(): void {
  if (hasPlayed) return;
  hasPlayed = true;
  for (const listener of listeners) listener();
}

export function useHasPlayed(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hasPlayed,
  );
}
