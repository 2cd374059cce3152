import type { Client } from '#app/sync/client.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';

/** How long the work is put off, so that it does not compete with the start or with catching up. */
export const DEFERRED_MS = 10_000;

export type DeferredWork = (client: Client, signal: AbortSignal) => Promise<unknown>;

export type DeferredClient = Pick<Client, 'status' | 'onStatus'> & { store: Pick<Client['store'], 'onListChange'> };

/**
 * Runs work on the device's rows some time after the start, and again some time after chats have changed or the connection is back,
 * one run at a time. Its code is imported by `load` only then. Returns a function that ends this and aborts the signal of the
 * current run.
 */
export function startDeferredWork<Of extends DeferredClient>(
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
    // The run may already be past what has changed.
    if (isRunning) isWanted = true;
    else timer ??= setTimeout(() => void run(), DEFERRED_MS);
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
