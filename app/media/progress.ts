import { useSyncExternalStore } from 'react';
import type { MediaId } from '#protocol/ids.ts';
import type { Progress } from './pace.ts';

/** How far each file of this tab is, or why it waits. It may be lost with the tab, so nothing stores it. */
const states = new Map<MediaId, Progress | 'full'>();
const listeners = new Set<() => void>();

/** Undefined: the file is not being sent. `full`: the server has no room for it now, and it is sent later. */
export function noteProgress(id: MediaId, state: Progress | 'full' | undefined): void {
  if (state === undefined) states.delete(id);
  else states.set(id, state);
  for (const listener of listeners) listener();
}

/** Undefined while this tab does not send the file: it waits, or another tab sends it. */
export function useProgress(id: MediaId): Progress | 'full' | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => states.get(id),
  );
}
