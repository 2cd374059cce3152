import type { ViewStore } from '#app/local-store/local-store.ts';
import { openSearchIndex } from '#app/local-store/search-index.ts';
import { idle } from '#app/ui/idle.ts';
import { buildIndex } from './build-index.ts';

/** Brings the search index up to date, unless another tab is doing so. [ask 29] */
export async function indexInTurn(store: ViewStore, signal: AbortSignal): Promise<void> {
  const index = openSearchIndex(store.userId);
  const build = () => buildIndex({ store, index, signal, idle });
  try {
    // Pages without a secure origin have no locks, so two tabs may do the same work.
    if ('locks' in navigator)
      await navigator.locks.request(`teamlink-search-${store.userId}`, { ifAvailable: true }, async (lock) => {
        if (lock !== null) await build();
      });
    else await build();
  } finally {
    index.close();
  }
}
