import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** Such work can wait until the app has been used for a while, or has caught up. */
export const SETTLED_MS = 10_000;

export type SettledWork = (client: Client, signal: AbortSignal) => Promise<unknown>;

export type SettledClient = Pick<Client, 'status' | 'onStatus'> & { store: Pick<Client['store'], 'onListChange'> };

/**
 * Runs work on the device's rows some time after the start, and again some time after chats have changed or the connection is back;
 * one run at a time. `load` imports its code only then. Returns a function that ends this and aborts the signal of the current run.
 */
export function startSettledWork<Of extends SettledClient>(
  client: Of,
  load: () => Promise<(client: Of, signal: AbortSignal) => Promise<unknown>>,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isWanted = false;
  let isOnline = client.status().connection.phase === 'online';
  const ending = new AbortController();
  async function run(): Promise<void> {
    timer = undefined;
    isRunning = true;
    isWanted = false;
    try {
      const work = await importWithRetry(load);
      // After a sign-out it would create databases again.
      if (!ending.signal.aborted) await work(client, ending.signal);
    } catch {
      // If the device cannot store anything, the app says so elsewhere.
    } finally {
      isRunning = false;
      if (isWanted) later();
    }
  }
  function later(): void {
    if (ending.signal.aborted) return;
    // The run may have passed what has changed.
    if (isRunning) isWanted = true;
    else timer ??= setTimeout(() => void run(), SETTLED_MS);
  }
  later();
  const stopListening = [
    client.store.onListChange(({ conversations }) => conversations !== undefined && later()),
    client.onStatus(({ connection }) => {
      const wasOnline = isOnline;
      isOnline = connection.phase === 'online';
      if (isOnline && !wasOnline) later();
    }),
  ];
  return () => {
    ending.abort();
    for (const stop of stopListening) stop();
    clearTimeout(timer);
  };
}
