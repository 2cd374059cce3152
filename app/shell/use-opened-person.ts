import { startTransition, useEffect, useState } from 'react';
import { unsavedKeys } from '#app/conversation/unsaved-texts.ts';
import type { Device } from '#app/local-store/device.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { openLocalStore } from '#app/local-store/open.ts';
import { failureOf, type StoreFailure } from '#app/local-store/opened.ts';
import { connectionChanged } from '#app/state/connection.ts';
import { presenceReceived, typingReceived } from '#app/state/presence.ts';
import { confirmed } from '#app/state/session.ts';
import { useAppDispatch } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { openClient } from '#app/sync/open-client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import { noteServerAhead } from '#app/ui/server-clock.ts';
import type { UserId } from '#protocol/ids.ts';
import type { LoadSession } from './load-session.ts';

const page = {
  isVisible: () => document.visibilityState === 'visible',
  onVisible: (listener: () => void) => onVisibility('visible', listener),
  onHidden: (listener: () => void) => onVisibility('hidden', listener),
};

function onVisibility(state: DocumentVisibilityState, listener: () => void): () => void {
  const look = () => document.visibilityState === state && listener();
  document.addEventListener('visibilitychange', look);
  return () => document.removeEventListener('visibilitychange', look);
}

const loadEngine = async () => (await importWithRetry(() => import('#app/sync/engine-over-server.ts'))).startOverServer;

const loadHistoryLoaders = async () =>
  (await importWithRetry(() => import('#app/sync/load-history.ts'))).createHistoryLoaders;

const loadEngineWrites = async () =>
  (await importWithRetry(() => import('#app/local-store/engine-writes.ts'))).engineWrites;

/** If the code can't be fetched, the next page tries again. */
const restoreUnsaved = (store: ViewStore, userId: UserId) =>
  importWithRetry(() => import('#app/conversation/restore-unsaved-texts.ts'))
    .then(({ restoreUnsavedTexts }) => restoreUnsavedTexts(store, userId))
    .catch(() => undefined);

export type OpenedPerson =
  | { phase: 'opening' }
  | { phase: 'waiting' }
  | { phase: 'refused'; failure: StoreFailure }
  | { phase: 'open'; client: Client };

/** Opens the user's rows and the sync engine, and closes them when the user signs out. */
export function useOpenedPerson(device: Device, userId: UserId, loadSession: LoadSession): OpenedPerson {
  const dispatch = useAppDispatch();
  const [opened, setOpened] = useState<OpenedPerson>({ phase: 'opening' });
  useEffect(() => {
    let isCancelled = false;
    let isReleased = false;
    let client: Client | undefined;
    async function open() {
      const store = await openLocalStore(userId, {
        loadEngineWrites,
        onWaiting() {
          if (!isCancelled) setOpened({ phase: 'waiting' });
        },
        onLetGo(why) {
          // When another tab signs out, it deletes the database and this page is reloaded too.
          isReleased = true;
          void client?.close();
          if (!isCancelled) setOpened({ phase: 'refused', failure: why });
        },
      });
      if (!store.ok) {
        if (!isCancelled) setOpened({ phase: 'refused', failure: store.failure });
        return;
      }
      if (isCancelled) return store.value.close();
      // Not awaited: a field that is already open merges the restored draft, as it does with another tab's.
      if (unsavedKeys(userId).length > 0) void restoreUnsaved(store.value, userId);
      client = await openClient({ store: store.value, device, page, loadEngine, loadHistoryLoaders });
      if (isCancelled || isReleased) return void client.close();
      const here = client;
      client.onStatus((status) => {
        noteServerAhead(status.serverAheadMs);
        dispatch(connectionChanged(status, Date.now()));
        const { connection } = status;
        if (connection.phase === 'online') dispatch(confirmed());
        if (connection.phase === 'refused' && connection.code === 'unauthorized')
          void loadSession().then((session) => session.resume(here));
      });
      client.presence.onEvent((event) =>
        dispatch(event.kind === 'typing' ? typingReceived(event.notice) : presenceReceived(event.notice)),
      );
      dispatch(connectionChanged(client.status(), Date.now()));
      // In slices, between which the page answers to its user.
      startTransition(() => setOpened({ phase: 'open', client: here }));
      // Requested once somebody is signed in and there is data worth keeping; the settings show the answer.
      void navigator.storage?.persist?.();
    }
    open().catch((error: unknown) => {
      if (!isCancelled) setOpened({ phase: 'refused', failure: failureOf(error) });
    });
    return () => {
      isCancelled = true;
      void client?.close();
    };
  }, [device, userId, loadSession, dispatch]);
  return opened;
}
