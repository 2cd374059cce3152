import {
  getCurrentAuthContextAsyncLocalStorage,
  getCurrentDBAdapterAsyncLocalStorage,
  getRequestStateAsyncLocalStorage,
} from '@better-auth/core/context';
import { scopes } from './request-scope.ts';

/** The library may still work after its answer; its context is kept for this long. */
export const QUIET_MS = 1_000;

const storages = [
  scopes,
  await getRequestStateAsyncLocalStorage(),
  await getCurrentDBAdapterAsyncLocalStorage(),
  // oxlint-disable-next-line typescript/no-deprecated -- its replacement uses the storage without exposing it
  await getCurrentAuthContextAsyncLocalStorage(),
];
let running = 0;
let lastEnded = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Runs work that needs the library's contexts. Up to Node 22 the first use of an AsyncLocalStorage makes every promise of the
 * process slower until all storages are disabled: a message costs about 6 % more. So they are enabled only while an account
 * request runs.
 */
export async function withContexts<T>(work: () => Promise<T>): Promise<T> {
  running++;
  try {
    return await work();
  } finally {
    running--;
    lastEnded = performance.now();
    disableLater(QUIET_MS);
  }
}

function disableLater(ms: number): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    const remaining = lastEnded + QUIET_MS - performance.now();
    if (running > 0) return; // disabled after its end
    if (remaining > 0) return disableLater(remaining);
    for (const storage of storages) storage.disable();
  }, ms).unref();
}
