import { expect } from 'vitest';
import type { Visitor } from './browser.fixture.ts';

/** For a test in which the service worker matters. Elsewhere it costs a third of opening the app, and changes nothing. */
export const WITH_WORKER = { serviceWorkers: 'allow' } as const;

/** Waits until the app shell of a visitor with a worker is precached; from then on the app opens offline. */
export async function workerReady({ page }: Visitor): Promise<void> {
  // Not with waitForFunction, which takes a pending promise for a truthy value.
  const state = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state);
  await expect.poll(state).toBe('activated');
}
