import { useEffect } from 'react';
import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Files can wait until the app has been used for a while, or has received what it missed. */
const SETTLED_MS = 10_000;

/** Keeps the files of chats that are to be there offline, also those that arrive later. */
export function useKeptChats(client: Client): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isRunning = false;
    let hasEnded = false;
    async function keep(): Promise<void> {
      timer = undefined;
      if (isRunning) return;
      isRunning = true;
      try {
        const { keepChats } = await importWithRetry(() => import('#app/media/keep-chats.ts'));
        // After a sign-out it would create the database again.
        if (!hasEnded) await keepChats(client);
      } catch {
        // A device that cannot store is told elsewhere.
      } finally {
        isRunning = false;
      }
    }
    const later = () => {
      timer ??= setTimeout(() => void keep(), SETTLED_MS);
    };
    later();
    const stopListening = client.store.onListChange(({ conversations }) => conversations !== undefined && later());
    addEventListener('online', later);
    return () => {
      hasEnded = true;
      stopListening();
      removeEventListener('online', later);
      clearTimeout(timer);
    };
  }, [client]);
}
