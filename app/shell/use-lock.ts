import { useEffect, useState } from 'react';
import { useAppSelector, useAppStore } from '#app/state/store.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import type { watchIdle } from './watch-idle.ts';

/**
 * Whether the app asks for the PIN now; `unknown` on a page that has just opened, which shows nothing until it is known. `load`:
 * the code that watches and the screen that asks, which are fetched in time. [SEC-55]
 */
export function useLock(load: () => Promise<{ watchIdle: typeof watchIdle }>): 'locked' | 'unknown' | undefined {
  const store = useAppStore();
  const state = useAppSelector(({ settings: { lock } }) => lock && (lock.isLocked ? 'locked' : 'open'));
  const [isKnown, setKnown] = useState(!state);
  useEffect(() => {
    if (state !== 'open') return;
    const abort = new AbortController();
    void importWithRetry(load)
      .then(({ watchIdle: watch }) => watch(store, abort.signal))
      .then(() => setKnown(true));
    return () => abort.abort();
  }, [state, store, load]);
  return state === 'open' ? (isKnown ? undefined : 'unknown') : state;
}
