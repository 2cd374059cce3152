import { useEffect } from 'react';
import type { Client } from '#app/sync/client.ts';
import { startSettledWork, type SettledWork } from './settled-work.ts';

/** Runs this work while the component is there; see `startSettledWork`. `load` must be the same function in every render. */
export function useSettledWork(client: Client, load: () => Promise<SettledWork>): void {
  useEffect(() => startSettledWork(client, load), [client, load]);
}
