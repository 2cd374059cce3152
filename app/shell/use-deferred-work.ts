import { useEffect } from 'react';
import type { Client } from '#app/sync/client.ts';
import { startDeferredWork, type DeferredWork } from './deferred-work.ts';

/** Runs this work while the component is there; see `startDeferredWork`. `load` must be the same function in every render. */
export function useDeferredWork(client: Client, load: () => Promise<DeferredWork>): void {
  useEffect(() => startDeferredWork(client, load), [client, load]);
}
