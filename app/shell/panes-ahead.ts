import { isCheapToFetch } from '#app/media/may-download.ts';
import type { AppStore } from '#app/state/store.ts';
import { idle } from '#app/ui/idle.ts';
import { hasWorker, untilConnection } from './after-first-screens.ts';
import { Details } from './lazy-details.ts';
import { NewChat, Settings } from './lazy-panes.ts';

/**
 * Fetches the panes that are one press away in idle time, one after another, so that they open without a wait. If the service
 * worker does not have them yet, the catch-up comes first, and over a slow or metered link only panes that somebody opens are
 * fetched.
 */
export async function fetchPanesAhead(store: AppStore): Promise<void> {
  if (!hasWorker()) {
    await untilConnection(store, ({ phase }) => phase === 'online');
    if (!isCheapToFetch()) return;
  }
  for (const pane of [Details, NewChat, Settings]) {
    await idle();
    // A defect in a pane's code is reported where the pane is drawn.
    await pane.fetch().catch(() => undefined);
  }
}
