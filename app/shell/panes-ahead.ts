import { isCheapToFetch } from '#app/media/may-download.ts';
import type { Client } from '#app/sync/client.ts';
import { idle } from '#app/ui/idle.ts';
import { Details } from './lazy-details.ts';
import { NewChat, Settings } from './lazy-panes.ts';

/**
 * Fetches the panes that are one press away in idle time, one after another, so that they open without a wait. If the service
 * worker does not have them yet, the catch-up comes first, and over a slow or metered link only panes that somebody opens are
 * fetched.
 */
export async function fetchPanesAhead(client: Client): Promise<void> {
  const isKept = 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
  if (!isKept) {
    await caughtUp(client);
    if (!isCheapToFetch()) return;
  }
  for (const pane of [Details, NewChat, Settings]) {
    await idle();
    // A defect in a pane's code is reported where the pane is drawn.
    await pane.fetch().catch(() => undefined);
  }
}

function caughtUp(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const look = ({ connection }: ReturnType<Client['status']>) => {
      if (connection.phase !== 'online') return;
      stop();
      resolve();
    };
    const stop = client.onStatus(look);
    look(client.status());
  });
}
