import {
  getCurrentAuthContextAsyncLocalStorage,
  getCurrentDBAdapterAsyncLocalStorage,
  getRequestStateAsyncLocalStorage,
} from '@better-auth/core/context';
import { scopes } from './request-scope.ts';

/** So long after the last request: what the library still does when it has answered keeps its context. */
export const QUIET_MS = 1_000;

const storages = [
  scopes,
  await getRequestStateAsyncLocalStorage(),
  await getCurrentDBAdapterAsyncLocalStorage(),
  // oxlint-disable-next-line typescript/no-deprecated -- what replaces it uses the storage and doesn't give it
  await getCurrentAuthContextAsyncLocalStorage(),
];
let atWork = 0;
let lastEnded = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Runs what needs the library's contexts. Up to Node 22 the first use of an AsyncLocalStorage makes every promise of the
 * process dearer until all are switched off, a message by some 6 %; so they are on only while somebody is being let in.
 */
export async function withContexts<T>(work: () => Promise<T>): Promise<T> {
  atWork++;
  try {
    return await work();
  } finally {
    atWork--;
    lastEnded = performance.now();
    lookLater(QUIET_MS);
  }
}

function lookLater(ms: number): void {
  timer ??= setTimeout(() => {
    timer = undefined;
    const left = lastEnded + QUIET_MS - performance.now();
    if (atWork > 0) return; // its end looks again
    if (left > 0) return lookLater(left);
    for (const storage of storages) storage.disable();
  }, ms).unref();
}
