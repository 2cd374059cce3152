import type { AppStore } from '#app/state/store.ts';
import type { ConnectionStatus } from '#app/sync/status.ts';
import { idle } from '#app/ui/idle.ts';

/** A first sync over a slow link may take minutes. */
const AT_THE_LATEST_MS = 3_000;

/** Whether a service worker has the app's files, so that loading one of them needs no network. */
export function hasWorker(): boolean {
  return 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null;
}

/**
 * Resolves when the app may fetch what the first screens do without. This happens in idle time, and on a first visit only after the
 * device has caught up, because otherwise the chats would arrive later on a slow link.
 */
export async function afterFirstScreens(store: AppStore): Promise<void> {
  // Nobody who is signed out has anything to catch up on.
  if (!hasWorker() && store.getState().session.profile !== null) {
    const late = new Promise<void>((resolve) => setTimeout(resolve, AT_THE_LATEST_MS));
    await Promise.race([
      late,
      untilConnection(store, ({ phase }) => phase !== 'connecting' && phase !== 'catching-up'),
    ]);
  }
  await idle();
}

/** Resolves once the connection is in a state that `isWanted` accepts. */
export function untilConnection(store: AppStore, isWanted: (status: ConnectionStatus) => boolean): Promise<void> {
  const isReached = () => isWanted(store.getState().connection.connection);
  return new Promise((resolve) => {
    if (isReached()) return resolve();
    const stop = store.subscribe(() => {
      if (!isReached()) return;
      stop();
      resolve();
    });
  });
}
