import { useEffect } from 'react';
import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Such work can wait until the app has been used for a while, or has caught up. */
const SETTLED_MS = 10_000;

export type SettledWork = (client: Client, signal: AbortSignal) => Promise<unknown>;

/**
 * Runs work on the device's rows some time after the start, and again some time after chats have changed or the connection is back.
 * `load` imports its code only then, and must be the same function in every render. The signal ends with the page or the session.
 */
export function useSettledWork(client: Client, load: () => Promise<SettledWork>): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isRunning = false;
    const ending = new AbortController();
    async function run(): Promise<void> {
      timer = undefined;
      if (isRunning) return;
      isRunning = true;
      try {
        const work = await importWithRetry(load);
        // After a sign-out it would create databases again.
        if (!ending.signal.aborted) await work(client, ending.signal);
      } catch {
        // If the device cannot store anything, the app says so elsewhere.
      } finally {
        isRunning = false;
      }
    }
    const later = () => {
      timer ??= setTimeout(() => void run(), SETTLED_MS);
    };
    later();
    const stopListening = client.store.onListChange(({ conversations }) => conversations !== undefined && later());
    addEventListener('online', later);
    return () => {
      ending.abort();
      stopListening();
      removeEventListener('online', later);
      clearTimeout(timer);
    };
  }, [client, load]);
}
