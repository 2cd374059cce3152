import type { AppStore } from '#app/state/store.ts';
import { idle } from '#app/ui/idle.ts';

/** A first sync over a slow link may take minutes. */
const AT_THE_LATEST_MS = 3_000;

/**
 * Resolves when what the first screens do without may be fetched: in idle time, and on a first visit not before the device has caught
 * up, because on a slow link the chats would come later. Where a service worker has the app's files, nothing has to be waited for.
 */
export async function afterFirstScreens(store: AppStore): Promise<void> {
  const isKept = 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
  if (!isKept) await Promise.race([caughtUp(store), new Promise((resolve) => setTimeout(resolve, AT_THE_LATEST_MS))]);
  await idle();
}

/** Or cannot catch up now. Nobody who is signed out has anything to catch up on. */
function caughtUp(store: AppStore): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const { connection, session } = store.getState();
      const { phase } = connection.connection;
      if (session.profile !== null && (phase === 'connecting' || phase === 'catching-up')) return;
      stop();
      resolve();
    };
    const stop = store.subscribe(look);
    look();
  });
}
