import { useSyncExternalStore } from 'react';
import type { MediaId } from '#protocol/ids.ts';
import type { Progress } from './pace.ts';

type State = Progress | 'full' | 'failed';

/**
 * The progress of each file, or why it waits. One tab sends the files and reports to the others. It is not stored, because it may
 * be lost with the tab.
 */
const states = new Map<MediaId, State>();
const listeners = new Set<() => void>();
const tabs = new BroadcastChannel('teamlink-progress');

function set(id: MediaId, state: State | undefined): void {
  if (state === undefined) states.delete(id);
  else states.set(id, state);
  for (const listener of listeners) listener();
}

function clear(): void {
  states.clear();
  for (const listener of listeners) listener();
}

tabs.onmessage = ({ data }: MessageEvent<{ id: MediaId; state: State | undefined } | 'clear'>) =>
  data === 'clear' ? clear() : set(data.id, data.state);

/**
 * Undefined if the file is not being sent, and waits for its turn. `full`: the server has no room for it now; `failed`: an attempt
 * has failed. Both are sent again later.
 */
export function noteProgress(id: MediaId, state: State | undefined): void {
  set(id, state);
  tabs.postMessage({ id, state });
}

/** This tab sends the files from now on, because the tab that did so is gone, and its last reports are no longer valid. */
export function takeOverProgress(): void {
  clear();
  tabs.postMessage('clear');
}

/** Undefined while no tab sends the file and it waits. */
export function useProgress(id: MediaId): State | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => states.get(id),
  );
}
